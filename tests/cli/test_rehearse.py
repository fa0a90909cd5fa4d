"""`wl rehearse`: what would happen, on the terminal and for programs."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import ScriptedServer, Wl, make_execution, make_history

CRON = """\
name: tidy
schedule: "*/10 * * * *"
timeout: 5m
description: {image: busybox, arguments: [tidy]}
notifications:
  failed: {severity: critical}
  channels: [on-call]
"""
USUALLY = "1m each, or half of the timeout where that is less"
NOTHING_ELSE = "0 skipped, 0 missed, 0 timeouts, 0 failed, 0 alerts"
FROM = ("--from", "2027-03-27")


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Return a cron file."""
    path = tmp_path / "tidy.yaml"
    path.write_text(CRON)
    return str(path)


def durations(tmp_path: Path, text: str) -> str:
    """Return a file of durations."""
    path = tmp_path / "durations.yaml"
    path.write_text(text)
    return str(path)


def lines(text: str) -> list[str]:
    """Return lines with one blank where there are several."""
    return [re.sub(" +", " ", line).strip() for line in text.splitlines()]


def test_a_day_is_told_in_a_table_and_a_line(wl: Wl, file: str) -> None:
    """Of many events the plain ones are left out, and it says how to see them."""
    code, out, err = wl("rehearse", "-f", file, *FROM)
    assert code == 0
    assert lines(out) == [
        f"1 cron from 2027-Mar-27 00:00:00 UTC for 1 day. Executions take {USUALLY}.",
        "",
        "",
        "Name Starts Skipped Missed Timeouts Failed Alerts Longest Gap From",
        "tidy 144 0 0 0 0 0 10m 0s 2027-Mar-27 00:00:00 UTC",
        "",
        f"144 starts, {NOTHING_ELSE}. At most 1 at once, first at 2027-Mar-27 00:00:00 UTC.",
    ]
    assert err == "288 plain starts and ends are not shown; see them with --events all.\n"


def test_troubles_are_told_one_by_one(wl: Wl, file: str, tmp_path: Path) -> None:
    """What, when, and why; slots that are missed together are one line."""
    fates = durations(tmp_path, "tidy: [1m, {takes: 30s, exit-code: 2}, 1h]")
    down = ("--down", "00:31-23:55", "--events", "trouble")
    code, out, err = wl("rehearse", "-f", file, *FROM, "--durations", fates, *down)
    assert (code, err) == (0, "")
    told = [line for line in lines(out) if line.startswith("2027")]
    at, back = "2027-Mar-27 00:10:30 UTC tidy", "2027-Mar-27 23:55:00 UTC tidy"
    assert told[:3] == [
        f"{at} FAILED exited with code 2",
        f"{at} ALERT critical to on-call, failed opened: exited with code 2",
        "2027-Mar-27 00:25:00 UTC tidy TIMEOUT ended by its guard at its timeout",
    ]
    assert re.match(rf"{back} MISSED \d+ slots, the last because nobody could", told[3])
    assert told[4] == f"{back} ALERT critical to on-call, failed closed: well again after 23h44m30s"


def test_the_local_time_stands_beside_utc(wl: Wl, file: str) -> None:
    """Where a cron has another zone."""
    Path(file).write_text(CRON.replace("timeout", "timezone: Asia/Tokyo\ntimeout"))
    _, out, _ = wl("rehearse", "-f", file, *FROM, "--events", "all")
    assert "2027-Mar-27 00:10:00 UTC 09:10:00 +09:00 tidy STARTED" in lines(out)


def test_warnings_stand_below_the_table(wl: Wl, file: str) -> None:
    """One line each."""
    Path(file).write_text(CRON.replace('"*/10 * * * *"', '"30 2 * * *"\ntimezone: Europe/Berlin'))
    _, out, _ = wl("rehearse", "-f", file, *FROM, "--days", "2")
    assert (
        "warning: tidy: 02:30 on 2027-03-28 in Europe/Berlin does not exist;"
        " it is due right at the change, 01:00 UTC."
    ) in lines(out)


def test_json_has_all_of_it(wl: Wl, file: str, tmp_path: Path) -> None:
    """One object, with the events that were asked for."""
    fates = durations(tmp_path, "tidy: {takes: 30s, exit-code: 2}")
    arguments = ("-f", file, *FROM, "--durations", fates, "-o", "json")
    code, out, err = wl("rehearse", *arguments)
    report = json.loads(out)
    assert (code, err) == (0, "")
    assert (report["from"], report["until"]) == ("2027-03-27T00:00:00Z", "2027-03-28T00:00:00Z")
    assert report["events_shown"] == "trouble"
    (cron,) = report["crons"]
    assert (cron["starts"], cron["failures"], cron["alerts"]) == (144, 144, 1)
    assert (cron["longest_gap"], report["most_at_once"]) == (600.0, 1)
    assert report["events"][:2] == [
        {
            "at": "2027-03-27T00:00:30Z",
            "cron": "tidy",
            "event": "FAILED",
            "slot": "2027-03-27T00:00:00Z",
            "why": "exited with code 2",
        },
        {
            "at": "2027-03-27T00:00:30Z",
            "cron": "tidy",
            "event": "ALERT",
            "why": "exited with code 2",
            "step": "opened",
            "condition": "failed",
            "severity": "critical",
            "channel": "on-call",
        },
    ]


