"""When something is down."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.rehearsal.plays import DAY, HOUR, MIDNIGHT, window
from wlcron.rehearsal.outages import Outages, every_day


def down(text: str, zone: str = "UTC", begin: datetime = MIDNIGHT, days: int = 1) -> list[str]:
    """Return the hours in which a window is down, by UTC."""
    outages = every_day([window(text)], zone, begin, begin + days * DAY)
    hours = (begin + number * HOUR for number in range(24 * days))
    return [f"{hour:%dT%H}" for hour in hours if outages.covers(hour)]


def test_a_window_comes_every_day() -> None:
    """From its begin until before its end."""
    assert down("02:00-04:00", days=2) == ["27T02", "27T03", "28T02", "28T03"]


def test_a_window_may_lie_over_midnight() -> None:
    """An end that is not after the begin is the next day's; yesterday's counts as well."""
    assert down("23:00-01:00", days=2) == ["27T00", "27T23", "28T00", "28T23"]


def test_a_window_goes_by_the_clock_of_its_zone() -> None:
    """An hour earlier by UTC from the day of summer time on."""
    assert down("05:00-06:00", "Europe/Berlin", days=2) == ["27T04", "28T03"]


@pytest.mark.parametrize("text", ["02:30-03:00", "02:10-02:40"])
def test_a_window_that_the_clock_leaps_over_ends_in_order(text: str) -> None:
    """There is no such time in that night; on all other days there is."""
    outages = every_day([window(text)], "Europe/Berlin", MIDNIGHT, MIDNIGHT + 3 * DAY)
    edges: list[datetime] = []
    at = MIDNIGHT
    while (edge := outages.next_edge(at)) is not None and len(edges) < 10:
        edges.append(edge)
        at = edge
    assert edges == sorted(edges)
    assert len(edges) % 2 == 0
    assert outages.covers(datetime(2027, 3, 29, 0, 35, tzinfo=UTC))


def test_windows_that_touch_are_one() -> None:
    """Nothing comes up for no time at all."""
    outages = Outages([(MIDNIGHT + HOUR, MIDNIGHT + 2 * HOUR), (MIDNIGHT, MIDNIGHT + HOUR)])
    assert outages.next_edge(MIDNIGHT) == MIDNIGHT + 2 * HOUR
    assert outages.next_edge(MIDNIGHT + 2 * HOUR) is None


def test_a_pattern_tells_when_it_is_down() -> None:
    """As seen from the beginning of a stretch."""
    outages = every_day([window("02:00-04:30")], "UTC", MIDNIGHT, MIDNIGHT + 2 * DAY)
    patterns = [
        outages.pattern(MIDNIGHT + hours * HOUR, MIDNIGHT + (hours + 3) * HOUR)
        for hours in (0, 3, 6, 24, 27, 30)
    ]
    assert patterns[:3] == patterns[3:]
    assert len(set(patterns)) == 3
    assert timedelta(hours=2) in patterns[0][1]  # type: ignore[index]  # what it is made of
