"""EventBridge Scheduler's `at(…)`: one instant."""

from datetime import UTC, datetime, timedelta

import pytest

from wlcron.schedule import ScheduleError, parse_schedule

SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("local", "zone", "instant"),
    [
        ("2026-12-24T18:00:00", "UTC", datetime(2026, 12, 24, 18, tzinfo=UTC)),
        ("2026-12-24T18:00:59", "Europe/Berlin", datetime(2026, 12, 24, 17, 0, 59, tzinfo=UTC)),
        ("2024-10-27T02:30:10", "Europe/Berlin", datetime(2024, 10, 27, 0, 30, 10, tzinfo=UTC)),
        ("2024-03-31T02:30:10", "Europe/Berlin", datetime(2024, 3, 31, 1, tzinfo=UTC)),
        ("2011-12-30T12:00:00", "Pacific/Apia", datetime(2011, 12, 30, 10, tzinfo=UTC)),
    ],
)
def test_it_is_due_once_at_its_local_time(local: str, zone: str, instant: datetime) -> None:
    """A repeated time is due the first time, and one that is leapt over right after the change."""
    schedule = parse_schedule(f"at({local})", zone)
    assert schedule.next(instant - SECOND) == instant
    assert schedule.next(instant) is None
    assert schedule.previous(instant + SECOND) == instant
    assert schedule.previous(instant) is None
    assert schedule.period(instant - SECOND) is None


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("at()", "must be written as at(2026-12-24T18:00:00), without a zone"),
        ("at(2021-12-31)", "must be written as at(2026-12-24T18:00:00), without a zone"),
        ("at(2021-12-31T23:59:59Z)", "without a zone"),
        ("at(2021-12-31T23:59)", "must be written as"),
        ("at( 2021-12-31T23:59:59)", "must be written as"),
        ("at(\u0662021-12-31T23:59:59)", "must be written as"),
        ("atlas", "must be written as"),
        ("at(2026-02-30T00:00:00)", "names no date and time: day is out of range for month"),
        ("at(2026-01-01T24:00:00)", "names no date and time: hour must be in 0..23"),
        ("at(1969-12-31T23:59:59)", "must lie in the years from 1970 to 2199"),
        ("at(2200-01-01T00:00:00)", "must lie in the years from 1970 to 2199"),
    ],
)
def test_refusals_say_how_a_time_is_written(expression: str, reason: str) -> None:
    """One sentence tells what is wrong."""
    with pytest.raises(ScheduleError) as refusal:
        parse_schedule(expression)
    assert reason in str(refusal.value)
