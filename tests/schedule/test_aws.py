"""AWS's `cron(…)`: which expressions it takes, and which days they name."""

from datetime import UTC, datetime

import pytest

from wlcron.schedule import ScheduleError, parse_schedule

START = datetime(2026, 1, 1, tzinfo=UTC)


def first_days(fields: str, count: int = 3) -> list[str]:
    """Return the days of the first slots from 2026 on of `cron(0 0 FIELDS)`."""
    schedule, slot, days = parse_schedule(f"cron(0 0 {fields})"), START, []
    for _ in range(count):
        found = schedule.next(slot)
        if found is None:
            break
        days.append(f"{found:%Y-%m-%d}")
        slot = found
    return days


@pytest.mark.parametrize(
    ("fields", "days"),
    [
        ("L * ? *", ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ("L-0 * ? *", ["2026-01-31", "2026-02-28", "2026-03-31"]),
        ("L-30 * ? *", ["2026-03-01", "2026-05-01", "2026-07-01"]),
        ("LW * ? *", ["2026-01-30", "2026-02-27", "2026-03-31"]),
        ("L-2W * ? *", ["2026-01-29", "2026-02-26", "2026-03-30"]),
        ("l,15w,1 * ? *", ["2026-01-15", "2026-01-31", "2026-02-01"]),
        ("1W 8 ? *", ["2026-08-03", "2027-08-02", "2028-08-01"]),
        ("31W 5 ? *", ["2026-05-29", "2027-05-31", "2028-05-31"]),
        ("30W 2 ? *", []),
        ("? * L *", ["2026-01-03", "2026-01-10", "2026-01-17"]),
        ("? * l *", ["2026-01-03", "2026-01-10", "2026-01-17"]),
        ("? * 6L *", ["2026-01-30", "2026-02-27", "2026-03-27"]),
        ("? * SUNL,2L *", ["2026-01-25", "2026-01-26", "2026-02-22"]),
        ("? * 6#5 *", ["2026-01-30", "2026-05-29", "2026-07-31"]),
        ("? * FRI-MON *", ["2026-01-02", "2026-01-03", "2026-01-04"]),
        ("? 2 SUN#5 *", ["2032-02-29", "2060-02-29", "2088-02-29"]),
        ("29 2 ? *", ["2028-02-29", "2032-02-29", "2036-02-29"]),
        ("29 2 ? 2096-2105", ["2096-02-29", "2104-02-29"]),
        ("1 NOV-FEB/2 ? *", ["2026-11-01", "2027-01-01", "2027-11-01"]),
        ("1 1 ? 2027,2030-2199/100", ["2027-01-01", "2030-01-01", "2130-01-01"]),
        ("1 1 ?", ["2027-01-01", "2028-01-01", "2029-01-01"]),
    ],
)
def test_days_are_those_that_aws_and_quartz_describe(fields: str, days: list[str]) -> None:
    """L, W and # follow EventBridge's page; the rest of their grammar follows Quartz."""
    assert first_days(fields) == days


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("cron()", "must be written as cron(minutes hours"),
        ("cron(0 9", "must be written as cron(minutes hours"),
        ("cron(0 9 * * ? *", "must be written as cron(minutes hours"),
        ("cronx(0 9 * * ? *)", "must be written as cron(minutes hours"),
        ("cron(0 9 * *)", "six fields"),
        ("cron(0 9 * * ? * *)", "six fields"),
        ("cron(0 9 * * * *)", "must be ?, but they are '*' and '*'"),
        ("cron(0 9 ? * ? *)", "must be ?, but they are '?' and '?'"),
        ("cron(0 9 1 * 2 *)", "must be ?, but they are '1' and '2'"),
        ("cron(60 9 * * ? *)", "The minute field may hold 0-59"),
        ("cron(0 24 * * ? *)", "The hour field may hold 0-23"),
        ("cron(0 9 0 * ? *)", "The day-of-month field may hold 1-31"),
        ("cron(0 9 L-31 * ? *)", "The day-of-month field may hold 1-31"),
        ("cron(0 9 32W * ? *)", "but has '32'"),
        ("cron(0 9 * FOO ? *)", "The month field may hold 1-12 or JAN-DEC"),
        ("cron(0 9 ? * 0 *)", "The day-of-week field may hold 1-7 (1 is Sunday)"),
        ("cron(0 9 ? * 3#6 *)", "but has '3#6'"),
        ("cron(0 9 ? * 3#1,6#3 *)", "may hold nothing else beside a #"),
        ("cron(0 9 ? * L-2 *)", "The day-of-week field may hold"),
        ("cron(0 9 * * ? 1969)", "The year field may hold 1970-2199"),
        ("cron(0 9 * * ? 2030-2029)", "The year field may hold 1970-2199"),
        ("cron(0/0 9 * * ? *)", "the step '0', which must be a whole number from 1"),
        ("cron(*/¹ 9 * * ? *)", "the step '¹', which must be a whole number from 1"),
        ("cron(0/90 9 * * ? *)", "write at most 60, or rate(…) for equal periods"),
        ("cron(0 0/25 * * ? *)", "write at most 24"),
        ("cron(0 9 ? * 1/8 *)", "write at most 7"),
        ("cron(¹ 9 * * ? *)", "The minute field may hold 0-59"),
    ],
)
def test_refusals_name_the_field_and_what_it_may_hold(expression: str, reason: str) -> None:
    """One sentence tells what is wrong, where, and what would be right."""
    with pytest.raises(ScheduleError) as refusal:
        parse_schedule(expression)
    assert reason in str(refusal.value)
    assert "\n" not in str(refusal.value)


