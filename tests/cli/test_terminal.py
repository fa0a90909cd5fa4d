"""What is different on a terminal: colours and questions."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from tests.cli.conftest import (
    ScriptedServer,
    make_cron,
    make_execution,
    make_history,
    start_process,
)

pytestmark = pytest.mark.acceptance


@contextmanager
def terminal() -> Iterator[tuple[int, int]]:
    """Open a terminal: the side that we hold, and the one that a program gets."""
    ours, theirs = os.openpty()
    try:
        yield ours, theirs
    finally:
        os.close(ours)
        os.close(theirs)


def shown(server: ScriptedServer, *arguments: str, **environment: str | None) -> str:
    """Return what wl prints to a terminal."""
    env = {"WL_URL": server.url, "WL_TOKEN": "t", **environment}
    with terminal() as (ours, theirs), start_process(*arguments, env=env, stdout=theirs) as process:
        assert process.communicate()[1] == b""
        return os.read(ours, 65536).decode().replace("\r\n", "\n")


def script(server: ScriptedServer, **changed: object) -> None:
    """Let the server know a cron and three executions."""
    newest = [make_execution(1, **changed), make_execution(2, status="SKIPPED")]
    cron = make_cron(status=changed.get("status"))
    history = make_history(*newest, make_execution(), cron=cron)
    server.on("GET /v1/crons/pi/executions?limit=10", history)


def test_statuses_have_colours(server: ScriptedServer) -> None:
    """Green, yellow and red; the columns stay where they are."""
    script(server, status="FAILED")
    out = shown(server, "cron", "status", "pi")
    assert "Status   = \x1b[31mFAILED\x1b[0m\n" in out
    assert "  \x1b[31mFAILED\x1b[0m   0\n" in out
    assert "  \x1b[33mSKIPPED\x1b[0m  0\n" in out
    assert "  \x1b[32mSUCCESS\x1b[0m  0\n" in out


def test_no_color_is_obeyed(server: ScriptedServer) -> None:
    """https://no-color.org: when it is set and not empty."""
    script(server)
    assert "\x1b" not in shown(server, "cron", "status", "pi", NO_COLOR="1")
    assert "\x1b" in shown(server, "cron", "status", "pi", NO_COLOR="")


def test_a_cron_file_does_not_steer_the_terminal(server: ScriptedServer) -> None:
    """Into a pipe it goes to the letter; here it is neutralised."""
    server.on("GET /v1/crons/pi", make_cron(source="a: \x1b[2J\n\tb: ü\n"))
    assert shown(server, "cron", "show", "pi") == "a: \\x1b[2J\n        b: ü\n"


@pytest.mark.parametrize(("answer", "code", "deletes"), [("y", 0, True), ("n", 1, False)])
def test_delete_asks(server: ScriptedServer, answer: str, code: int, *, deletes: bool) -> None:
    """And does nothing without a yes."""
    server.on("DELETE /v1/crons/pi", {"cron": make_cron()})
    env: dict[str, str | None] = {"WL_URL": server.url, "WL_TOKEN": "t"}
    with terminal() as (ours, theirs):
        os.write(ours, f"{answer}\n".encode())
        with start_process("cron", "delete", "pi", env=env, stdin=theirs) as process:
            err = process.communicate()[1]
    assert process.returncode == code
    assert b"Delete pi?" in err
    assert (server.routes == ["DELETE /v1/crons/pi"]) == deletes