def test_json_has_the_events_that_were_asked_for(wl: Wl, file: str) -> None:
    """All of them, or none."""
    arguments = ("-f", file, *FROM, "-o", "json", "--events")
    everything = json.loads(wl("rehearse", *arguments, "all").out)["events"]
    assert [each["event"] for each in everything].count("STARTED") == 144
    assert json.loads(wl("rehearse", *arguments, "none").out)["events"] == []


def test_a_cron_without_a_name_has_that_of_its_file(wl: Wl, tmp_path: Path) -> None:
    """Further ones of the file are numbered."""
    nameless = CRON.removeprefix("name: tidy\n")
    (tmp_path / "crons").mkdir()
    (tmp_path / "crons" / "pi.yaml").write_text(f"{nameless}---\n{nameless}")
    _, out, _ = wl("rehearse", "-f", str(tmp_path / "crons"), *FROM, "-o", "json")
    assert [cron["name"] for cron in json.loads(out)["crons"]] == ["pi", "pi-2"]


def test_durations_of_history_are_those_of_the_last_executions(
    wl: Wl, file: str, server: ScriptedServer
) -> None:
    """Oldest first, with their exit codes; what never ran has none."""
    server.on(
        "GET /v1/crons/tidy/executions?limit=100",
        make_history(
            make_execution(3, duration=None, status="SKIPPED"),
            make_execution(2, duration=2.5, exit_code=1, status="FAILED"),
            make_execution(1, duration=60.0, exit_code=0),
        ),
    )
    arguments = ("-f", file, *FROM, "--durations", "history", "--events", "all", "-o", "json")
    code, out, err = wl("rehearse", *arguments)
    assert (code, err) == (0, "")
    ends = [each for each in json.loads(out)["events"] if each["event"] in {"SUCCESS", "FAILED"}]
    assert [(each["at"], each["event"]) for each in ends[:3]] == [
        ("2027-03-27T00:01:00Z", "SUCCESS"),
        ("2027-03-27T00:10:02.500000Z", "FAILED"),
        ("2027-03-27T00:21:00Z", "SUCCESS"),
    ]


def test_a_cron_that_the_server_does_not_know_takes_what_is_usual(
    wl: Wl, file: str, server: ScriptedServer
) -> None:
    """And it is said that it does."""
    server.refuse("GET /v1/crons/tidy/executions?limit=100", 404, "there is no cron named tidy")
    code, out, err = wl("rehearse", "-f", file, *FROM, "--durations", "history")
    assert code == 0
    assert err.startswith(f"The server knows of no execution of tidy; it takes {USUALLY}.\n")
    assert "tidy" in out


@pytest.mark.parametrize(
    ("arguments", "said", "expected"),
    [
        (("--from", "soon"), '"soon" is no time: write 2026-12-24', 2),
        (("--from", "0001-01-01"), "schedules have slots from 1970 to 2199", 2),
        (("--from", "2199-12-01", "--days", "60"), "schedules have slots from 1970 to 2199", 2),
        (("--from", "9999-12-31", "--days", "60"), "schedules have slots from 1970 to 2199", 2),
        (("--from", "0001-01-01T00:00+14:00"), "is no time", 2),
        (("--days", "0"), "0 is not in the range 1<=x<=3660", 2),
        (("--days", "3661"), "not in the range", 2),
        (("--timezone", "Mars/Base"), "There is no time zone 'Mars/Base'", 1),
        (("--down", "2-5"), '"2-5" is no time of the day: write 02:00-05:00', 2),
        (("--down", "02:00-25:00"), '"02:00-25:00" is no time of the day', 2),
        (("--down", "02:00-02:00"), "ends as it begins", 2),
        (("--engine-down", "24:00-00:00"), "ends as it begins", 2),
        (("--durations", "/no/such/file"), "/no/such/file: cannot be read", 1),
        (("--events", "some"), "'some' is not one of", 2),
    ],
)
def test_what_cannot_be_rehearsed_is_refused_in_a_sentence(
    wl: Wl, file: str, arguments: tuple[str, ...], said: str, expected: int
) -> None:
    """With what to write instead."""
    code, out, err = wl("rehearse", "-f", file, *arguments)
    assert (code, out) == (expected, "")
    assert said in err
    assert "Traceback" not in err


def test_mistakes_of_durations_are_told_like_those_of_cron_files(
    wl: Wl, file: str, tmp_path: Path
) -> None:
    """File, line and key."""
    path = durations(tmp_path, "tidy: 5m\nother: 3m\n")
    code, _, err = wl("rehearse", "-f", file, "--durations", path)
    assert code == 1
    assert err.startswith(f"{path}:2: other: no cron of that name is rehearsed\n")


def test_windows_go_by_the_time_zone_that_is_given(wl: Wl, file: str) -> None:
    """And may lie over midnight, or end with the day."""
    zone = ("--timezone", "Asia/Tokyo", "--from", "2027-03-27T00:00")
    _, out, _ = wl("rehearse", "-f", file, *zone, "--down", "22:00-24:00", "-o", "json")
    report = json.loads(out)
    assert report["from"] == "2027-03-26T15:00:00Z"
    assert report["crons"][0]["starts"] == 132
