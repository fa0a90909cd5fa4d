"""`wl cron stop` and `wl cron logs`: which execution is meant, and what is printed."""

import json

import pytest

from tests.cli.conftest import (
    Reply,
    ScriptedServer,
    Wl,
    make_cron,
    make_execution,
    make_history,
    start_process,
)

HISTORY = "GET /v1/crons/pi/executions?limit=100"
ID = str(make_execution()["id"])
LOGS = f"GET /v1/executions/{ID}/logs"
END = f"GET /v1/executions/{ID}?wait=2"
STOP = f"POST /v1/executions/{ID}/stop"
BYTES = b"\x00\xff\x1b[31mred\x1b[0m\r\nno end"


def test_stop_means_the_one_under_way(server: ScriptedServer, wl: Wl) -> None:
    """However many were skipped since it was started."""
    server.on("GET /v1/crons/pi", make_cron(active=make_execution(status="RUNNING")))
    server.on(STOP, make_execution(status="RUNNING"), status=202)
    assert wl("cron", "stop", "pi", "--reason", "wrong data") == (
        0,
        f"{ID} is being stopped.\n",
        "",
    )
    assert json.loads(server.seen[-1].body) == {"reason": "wrong data"}


def test_stop_without_one_under_way_is_refused(server: ScriptedServer, wl: Wl) -> None:
    """There is nothing to stop."""
    server.on("GET /v1/crons/pi", make_cron(last=make_execution()))
    code, _, err = wl("cron", "stop", "pi")
    assert (code, err) == (1, "wl: No execution of pi is under way.\n")


def test_an_id_may_be_shortened(server: ScriptedServer, wl: Wl) -> None:
    """The server finds the execution that begins so; its whole id is stopped."""
    server.on("GET /v1/executions/0000", make_execution(status="RUNNING"))
    server.on(STOP, make_execution(status="RUNNING"), status=202)
    assert wl("cron", "stop", "pi", "0000").code == 0
    assert server.routes == ["GET /v1/executions/0000", STOP]


def test_an_ambiguous_id_is_refused_in_the_servers_words(server: ScriptedServer, wl: Wl) -> None:
    """Nothing is stopped."""
    server.refuse("GET /v1/executions/0", 409, "0 is the beginning of several executions")
    code, _, err = wl("cron", "stop", "pi", "0")
    assert (code, err) == (1, "wl: 0 is the beginning of several executions\n")


def test_an_execution_of_another_cron_is_not_stopped(server: ScriptedServer, wl: Wl) -> None:
    """The name that was given has to be the right one."""
    server.on("GET /v1/executions/0000", make_execution(cron="e"))
    code, _, err = wl("cron", "stop", "pi", "0000")
    assert (code, err) == (1, f"wl: {ID} is an execution of e, not of pi.\n")


def test_what_is_no_id_is_wrong_usage(server: ScriptedServer, wl: Wl) -> None:
    """Nothing is asked for under it."""
    for wrong in ("../crons", "xyz", "0" * 37, "\x1b"):
        assert wl("cron", "stop", "pi", wrong).code == 2
    assert server.seen == []


def test_an_id_from_the_server_must_look_like_one(server: ScriptedServer, wl: Wl) -> None:
    """It goes into the next request, where a line break would begin another."""
    server.on(HISTORY, make_history(make_execution(id="a HTTP/1.1\r\nX: y")))
    assert wl("cron", "logs", "pi").code == 1
    assert server.routes == [HISTORY]


def test_logs_are_those_of_the_latest_that_was_started(
    server: ScriptedServer, environment: dict[str, str | None]
) -> None:
    """To the byte, as the job wrote them."""
    skipped = make_execution(1, status="SKIPPED")
    server.on(HISTORY, make_history(skipped, make_execution()))
    server.on(LOGS, Reply(body=BYTES))
    with start_process("cron", "logs", "pi", env=environment) as process:
        assert process.communicate() == (BYTES, b"")
    assert process.returncode == 0


def test_logs_of_a_cron_that_never_ran_are_refused(server: ScriptedServer, wl: Wl) -> None:
    """And the sentence says how to run it."""
    server.on(HISTORY, make_history(make_execution(status="MISSED")))
    code, _, err = wl("cron", "logs", "pi")
    assert code == 1
    assert "wl cron run pi" in err


def test_following_asks_the_server_to_follow(server: ScriptedServer, wl: Wl) -> None:
    """-f is passed on."""
    server.on(f"GET /v1/executions/{ID}", make_execution(status="RUNNING"))
    server.on(f"{LOGS}?follow=true", Reply(body=b"one\ntwo\n"))
    server.on(END, make_execution(status="RUNNING"), make_execution())
    assert wl("cron", "logs", "pi", ID, "-f") == (0, "one\ntwo\n", "")


def test_a_log_that_ends_before_its_execution_was_not_followed_to_its_end(
    server: ScriptedServer, wl: Wl
) -> None:
    """A server that stops is as good as one that cannot be reached."""
    server.on(f"GET /v1/executions/{ID}", make_execution(status="RUNNING"))
    server.on(f"{LOGS}?follow=true", Reply(body=b"one\n"))
    server.on(END, make_execution(status="RUNNING"))
    sentence = f"wl: the log ended, but {ID} goes on as far as is known.\n"
    assert wl("cron", "logs", "pi", ID, "-f") == (3, "one\n", sentence)


def test_a_log_that_is_gone_is_refused_in_the_servers_words(server: ScriptedServer, wl: Wl) -> None:
    """A problem in place of the log."""
    server.on(HISTORY, make_history(make_execution()))
    server.refuse(LOGS, 404, "its log was pruned")
    assert wl("cron", "logs", "pi") == (1, "", "wl: its log was pruned\n")


@pytest.mark.acceptance
def test_a_reader_who_has_enough_is_no_error(
    server: ScriptedServer, environment: dict[str, str | None]
) -> None:
    """`wl cron logs … | head` ends in silence."""
    server.on(HISTORY, make_history(make_execution()))
    server.on(LOGS, Reply(body=b"x" * 10_000_000))
    with start_process("cron", "logs", "pi", env=environment) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert process.stderr.read() == b""
