"""What holds for every schedule, whatever expression it was written in."""

import sys
from datetime import UTC, datetime, timedelta
from types import FrameType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wlcron.schedule import Schedule, ScheduleError, parse_schedule

NOW = datetime(2026, 3, 4, 12, 34, 56, tzinfo=UTC)
EXPRESSIONS = (
    *("cron(0 9 ? * MON-FRI *)", "cron(0/15 5-2 L-3W JAN/2 ? 2020-2030/3)", "rate(5 minutes)"),
    *("at(2026-12-24T18:00:00)", "@daily", "*/5 1-3 * * 2", "0 0 29 2 1#5", "0 0 30 2 *"),
)
SNIPPETS = st.one_of(
    st.sampled_from(EXPRESSIONS),
    st.sampled_from([*"0123456789*/,-?LW#@() ", "MON", "jan", "cron(", "rate(", "at(", "minutes"]),
    st.characters(),
)


@given(st.lists(SNIPPETS, max_size=12).map("".join), st.text(max_size=20))
@example("cron(\n\n\n)", "UTC")
@example("0 0 1W,L-30W 2 *", "Pacific/Apia")
def test_any_text_is_a_schedule_or_a_schedule_error(text: str, zone: str) -> None:
    """Nothing that a person can write causes another error, or a schedule that cannot be used."""
    for name in ("Pacific/Apia", zone):
        try:
            schedule = parse_schedule(text, name, NOW)
        except ScheduleError:
            continue
        assert schedule.explain().endswith(").")
        slot = schedule.next(NOW)
        assert slot is None or slot > NOW


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_schedule_reads_as_it_was_written(expression: str) -> None:
    """The text of a schedule is the expression without the blanks around it."""
    schedule = parse_schedule(f"{expression} \n", "Europe/Berlin")
    assert str(schedule) == expression
    assert expression in repr(schedule)
    assert schedule.timezone == "Europe/Berlin"
    assert schedule == parse_schedule(expression, "Europe/Berlin")
    assert hash(schedule) == hash(parse_schedule(expression, "Europe/Berlin"))
    assert schedule != expression


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_a_datetime_without_a_zone_is_refused(expression: str) -> None:
    """A naive datetime could mean any instant."""
    schedule = parse_schedule(expression)
    for ask in (schedule.next, schedule.previous, schedule.period):
        with pytest.raises(ValueError, match="has no time zone: give it one"):
            ask(NOW.replace(tzinfo=None))


def test_fractions_of_a_second_count() -> None:
    """`next` is strictly after an instant and `previous` strictly before it, to the microsecond."""
    schedule = parse_schedule("*/5 * * * *")
    slot, moment = datetime(2026, 3, 4, 12, 35, tzinfo=UTC), timedelta(microseconds=1)
    assert schedule.next(slot - moment) == slot
    assert schedule.next(slot) == slot + timedelta(minutes=5)
    assert schedule.previous(slot + moment) == slot
    assert schedule.previous(slot) == slot - timedelta(minutes=5)


def test_any_zone_may_be_asked_in_and_utc_is_answered() -> None:
    """A repeated hour has two instants with one name: `fold` tells them apart."""
    schedule = parse_schedule("0 * * * *", "America/New_York")
    first = datetime(2024, 11, 3, 1, 30, tzinfo=ZoneInfo("America/New_York"))
    slots = [schedule.next(first), schedule.next(first.replace(fold=1))]
    assert slots == [datetime(2024, 11, 3, hour, tzinfo=UTC) for hour in (6, 7)]
    assert {slot.tzinfo for slot in slots if slot} == {UTC}


@pytest.mark.parametrize(
    ("expression", "zone", "after", "period"),
    [
        ("*/5 * * * *", "UTC", NOW, timedelta(minutes=5)),
        ("0 9 * * 1", "UTC", NOW, timedelta(days=7)),
        ("0 9 * * *", "Europe/Berlin", datetime(2026, 3, 28, tzinfo=UTC), timedelta(hours=23)),
        ("at(2026-12-24T18:00:00)", "UTC", NOW, None),
        ("cron(0 0 1 1 ? 2020)", "UTC", NOW, None),
    ],
)
def test_the_period_is_the_distance_of_the_next_two_slots(
    expression: str, zone: str, after: datetime, period: timedelta | None
) -> None:
    """It is elapsed time, and None where fewer than two slots are left."""
    assert parse_schedule(expression, zone).period(after) == period


def steps(schedule: Schedule, after: datetime) -> int:
    """Return how many functions run while the next slot and the previous one are searched."""
    calls = 0

    def count(_frame: FrameType, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event == "call"

    profiler = sys.getprofile()
    sys.setprofile(count)
    try:
        schedule.next(after)
        schedule.previous(after)
    finally:
        sys.setprofile(profiler)
    return calls


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "Pacific/Apia"])
@pytest.mark.parametrize(
    "expression",
    [
        *("0 0 30 2 *", "* * 31 2,4,6,9,11 *", "0 0 */31 * MON#2", "0 0 30W 2 *", "0 0 * 2 1#5"),
        *("cron(* * 30 2 ? *)", "cron(0 0 29 2 ? 2021-2199/4)", "cron(0 0 1 1 ? 1970)"),
        *("cron(0 0 ? 2 SUN#5 2025-2199)", "cron(0 0 L-30 2 ? *)", "* * 29 2 */7", "0 0 29 2 *"),
    ],
)
def test_a_search_for_what_never_comes_is_short(expression: str, zone: str) -> None:
    """No search walks through years by the day or the minute, whether it finds a slot or not."""
    schedule = parse_schedule(expression, zone)
    schedule.period(NOW)  # the zone's changes are found once
    for year in (1971, 2026, 2098, 2198):
        parse_schedule(expression, zone).next(NOW.replace(year=year))
        assert steps(schedule, NOW.replace(year=year)) < 1000


def test_what_was_read_last_is_remembered_but_not_for_ever() -> None:
    """Reading a schedule again costs next to nothing, and memory is bounded."""
    first = parse_schedule("1 2 3 * *")
    assert parse_schedule("1 2 3 * *") is first
    for number in range(2500):
        minute, rest = number % 60, number // 60
        parse_schedule(
            f"{minute} {rest % 24} {1 + minute % 28} {1 + rest % 12} {rest % 7},{minute % 7}"
        )
    again = parse_schedule("1 2 3 * *")
    assert again is not first
    assert again == first
