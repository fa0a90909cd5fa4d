"""AWS's `rate(…)`: equal periods, counted from an anchor."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wlcron.schedule import ScheduleError, parse_schedule

ANCHOR = datetime(2026, 3, 28, 17, 30, 15, 999_999, ZoneInfo("Europe/Berlin"))
INSTANTS = st.integers(0, 5_680_281_600).map(lambda second: datetime.fromtimestamp(second, UTC))


@settings(deadline=None)
@given(INSTANTS, INSTANTS, st.integers(1, 1000), st.sampled_from(["minute", "hour", "day"]))
def test_slots_lie_whole_periods_after_the_anchor(
    anchor: datetime, after: datetime, count: int, unit: str
) -> None:
    """The first slot is one period after the anchor's second, and no slot is left out."""
    period = timedelta(**{f"{unit}s": count})
    plural = "" if count == 1 else "s"
    schedule = parse_schedule(f"rate({count} {unit}{plural})", anchor=anchor)
    start = anchor.replace(microsecond=0)
    slot = schedule.next(after)
    assert slot is not None
    assert slot > after
    assert (slot - start) % period == timedelta(0)
    assert slot == start + period if after < start + period else slot - period <= after
    assert schedule.previous(slot) == (None if slot == start + period else slot - period)
    assert schedule.period(after) == period


def test_days_are_of_24_hours_whatever_the_clock_does() -> None:
    """EventBridge Scheduler's days are not calendar days: 17:30 becomes 18:30 in summer time."""
    slot = parse_schedule("rate(1 day)", "Europe/Berlin", ANCHOR).next(ANCHOR)
    assert slot is not None
    assert slot.astimezone(ZoneInfo("Europe/Berlin")).hour == 18
    assert slot - ANCHOR.replace(microsecond=0) == timedelta(days=1)


def test_without_an_anchor_periods_are_counted_from_1970() -> None:
    """A schedule needs no anchor to be tried out."""
    noon = datetime(2026, 1, 1, 12, tzinfo=UTC)
    assert parse_schedule("rate(7 hours)").next(noon) == noon + timedelta(hours=2)


def test_a_period_longer_than_the_calendar_has_no_slot() -> None:
    """Nothing overflows, whatever number was written."""
    schedule = parse_schedule(f"rate({'9' * 200} days)")
    now = datetime(2026, 1, 1, tzinfo=UTC)
    assert schedule.next(now) is None
    assert schedule.previous(now) is None
    assert schedule.period(now) is None


def test_schedules_of_different_anchors_differ() -> None:
    """Two crons of one rate are due at different instants."""
    rates = [parse_schedule("rate(5 minutes)", anchor=ANCHOR + timedelta(hours=h)) for h in (0, 1)]
    again = parse_schedule("rate(5 minutes)", anchor=ANCHOR)
    assert rates[0] == again
    assert hash(rates[0]) == hash(again)
    assert rates[0] != rates[1]


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("rate(1 minutes)", "must be written as rate(1 minute)"),
        ("rate(10 hour)", "must be written as rate(10 hours)"),
        *(
            (text, "must be written as rate(1 minute), rate(5 minutes)")
            for text in (
                *("rate()", "rate(10)", "rate(5minutes)", "rate(0 minutes)", "rate(-10 minutes)"),
                *("rate(10 MINUTES)", "rate( 10 minutes )", "rate(10 minutess)", "rate(10 years)"),
                *("rate(five minutes)", "rate(10  minutes)", "rate(05 minutes)", "rate(5 minutes"),
                *("rate(10 seconds)", "rate(\u0665 minutes)", "random"),
            )
        ),
        (" rate(10 minutes)", "without a blank"),
    ],
)
def test_refusals_say_how_a_rate_is_written(expression: str, reason: str) -> None:
    """EventBridge is strict about blanks, plurals and case, and so is this."""
    with pytest.raises(ScheduleError) as refusal:
        parse_schedule(expression)
    assert reason in str(refusal.value)


def test_an_anchor_without_a_zone_is_refused() -> None:
    """A naive anchor would make slots that nobody meant."""
    with pytest.raises(ValueError, match="has no time zone"):
        parse_schedule("rate(5 minutes)", anchor=ANCHOR.replace(tzinfo=None))
