"""Changes of the clock, where a search could leap too far or not far enough."""

from datetime import UTC, datetime

import pytest

from wlcron.schedule import parse_schedule


def utc(text: str) -> datetime:
    """Return an instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("expression", "zone", "earlier", "later"),
    [
        # New York, 2024-11-03 06:00 UTC: 02:00 becomes 01:00 again.
        ("* 1 3 11 *", "America/New_York", "2024-11-03T05:59", "2024-11-03T06:00"),
        ("* 1 3 11 *", "America/New_York", "2024-11-03T06:59", "2025-11-03T06:00"),
        ("59 1 3 11 *", "America/New_York", "2024-11-03T05:59", "2025-11-03T06:59"),
        # Havana, 2024-11-03 05:00 UTC: 01:00 becomes 00:00 again, at the start of a day.
        ("30-59 * 3 11 *", "America/Havana", "2024-11-03T04:59", "2024-11-03T05:30"),
        ("30,59 0 3 11 *", "America/Havana", "2024-11-03T04:59", "2025-11-03T05:30"),
        # Beirut, 2024-10-26 21:00 UTC: midnight becomes 23:00 of the day before.
        ("59 * 26 10 *", "Asia/Beirut", "2024-10-26T20:59", "2024-10-26T21:59"),
        ("59 23 26 10 *", "Asia/Beirut", "2024-10-26T20:59", "2025-10-26T21:59"),
        # New York, 2024-03-10 07:00 UTC: 02:00 becomes 03:00.
        ("30 2 * * *", "America/New_York", "2024-03-10T07:00", "2024-03-11T06:30"),
        ("cron(30 2 * * ? *)", "America/New_York", "2024-03-09T07:30", "2024-03-11T06:30"),
        ("cron(*/30 2 * * ? *)", "America/New_York", "2024-03-09T07:30", "2024-03-11T06:00"),
        ("cron(30 2 10 3 ? *)", "America/New_York", "2023-03-10T07:30", "2025-03-10T06:30"),
        # Casey, 2018-10-06 20:00 UTC: 04:00 becomes 07:00, three hours and no more.
        ("0 5 * * *", "Antarctica/Casey", "2018-10-06T20:00", "2018-10-07T18:00"),
        # Apia, 2011-12-30 10:00 UTC: 30 December becomes 31 December, a correction.
        ("0 12 * * *", "Pacific/Apia", "2011-12-29T22:00", "2011-12-30T22:00"),
        ("0 12 30 12 *", "Pacific/Apia", "2010-12-30T22:00", "2012-12-29T22:00"),
        ("cron(0 12 30 12 ? *)", "Pacific/Apia", "2010-12-30T22:00", "2012-12-29T22:00"),
    ],
)
def test_slots_on_both_sides_of_a_change_follow_each_other(
    expression: str, zone: str, earlier: str, later: str
) -> None:
    """Nothing is due between these two, asked forwards or backwards."""
    schedule = parse_schedule(expression, zone)
    assert schedule.next(utc(earlier)) == utc(later)
    assert schedule.previous(utc(later)) == utc(earlier)


def test_a_search_may_begin_within_the_repeated_hour() -> None:
    """What was due in the first passing is found from within the second."""
    schedule = parse_schedule("30-59 * 3 11 *", "America/Havana")
    assert schedule.previous(utc("2024-11-03T05:15")) == utc("2024-11-03T04:59")
    assert schedule.next(utc("2024-11-03T05:15")) == utc("2024-11-03T05:30")


@pytest.mark.parametrize("expression", ["* * 30 2 *", "0 0 30 2 *", "cron(* * 30 2 ? *)"])
def test_what_never_comes_does_not_come_at_a_change_either(expression: str) -> None:
    """A search that begins beside a change ends as quickly as any other."""
    schedule = parse_schedule(expression, "America/New_York")
    assert schedule.next(utc("2024-11-03T06:10")) is None
    assert schedule.previous(utc("2024-11-03T06:10")) is None
