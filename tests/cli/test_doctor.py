"""`wl doctor`: what is good and what is not, here and at the server."""

import json
from pathlib import Path

from tests.cli.conftest import ScriptedServer, Wl

GOOD = {"findings": [{"good": True, "subject": "engine", "says": "docker 20.10"}]}


def test_all_is_good(server: ScriptedServer, wl: Wl) -> None:
    """Exit code 0 and a line for each finding."""
    server.on("GET /v1/doctor", GOOD)
    code, out, err = wl("doctor")
    assert (code, err) == (0, "")
    assert [line.split()[:2] for line in out.splitlines()] == [
        ["good", "configuration"],
        ["good", "token"],
        ["good", "server"],
        ["good", "engine"],
    ]


def test_a_finding_of_the_server_is_a_failure(server: ScriptedServer, wl: Wl) -> None:
    """Exit code 1."""
    bad = {"good": False, "subject": "limits", "says": "memory cannot be limited"}
    server.on("GET /v1/doctor", {"findings": [bad]})
    code, out, _ = wl("doctor")
    assert code == 1
    assert "BAD   limits         memory cannot be limited\n" in out


def test_a_server_that_is_not_there_is_a_finding(wl: Wl) -> None:
    """The rest is looked at all the same."""
    code, out, err = wl("doctor", "--url", "http://127.0.0.1:1")
    assert (code, err) == (1, "")
    assert "BAD   server         No server answers at http://127.0.0.1:1" in out


def test_a_bad_configuration_is_a_finding(server: ScriptedServer, wl: Wl, tmp_path: Path) -> None:
    """Each in its place, as one line."""
    server.on("GET /v1/doctor", GOOD)
    for content in ("lisen = 'x'", "= ", "listen = 'nowhere'"):
        (tmp_path / "wl.toml").write_text(content)
        code, out, _ = wl("doctor", "-o", "json")
        findings = json.loads(out)["findings"]
        assert code == 1
        assert (findings[0]["subject"], findings[0]["good"]) == ("configuration", False)
