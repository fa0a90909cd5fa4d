"""Whatever happens, one sentence comes out and the right exit code."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from tests.cli.conftest import ScriptedServer, Wl, make_cron, start_process
from wlcron.cli.program import run
from wlcron.errors import WlcronError


def complain(error: BaseException, **environment: str) -> tuple[int, str]:
    """Run a command that raises this; return its exit code and what it says."""

    @click.command
    def failing() -> None:
        raise error

    with CliRunner().isolation(env={"WL_DEBUG": None, **environment}) as streams:
        code = run([], failing)
        return code, streams[1].getvalue().decode()


def test_errors_of_ours_are_shown_as_they_stand() -> None:
    """They are written for people."""
    assert complain(WlcronError("do this")) == (1, "wl: do this\n")


def test_a_mistake_in_wl_itself_shows_no_traceback() -> None:
    """But how to get one, for the report."""
    code, err = complain(KeyError("x"))
    assert (code, err.count("\n")) == (1, 1)
    assert "KeyError" in err
    assert "WL_DEBUG=1" in err


def test_with_wl_debug_a_mistake_shows_its_traceback() -> None:
    """Before the sentence."""
    _, err = complain(KeyError("x"), WL_DEBUG="1")
    assert "Traceback" in err
    assert "test_program.py" in err


def test_what_the_system_refuses_is_said_in_its_words() -> None:
    """A full disk is no mistake of wl."""
    assert complain(OSError(28, "No space left on device")) == (1, "wl: No space left on device.\n")


def test_ctrl_c_is_exit_code_130() -> None:
    """As shells expect."""
    code, err = complain(KeyboardInterrupt())
    assert (code, err.strip()) == (130, "wl: interrupted.")


@pytest.mark.acceptance
def test_a_full_disk_at_the_end_of_a_pipe_is_one_sentence() -> None:
    """Nothing is said by Python's own end."""
    with Path("/dev/full").open("wb") as full:
        arguments = ("schedule", "next", "@daily")
        with start_process(*arguments, env={}, stdout=full.fileno()) as process:
            err = process.communicate()[1]
    assert process.returncode == 1
    assert err == b"wl: No space left on device.\n"


def test_an_old_locale_prints_escapes(server: ScriptedServer) -> None:
    """Rather than nothing."""
    server.on("GET /v1/crons/pi", make_cron(source="a: ü→\n"))
    env: dict[str, str | None] = {"WL_URL": server.url, "PYTHONIOENCODING": "latin-1", "HOME": "/"}
    with start_process("cron", "show", "pi", env=env) as process:
        assert process.communicate()[0] == b"a: \xfc\\u2192\n"


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--listen", "nowhere"), '"nowhere" is no address'),
        (("--engine", "steam"), "steam"),
        (("--config", "/nowhere"), "/nowhere"),
    ],
)
def test_a_server_with_impossible_options_is_wrong_usage(
    wl: Wl, arguments: tuple[str, ...], says: str
) -> None:
    """It is not started."""
    code, out, err = wl("server", *arguments)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert says in err


def completed(server: ScriptedServer, *words: str) -> list[str]:
    """Return what the shell would offer for the last word."""
    env: dict[str, str | None] = {
        "WL_URL": server.url,
        "WL_TOKEN": "t",
        "_WL_COMPLETE": "bash_complete",
        "COMP_WORDS": " ".join(("wl", *words)),
        "COMP_CWORD": str(len(words)),
    }
    with start_process(env=env) as process:
        out, err = process.communicate()
    assert err == b""
    return [line.partition(",")[2] for line in out.decode().splitlines() if line]


def test_commands_and_names_of_crons_are_completed(server: ScriptedServer) -> None:
    """The names are asked of the server."""
    crons = [make_cron(), make_cron(name="pie"), make_cron(name="e"), make_cron(name="p\x1b")]
    server.on("GET /v1/crons", {"crons": crons, "next": None})
    assert completed(server, "cron", "sta") == ["status"]
    assert completed(server, "cron", "status", "p") == ["pi", "pie"]


def test_completion_is_silent_when_no_server_answers(server: ScriptedServer) -> None:
    """A key press is no place for an error."""
    server.on("GET /v1/crons", {"crons": 3})
    assert completed(server, "cron", "status", "p") == []
    server.url = "http://127.0.0.1:1"
    assert completed(server, "cron", "status", "p") == []
    server.url = "nonsense"
    assert completed(server, "cron", "status", "p") == []
