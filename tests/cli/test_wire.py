"""Servers that are not there, are something else, or answer nonsense: one sentence each."""

import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.cli.conftest import (
    Reply,
    ScriptedServer,
    Wl,
    make_cron,
    make_execution,
    make_history,
    run_wl,
    scripted_server,
)

HISTORY = "GET /v1/crons/pi/executions?limit=10"


@contextmanager
def answering(*responses: bytes) -> Iterator[str]:
    """Serve so many connections these bytes, whatever is asked."""

    def serve() -> None:
        for response in responses:
            connection, _ = listening.accept()
            with connection:
                connection.recv(65536)
                connection.sendall(response)

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        thread.join()


def test_a_server_that_is_not_there_is_exit_code_3(wl: Wl) -> None:
    """The sentence names the address, and how to start or name another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    assert wl("cron", "list", "--url", url) == (
        3,
        "",
        (
            f"wl: No server answers at {url} (connection refused): "
            "start one with `wl server`, or name another with --url or WL_URL.\n"
        ),
    )


@pytest.mark.parametrize(
    "response",
    [b"", b"SSH-2.0-OpenSSH_9.2\r\n", b"\x15\x03\x01\x00\x02\x02\x16", b"HTTP/1.1 200 OK\r\n"],
)
def test_who_speaks_no_http_is_no_server(wl: Wl, response: bytes) -> None:
    """Exit code 3, one sentence, no escape sequences of theirs."""
    with answering(response) as url:
        code, out, err = wl("cron", "list", "--url", url)
    assert (code, out, err.count("\n")) == (3, "", 1)
    assert err.startswith("wl: ")


def test_a_tls_server_that_is_none_is_not_reached(wl: Wl) -> None:
    """TLS is spoken, and nothing is sent in the clear."""
    with answering(b"HTTP/1.1 400 Bad Request\r\n\r\n") as url:
        code, _, err = wl("cron", "list", "--url", url.replace("http", "https"))
    assert (code, err.count("\n")) == (3, 1)


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"null", b"{}", b"\xff", b'{"crons": 3}', b"[" * 100_000, b"1" * 5000],
)
def test_an_answer_of_the_wrong_shape_is_one_sentence(
    server: ScriptedServer, wl: Wl, body: bytes
) -> None:
    """Exit code 1: there is a server, but not one of ours."""
    server.on("GET /v1/crons?limit=1000", Reply(body=body))
    code, out, err = wl("cron", "list")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "wl doctor" in err


@pytest.mark.parametrize("body", [b"1e999", b"NaN", b"-Infinity", b"1e300", b'"4"', b"true"])
def test_a_number_that_is_none_is_one_sentence(server: ScriptedServer, wl: Wl, body: bytes) -> None:
    """JSON as Python reads it knows more numbers than durations can have."""
    template = json.dumps(make_history(make_execution(duration="here")))
    server.on(HISTORY, Reply(body=template.encode().replace(b'"here"', body)))
    code, out, err = wl("cron", "status", "pi")
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "duration" in err


values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text() | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@settings(max_examples=60)
@given(
    cron=st.dictionaries(st.sampled_from(sorted(make_cron())), values, max_size=3),
    execution=st.dictionaries(st.sampled_from(sorted(make_execution())), values, max_size=3),
)
def test_no_value_of_any_member_confuses_status(
    cron: dict[str, object], execution: dict[str, object]
) -> None:
    """It is shown, or refused in one sentence; the terminal is never steered."""
    with scripted_server() as server:
        history = make_history(make_execution(**execution), cron=make_cron(**cron))
        server.on(HISTORY, history)
        env: dict[str, str | None] = {"WL_URL": server.url, "WL_TOKEN": "t"}
        code, out, err = run_wl("cron", "status", "pi", env=env)
    assert code in (0, 1)
    assert "mistake in wl" not in err
    assert all(mark.isprintable() for mark in (out + err).replace("\n", ""))


@pytest.mark.parametrize("status", [301, 307, 308])
def test_redirects_are_not_followed(server: ScriptedServer, wl: Wl, status: int) -> None:
    """The token would go along."""
    away = Reply({}, status, headers=(("Location", f"{server.url}/elsewhere"),))
    server.on("GET /v1/crons?limit=1000", away)
    code, _, err = wl("cron", "list")
    assert (code, len(server.seen)) == (1, 1)
    assert "--url" in err


def test_proxies_are_ignored(server: ScriptedServer, wl: Wl) -> None:
    """The server is where it is said to be."""
    server.on("GET /v1/crons?limit=1000", {"crons": [], "next": None})
    assert wl("cron", "list", env={"http_proxy": "http://127.0.0.1:1"}).code == 0


def test_a_refused_token_is_told_by_its_source(server: ScriptedServer, wl: Wl) -> None:
    """Without the token itself."""
    server.refuse("GET /v1/crons?limit=1000", 401, "who is it?")
    code, _, err = wl("cron", "list")
    assert code == 1
    assert "refused the token from WL_TOKEN" in err
    assert "sesame" not in err


def test_a_missing_token_is_told_by_its_place(server: ScriptedServer, wl: Wl) -> None:
    """So that the user knows which file could not be read."""
    server.refuse("GET /v1/crons?limit=1000", 401, "who is it?")
    code, _, err = wl("cron", "list", env={"WL_TOKEN": None})
    assert code == 1
    assert "/token cannot be read: set WL_TOKEN" in err
    assert "authorization" not in server.seen[0].headers


def test_a_failure_without_a_reason_is_told_by_its_number(server: ScriptedServer, wl: Wl) -> None:
    """What a reverse proxy may answer."""
    server.on("GET /v1/crons?limit=1000", Reply(status=502, body=b"<h1>Bad Gateway</h1>"))
    code, _, err = wl("cron", "list")
    assert (code, err) == (1, f"wl: {server.url} answered with HTTP status 502 and no reason.\n")


def test_an_early_refusal_is_heard_while_the_body_is_still_being_sent(wl: Wl) -> None:
    """A server may close before it has read all; what it said counts."""
    problem = b'{"detail": "that is too much"}'
    head = b"HTTP/1.1 413 Too Large\r\nContent-Length: %d\r\n\r\n" % len(problem)
    source = f"schedule: '@daily'\ndescription: {{arguments: [a]}}\n#{'x' * 900_000}\n"
    with answering(head + problem) as url:
        code, _, err = wl("cron", "create", "pi", "-f", "-", "--url", url, stdin=source)
    # The kernel may throw the answer away with the connection: then it was a broken one.
    assert (code, "that is too much" in err) in {(1, True), (3, False)}


def test_what_the_server_says_does_not_steer_the_terminal(server: ScriptedServer, wl: Wl) -> None:
    """Escape sequences and directions are written out."""
    server.refuse("GET /v1/crons?limit=1000", 400, "\x1b[2J\u202eolleh\n\x07")
    assert wl("cron", "list").err == "wl: \\x1b[2J\\u202eolleh\\n\\x07\n"
