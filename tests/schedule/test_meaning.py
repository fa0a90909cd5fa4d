"""Every expression means in every zone what the slow and plain reference says."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schedule import reference
from tests.schedule.reference import Expression
from tests.schedule.strategies import EXPRESSIONS, places
from wlcron.schedule import Schedule, parse_schedule

WINDOW = timedelta(hours=30)
YEAR = timedelta(days=366)


def slots_until(schedule: Schedule, start: datetime, end: datetime) -> list[datetime]:
    """Return the slots after `start` until before `end`, by asking for one after the other."""
    slots = []
    slot = schedule.next(start)
    while slot is not None and slot < end:
        slots.append(slot)
        slot = schedule.next(slot)
    return slots


@settings(max_examples=100)
@given(EXPRESSIONS, places())
def test_slots_are_those_of_the_reference_across_changes_of_the_clock(
    expression: Expression, place: tuple[str, datetime]
) -> None:
    """Around any change of any clock, the slots are found that a walk by minutes finds."""
    zone, start = place
    end = start + WINDOW
    first_minute = start.replace(second=0) + timedelta(minutes=1)
    expected = list(reference.slots(expression, ZoneInfo(zone), first_minute, end))
    assert slots_until(parse_schedule(str(expression), zone), start, end) == expected


@settings(max_examples=150)
@given(EXPRESSIONS, st.dates(date(1970, 1, 1), date(2198, 12, 31)))
def test_days_are_those_of_the_reference_in_any_year(expression: Expression, day: date) -> None:
    """From any day on, the first due day is the one that a walk by days finds."""
    start = datetime.combine(day, datetime.min.time(), UTC)
    days = (day + timedelta(days=shift) for shift in range(YEAR.days))
    expected = next((d for d in days if expression.has_day(d)), None)
    slot = parse_schedule(str(expression)).next(start - timedelta(seconds=1))
    if expected is None:
        assert slot is None or slot >= start + YEAR
    else:
        assert slot is not None
        assert slot.date() == expected


@settings(max_examples=100)
@given(EXPRESSIONS, places())
def test_previous_goes_the_way_of_next_backwards(
    expression: Expression, place: tuple[str, datetime]
) -> None:
    """The slots found backwards are those found forwards."""
    zone, start = place
    schedule = parse_schedule(str(expression), zone)
    forwards = slots_until(schedule, start, start + WINDOW)
    backwards = []
    slot = schedule.previous(start + WINDOW)
    while slot is not None and slot > start:
        backwards.append(slot)
        slot = schedule.previous(slot)
    assert backwards[::-1] == forwards


@settings(max_examples=200)
@given(EXPRESSIONS, places(), st.timedeltas(timedelta(days=-90_000), timedelta(days=90_000)))
def test_nothing_lies_between_a_slot_and_the_next(
    expression: Expression, place: tuple[str, datetime], shift: timedelta
) -> None:
    """Slots are strictly after what was asked for, and `previous` undoes `next`."""
    zone, start = place
    start += shift
    schedule = parse_schedule(str(expression), zone)
    found = [start]
    while len(found) < 4 and (slot := schedule.next(found[-1])) is not None:
        found.append(slot)
    assert all(earlier < later for earlier, later in pairwise(found))
    assert all(schedule.previous(later) == earlier for earlier, later in pairwise(found[1:]))
    if len(found) > 1:
        before = schedule.previous(found[1])
        assert before is None or before <= start


@pytest.mark.parametrize("zone", ["UTC", "Pacific/Apia", "America/New_York"])
@pytest.mark.parametrize("text", ["cron(* * ? * * *)", "0 0 * * *", "0 0 29 2 *", "0 0 30 2 *"])
def test_any_instant_may_be_asked_about(zone: str, text: str) -> None:
    """Slots lie in the years 1970 to 2199; earlier and later instants are answered too."""
    schedule = parse_schedule(text, zone)
    first, last = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 30, tzinfo=UTC)
    for slot in (schedule.next(first), schedule.previous(last)):
        assert (slot is None) == ("30 2" in text)
        assert slot is None or 1970 <= slot.astimezone(ZoneInfo(zone)).year <= 2199
    assert schedule.next(last) is None
    assert schedule.previous(first) is None