def test_the_last_month_of_a_year_that_is_over_is_found_backwards() -> None:
    """`previous` goes on from the end of an earlier year, whatever month it was asked in."""
    schedule = parse_schedule("cron(0 0 1 3,6 ? 2018,2020)")
    slots = [schedule.previous(START.replace(month=4))]
    while slots[-1] is not None:
        slots.append(schedule.previous(slots[-1]))
    assert [slot and (slot.year, slot.month) for slot in slots] == [
        *((2020, 6), (2020, 3), (2018, 6), (2018, 3)),
        None,
    ]


def test_a_step_as_long_as_its_field_is_the_first_value_alone() -> None:
    """0/60 is how many write `every hour`."""
    assert parse_schedule("cron(0/60 * * * ? *)").next(START) == START.replace(hour=1)


@pytest.mark.parametrize(
    ("fields", "slots"),
    [
        ("30 1 * * ? *", ["2024-11-03T05:30", "2024-11-04T06:30"]),
        ("0/30 1 * * ? *", ["2024-11-03T05:00", "2024-11-03T05:30", "2024-11-04T06:00"]),
        ("*/30 1 * * ? *", ["2024-11-03T05:00", "2024-11-03T05:30", "2024-11-03T06:00"]),
        ("0 * * * ? *", ["2024-11-03T05:00", "2024-11-03T06:00", "2024-11-03T07:00"]),
    ],
)
def test_a_repeated_hour_is_due_once_unless_a_star_asks_for_more(
    fields: str, slots: list[str]
) -> None:
    """EventBridge fires once, at the first passing; what has a star follows elapsed time."""
    schedule = parse_schedule(f"cron({fields})", "America/New_York")
    slot = datetime(2024, 11, 3, 4, 30, tzinfo=UTC)
    for expected in slots:
        found = schedule.next(slot)
        assert found is not None
        assert f"{found:%Y-%m-%dT%H:%M}" == expected
        slot = found


@pytest.mark.parametrize("fields", ["30 2 * * ? *", "0/30 2 * * ? *", "*/30 2 * * ? *"])
def test_a_time_that_the_clock_leaps_over_is_skipped(fields: str) -> None:
    """EventBridge Scheduler skips what does not exist, and so do wildcards."""
    schedule = parse_schedule(f"cron({fields})", "America/New_York")
    slot = schedule.next(datetime(2024, 3, 10, 5, tzinfo=UTC))
    assert slot is not None
    assert slot.date() == datetime(2024, 3, 11, tzinfo=UTC).date()
