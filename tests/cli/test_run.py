"""`wl cron run`: exit codes, retries, and what --wait does."""

import json
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cli.conftest import Reply, ScriptedServer, Wl, make_execution, start_process

START = "POST /v1/crons/pi/executions"
ID = str(make_execution()["id"])
POLL = f"GET /v1/executions/{ID}?wait=30"


def test_an_id_is_printed_and_nothing_waited_for(server: ScriptedServer, wl: Wl) -> None:
    """The whole id, for use in further commands."""
    server.on(START, make_execution(status="PENDING", reason="due"), status=201)
    assert wl("cron", "run", "pi") == (0, f"{ID}\n", "")
    assert server.routes == [START]


def test_arguments_and_variables_are_sent(server: ScriptedServer, wl: Wl) -> None:
    """What follows -- goes over untouched, options and all."""
    server.on(START, make_execution(), status=201)
    wl("cron", "run", "pi", "--env", "A=b=c", "--env", "B=", "--", "sh", "-c", "--wait")
    order = json.loads(server.seen[0].body)
    assert order == {"arguments": ["sh", "-c", "--wait"], "env": {"A": "b=c", "B": ""}}
    assert len(server.seen[0].headers["idempotency-key"]) == 36


def test_a_variable_without_a_value_is_wrong_usage(server: ScriptedServer, wl: Wl) -> None:
    """KEY=VALUE, nothing else."""
    for variable in ("A", "=b", ""):
        assert wl("cron", "run", "pi", "--env", variable).code == 2
    assert server.seen == []


def test_bytes_that_are_no_text_are_refused(server: ScriptedServer, wl: Wl) -> None:
    """JSON has no way to carry them."""
    for arguments in (("--env", "A=\udcff"), ("--", "\udcff")):
        code, _, err = wl("cron", "run", "pi", *arguments)
        assert (code, err.count("\n")) == (1, 1)
        assert "UTF-8" in err
    assert server.seen == []


@pytest.mark.parametrize("options", [(), ("--wait",)])
def test_skipped_is_a_failure_with_its_reason(
    server: ScriptedServer, wl: Wl, options: tuple[str, ...]
) -> None:
    """Nothing was run, whether anybody waited or not."""
    skipped = make_execution(status="SKIPPED", reason="an earlier one runs", exit_code=None)
    server.on(START, skipped, status=201)
    code, _, err = wl("cron", "run", "pi", *options)
    assert (code, err) == (1, f"wl: {ID} is SKIPPED: an earlier one runs\n")


@pytest.mark.parametrize(
    ("status", "exit_code", "expected"),
    [
        ("SUCCESS", 0, 0),
        ("FAILED", 3, 3),
        ("FAILED", 255, 255),
        ("TIMEOUT", 124, 124),
        ("TIMEOUT", 0, 1),
        ("ERROR", None, 1),
        ("LOST", None, 1),
        ("FAILED", 256, 1),
        ("FAILED", -9, 1),
    ],
)
def test_with_wait_the_jobs_exit_code_is_wls(
    server: ScriptedServer, wl: Wl, status: str, exit_code: int | None, expected: int
) -> None:
    """Without an exit code, or with 0 and no success, it is 1."""
    server.on(START, make_execution(status="PENDING"), status=201)
    over = make_execution(status=status, exit_code=exit_code)
    server.on(POLL, make_execution(status="RUNNING"), over)
    assert wl("cron", "run", "pi", "--wait").code == expected
    assert server.routes == [START, POLL, POLL]


def test_a_broken_connection_repeats_the_same_order(wl: Wl) -> None:
    """With the same key, so that nothing is started twice."""
    with breaking(None, make_execution()) as (url, requests):
        code, out, _ = wl("cron", "run", "pi", "--url", url)
    assert (code, out) == (0, f"{ID}\n")
    keys = [line for each in requests for line in each.split("\r\n") if "Idempotency" in line]
    assert len(keys) == 2
    assert keys[0] == keys[1]


def test_a_connection_that_breaks_while_waiting_is_made_again(wl: Wl) -> None:
    """A server may be restarted meanwhile; the user is told once."""
    with breaking(make_execution(status="RUNNING"), None, None, make_execution()) as (url, asked):
        code, _, err = wl("cron", "run", "pi", "--wait", "--url", url)
    assert (code, len(asked)) == (0, 4)
    assert err.count("Trying again") == 1


def test_a_server_that_is_not_there_is_not_waited_for(wl: Wl) -> None:
    """Nothing was sent, so there is nothing to be repeated."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
    code, _, err = wl("cron", "run", "pi", "--url", url)
    assert code == 3
    assert err.count("\n") == 1


@pytest.mark.acceptance
def test_ctrl_c_leaves_the_execution_running_and_says_so(
    server: ScriptedServer, environment: dict[str, str | None]
) -> None:
    """Exit code 130, the id, and how to end it."""
    server.on(START, make_execution(status="RUNNING"), status=201)
    server.on(POLL, make_execution(status="RUNNING"))
    with start_process("cron", "run", "pi", "--wait", env=environment) as process:
        assert process.stdout
        assert process.stdout.readline().decode() == f"{ID}\n"
        process.send_signal(signal.SIGINT)
        err = process.communicate()[1].decode()
    assert process.returncode == 130
    assert f"{ID} goes on; end it with `wl cron stop pi`." in err
    assert "Traceback" not in err
    assert not any("stop" in route for route in server.routes)


@contextmanager
def breaking(*answers: object) -> Iterator[tuple[str, list[str]]]:
    """Answer a connection each; for None the connection is closed after its request."""
    requests: list[str] = []

    def serve() -> None:
        for answer in answers:
            body = json.dumps(answer)
            head = f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n"
            response = "" if answer is None else head + body
            connection, _ = listening.accept()
            with connection:
                requests.append(_request(connection))
                connection.sendall(response.encode())

    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", requests
        thread.join()


def _request(connection: socket.socket) -> str:
    """Read a whole request, so that closing afterwards resets nothing."""
    with connection.makefile("rb") as stream:
        lines = list(iter(stream.readline, b"\r\n"))
        length = next(int(line.split()[1]) for line in lines if line.startswith(b"Content-Length"))
        stream.read(length)
    return b"".join(lines).decode()


def test_a_poll_that_ends_early_is_repeated(server: ScriptedServer, wl: Wl) -> None:
    """A server may answer that it is still running at any time."""
    server.on(START, make_execution(status="PENDING"), status=201)
    server.on(POLL, *[Reply(make_execution(status="RUNNING"))] * 3, make_execution())
    assert wl("cron", "run", "pi", "--wait").code == 0
    assert server.routes.count(POLL) == 4
