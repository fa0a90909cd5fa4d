"""`wl rehearse`: what would happen, on the terminal and for programs."""

import json
import re
from pathlib import Path

import pytest

from tests.cli.conftest import Wl
from tests.cli.rehearsing.files import CRON, FROM, USUALLY, cron_file, durations

NOTHING_ELSE = "0 skipped, 0 missed, 0 timeouts, 0 failed, 0 alerts"


@pytest.fixture
def file(tmp_path: Path) -> str:
    """Return a cron file."""
    return cron_file(tmp_path)


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
        "Nothing but starts and ends.",
        "",
        "Name Starts Skipped Missed Timeouts Failed Alerts At Once Longest Gap From",
        "tidy 144 0 0 0 0 0 1 10m 0s 2027-Mar-27 00:00:00 UTC",
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


def test_a_time_in_which_nothing_happens_says_so(wl: Wl, file: str) -> None:
    """In place of an empty list."""
    Path(file).write_text(CRON.replace("*/10 * * * *", "0 0 1 1 *"))
    _, out, _ = wl("rehearse", "-f", file, *FROM)
    assert out.splitlines()[1:4] == ["", "Nothing.", ""]


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


def test_what_is_the_same_of_many_crons_is_said_once(wl: Wl, file: str, tmp_path: Path) -> None:
    """With the first names, and how many more there are; in JSON it is said of each."""
    names = [f"c-{number}" for number in range(5)]
    Path(file).write_text("---\n".join(CRON.replace("tidy\nsch", f"{n}\nsch") for n in names))
    fates = durations(tmp_path, "\n".join(f"{name}: 4m" for name in names))
    arguments = ("-f", file, *FROM, "--engine-down", "02:01-02:45", "--durations", fates)
    _, out, _ = wl("rehearse", *arguments)
    (said,) = [line for line in lines(out) if line.startswith("warning: ")]
    assert said.startswith("warning: each of c-0, c-1, c-2 and 2 more crons: 4 slots are skipped")
    told = json.loads(wl("rehearse", *arguments, "-o", "json").out)["warnings"]
    assert [each["cron"] for each in told] == names


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
    assert (cron["longest_gap"], cron["most_at_once"], report["most_at_once"]) == (600.0, 1, 1)
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
        (("--durations", "-"), "durations are read from a file alone", 2),
        (("--durations", "/dev/null"), "/dev/null:1: holds no durations", 1),
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


def test_windows_go_by_the_time_zone_that_is_given(wl: Wl, file: str) -> None:
    """And may lie over midnight, or end with the day."""
    zone = ("--timezone", "Asia/Tokyo", "--from", "2027-03-27T00:00")
    _, out, _ = wl("rehearse", "-f", file, *zone, "--down", "22:00-24:00", "-o", "json")
    report = json.loads(out)
    assert report["from"] == "2027-03-26T15:00:00Z"
    assert report["crons"][0]["starts"] == 132
