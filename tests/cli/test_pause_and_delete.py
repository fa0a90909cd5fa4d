"""`wl cron pause`, `resume` and `delete`."""

import json

import pytest

from tests.cli.conftest import ScriptedServer, Wl, make_cron

PAUSE = "POST /v1/crons/pi/pause"
PAUSED = {"since": "2018-02-26T13:00:00Z", "until": "2018-02-26T15:00:00Z", "reason": "upgrade"}


def test_a_pause_has_an_end_and_a_reason(server: ScriptedServer, wl: Wl) -> None:
    """The duration goes over in seconds."""
    server.on(PAUSE, make_cron(paused=PAUSED))
    assert wl("cron", "pause", "pi", "--for", "1h30m", "--reason", "upgrade") == (
        0,
        "pi is paused since 2018-Feb-26 13:00:00 UTC until 2018-Feb-26 15:00:00 UTC (upgrade).\n",
        "",
    )
    assert json.loads(server.seen[0].body) == {"for": 5400.0, "reason": "upgrade"}


def test_a_pause_may_be_open(server: ScriptedServer, wl: Wl) -> None:
    """Until it is resumed."""
    server.on(PAUSE, make_cron(paused={**PAUSED, "until": None, "reason": ""}))
    assert wl("cron", "pause", "pi").out.endswith(" until it is resumed.\n")
    assert json.loads(server.seen[0].body) == {"for": None, "reason": ""}


@pytest.mark.parametrize("duration", ["soon", "-1h", "0", "1y", "99999d", ""])
def test_an_impossible_duration_is_wrong_usage(
    server: ScriptedServer, wl: Wl, duration: str
) -> None:
    """Nothing is paused."""
    code, _, err = wl("cron", "pause", "pi", "--for", duration)
    assert (code, err.count("\n"), server.seen) == (2, 1, [])


def test_resume_says_when_it_goes_on(server: ScriptedServer, wl: Wl) -> None:
    """The next slot, or that none is left."""
    over = make_cron(next_due=None)
    server.on("POST /v1/crons/pi/resume", make_cron(), over)
    resumed = wl("cron", "resume", "pi")
    assert resumed == (0, "pi is resumed; next slot 2018-Feb-26 14:00:00 UTC.\n", "")
    assert wl("cron", "resume", "pi").out == "pi is resumed; no slot is left.\n"


def test_delete_in_a_pipe_needs_yes(server: ScriptedServer, wl: Wl) -> None:
    """Nobody can be asked there, and what is piped in is no answer."""
    code, _, err = wl("cron", "delete", "pi", stdin="y\n")
    assert (code, server.seen) == (2, [])
    assert "--yes" in err


def test_delete_with_yes_asks_nobody(server: ScriptedServer, wl: Wl) -> None:
    """And says what it did."""
    server.on("DELETE /v1/crons/pi", {"cron": make_cron()})
    assert wl("cron", "delete", "pi", "--yes") == (0, "pi is deleted.\n", "")


def test_a_cron_that_stays_for_a_while_is_said_to(server: ScriptedServer, wl: Wl) -> None:
    """What was made for it outside goes first."""
    leaving = {"settled": False, "leaving": True, "parts": {}, "problem": "no answer"}
    remarks = ["it is being deleted: no answer"]
    cron = make_cron(registration=leaving, remarks=remarks)
    server.on("DELETE /v1/crons/pi", {"cron": cron})
    code, out, _ = wl("cron", "delete", "pi", "--yes")
    assert code == 0
    assert out == (
        "pi is never due again, and is gone when what was made for it is.\n"
        "note: it is being deleted: no answer\n"
    )


@pytest.mark.parametrize(
    ("arguments", "route"),
    [
        (("pause", "pi"), PAUSE),
        (("resume", "pi"), "POST /v1/crons/pi/resume"),
        (("delete", "pi", "-y"), "DELETE /v1/crons/pi"),
    ],
)
def test_each_can_answer_in_json(
    server: ScriptedServer, wl: Wl, arguments: tuple[str, ...], route: str
) -> None:
    """What the API said."""
    said = make_cron(paused=PAUSED)
    server.on(route, said)
    assert json.loads(wl("cron", *arguments, "-o", "json").out) == said
