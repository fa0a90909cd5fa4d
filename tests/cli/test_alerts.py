"""`wl incident`, `wl channel`, `wl silence` and `wl cron silence`."""

import pytest

from tests.cli.conftest import ScriptedServer, Wl

INCIDENT: dict[str, object] = {
    "cron": "pi",
    "condition": "failed",
    "severity": "critical",
    "reason": "FAILED: exit\x1bcode 3",
    "opened_at": "2026-11-23T12:00:00Z",
    "slot": "2026-11-23T12:00:00Z",
    "execution": "ce5a1529",
    "closed_at": None,
    "silent": False,
    "channels": [],
}
TELLING = {"channel": "slack", "told": "opened", "problem": "", "together": False}
SILENCE = {
    "id": "3f2a91c0-0000",
    "cron": "",
    "labels": {"team": "pay"},
    "since": "2026-11-23T12:00:00Z",
    "until": "2026-11-23T13:00:00Z",
    "reason": "",
}


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, "nobody: no channel is for this"),
        ({"silent": True}, "nobody: it is silenced"),
        ({"channels": [TELLING]}, "slack"),
        ({"channels": [TELLING | {"together": True}]}, "slack (with others)"),
        ({"channels": [TELLING | {"told": None}]}, "slack not yet"),
        ({"channels": [TELLING | {"problem": "429"}]}, "slack not yet: 429"),
    ],
)
def test_incidents_say_who_was_told(
    server: ScriptedServer, wl: Wl, changed: dict[str, object], said: str
) -> None:
    """And nothing in them steers a terminal."""
    page = {"incidents": [INCIDENT | changed], "next": None}
    server.on("GET /v1/incidents?limit=1000&after=", page)
    out = wl("incident", "list").out
    assert f"  {said}  FAILED: exit\\x1bcode 3" in out


def test_all_pages_are_asked_for(server: ScriptedServer, wl: Wl) -> None:
    """Up to the last one."""
    first = {"incidents": [INCIDENT], "next": "channel:On call & more/flood"}
    server.on("GET /v1/incidents?limit=1000&after=", first)
    target = "GET /v1/incidents?limit=1000&after=channel%3AOn%20call%20%26%20more%2Fflood"
    server.on(target, {"incidents": [INCIDENT], "next": None})
    assert wl("incident", "list").out.count("critical") == 2


def test_a_page_without_incidents_is_the_last(server: ScriptedServer, wl: Wl) -> None:
    """Also where a server says that there is another one."""
    server.on("GET /v1/incidents?limit=1000&after=", {"incidents": [], "next": "a"})
    assert wl("incident", "list").out.startswith("Nothing is wrong")


def test_nothing_wrong_is_said(server: ScriptedServer, wl: Wl) -> None:
    """In words, and as an empty list."""
    server.on("GET /v1/incidents?limit=1000&after=", {"incidents": [], "next": None})
    assert wl("incident", "list").out.startswith("Nothing is wrong")
    assert wl("incident", "list", "-o", "json").out == "[]\n"


def test_channels_are_listed(server: ScriptedServer, wl: Wl) -> None:
    """With what was last seen of each; none is said."""
    channel = {"name": "slack", "kind": "slack", "taken_at": None, "answer": "", "problem": ""}
    server.on("GET /v1/channels", {"channels": [channel | {"failed_at": None}]})
    assert wl("channel", "list").out.splitlines()[1].split() == ["slack", "slack", "-", "-", "-"]
    server.on("GET /v1/channels", {"channels": []})
    assert "no channel" in wl("channel", "list").out


def test_a_channel_is_tested(server: ScriptedServer, wl: Wl) -> None:
    """Whatever its name is."""
    server.on("POST /v1/channels/On%20Call%2F2/test", {"channel": "x", "answer": "200 ok"})
    assert wl("channel", "test", "On Call/2").out == "On Call/2 took the test: 200 ok\n"
    server.on("POST /v1/channels/%FF/test", {"channel": "x", "answer": "200 ok"})
    assert wl("channel", "test", "\udcff").code == 0  # a byte that is no UTF-8


def test_silences_are_made_listed_and_ended(server: ScriptedServer, wl: Wl) -> None:
    """By label, for a time."""
    server.on("POST /v1/silences", SILENCE)
    said = wl("cron", "silence", "--label", "team=pay", "--for", "1h").out
    assert said == "Nobody is told of crons with team=pay until 2026-Nov-23 13:00:00 UTC.\n"
    assert '"for": 3600' in server.seen[-1].body.decode()
    server.on("GET /v1/silences", {"silences": [SILENCE]})
    assert "3f2a91c0  crons with team=pay" in wl("silence", "list").out
    server.on("DELETE /v1/silences/3f2a91c0", SILENCE)
    assert wl("silence", "end", "3f2a91c0").out == "It is over.\n"
    server.on("GET /v1/silences", {"silences": []})
    assert wl("silence", "list").out == "Nothing is silenced.\n"


@pytest.mark.parametrize(
    "given",
    [
        ("pi",),
        ("--for", "1h"),
        ("pi", "--all", "--for", "1h"),
        ("pi", "--for", "soon"),
        ("--label", "team", "--for", "1h"),
    ],
)
def test_a_silence_that_is_not_said_right_is_refused(wl: Wl, given: tuple[str, ...]) -> None:
    """Before anybody is asked: silence for all is never an accident."""
    code, _, err = wl("cron", "silence", *given)
    assert code == 2
    assert err


def test_an_id_that_is_none_is_refused(wl: Wl) -> None:
    """It goes into a path."""
    assert wl("silence", "end", "../crons").code == 2
