"""`wl schedule next` and `wl schedule explain`, without any server."""

import json

import pytest

from tests.cli.conftest import Wl

BERLIN = ("--timezone", "Europe/Berlin")


def test_next_prints_local_time_with_its_offset_and_utc(wl: Wl) -> None:
    """Over the change from summer time to winter time, too."""
    arguments = ("0 9 * * *", *BERLIN, "--after", "2026-10-24T00:00", "-n", "2")
    assert wl("schedule", "next", *arguments) == (
        0,
        (
            "2026-Oct-24 09:00:00 +02:00  2026-Oct-24 07:00:00 UTC\n"
            "2026-Oct-25 09:00:00 +01:00  2026-Oct-25 08:00:00 UTC\n"
        ),
        "",
    )


def test_a_rate_is_counted_from_after(wl: Wl) -> None:
    """As it would be from a cron's creation."""
    arguments = ("rate(5 minutes)", "--after", "2026-01-01T00:00:30Z", "-n", "1", "-o", "json")
    (slot,) = json.loads(wl("schedule", "next", *arguments).out)
    assert slot["utc"] == "2026-01-01T00:05:30+00:00"


def test_fewer_slots_than_asked_for_are_said(wl: Wl) -> None:
    """Exit code 0: it is what the schedule says."""
    code, out, err = wl("schedule", "next", "at(2026-12-24T18:00:00)", "--after", "2026-01-01")
    assert (code, out) == (0, "2026-Dec-24 18:00:00 +00:00  2026-Dec-24 18:00:00 UTC\n")
    assert err == "No slot is left after 2026-Dec-24 18:00:00 UTC.\n"


def test_explain_is_plain_english(wl: Wl) -> None:
    """One sentence."""
    code, out, _ = wl("schedule", "explain", "cron(0 9 ? * MON-FRI *)", *BERLIN)
    assert code == 0
    assert "09:00" in out


@pytest.mark.parametrize("what", ["next", "explain"])
@pytest.mark.parametrize(
    "arguments", [("never",), ("cron(99 * * * ? *)",), ("* * * * *", "--timezone", "Mars/Base")]
)
def test_a_bad_schedule_is_refused_in_one_sentence(
    wl: Wl, what: str, arguments: tuple[str, ...]
) -> None:
    """So that a script can ask whether one is good."""
    code, out, err = wl("schedule", what, *arguments)
    assert (code, out, err.count("\n")) == (1, "", 1)


@pytest.mark.parametrize("after", ["soon", "2026-13-01", "0001-01-01T00:00+14:00"])
def test_an_impossible_time_is_wrong_usage(wl: Wl, after: str) -> None:
    """The sentence shows how to write one."""
    code, _, err = wl("schedule", "next", "* * * * *", "--after", after)
    assert code == 2
    assert "2026-12-24T18:00" in err
