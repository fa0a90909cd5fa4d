"""Unix cron as Debian's has it, and what is taken beyond it."""

from datetime import UTC, datetime

import pytest

from wlcron.schedule import ScheduleError, parse_schedule


def first_slots(expression: str, count: int = 3) -> list[str]:
    """Return the first slots of an expression from 2026 on."""
    schedule = parse_schedule(expression)
    slots: list[str] = []
    slot = schedule.next(datetime(2026, 1, 1, tzinfo=UTC))
    while slot is not None and len(slots) < count:
        slots.append(f"{slot:%Y-%m-%dT%H:%M}")
        slot = schedule.next(slot)
    return slots


@pytest.mark.parametrize(
    ("expression", "slots"),
    [
        ("0 0 13 * 5", ["2026-01-02T00:00", "2026-01-09T00:00", "2026-01-13T00:00"]),
        ("0 0 */2 * MON", ["2026-01-05T00:00", "2026-01-19T00:00", "2026-02-09T00:00"]),
        ("0 0 13 * */5", ["2026-02-13T00:00", "2026-03-13T00:00", "2026-09-13T00:00"]),
        ("0 0 ? * 5", ["2026-01-02T00:00", "2026-01-09T00:00", "2026-01-16T00:00"]),
        ("0 0 29 2 *", ["2028-02-29T00:00", "2032-02-29T00:00", "2036-02-29T00:00"]),
    ],
)
def test_day_fields_join_by_or_unless_one_begins_with_a_star(
    expression: str, slots: list[str]
) -> None:
    """crontab(5): the command runs when either field matches; a leading star makes it both."""
    assert first_slots(expression) == slots


@pytest.mark.parametrize(
    ("expression", "means"),
    [
        ("5/15 * * * *", "5-59/15 * * * *"),
        ("*/70 * * * *", "0 * * * *"),
        ("0 22-2 * * *", "0 0-2,22,23 * * *"),
        ("0 0 * * sat-mon", "0 0 * * 6,0,1"),
        ("0 0 * * 7", "0 0 * * 0"),
        ("0 0 * * 1/2", "0 0 * * 1,3,5,7"),
        ("0 0 * nov-FEB *", "0 0 * 1,2,11,12 *"),
        ("  00 09 * * *  ", "0 9 * * *"),
        ("@Daily", "0 0 * * *"),
        ("@midnight", "0 0 * * *"),
        ("@hourly", "0 * * * *"),
        ("@weekly", "0 0 * * 0"),
        ("@monthly", "0 0 1 * *"),
        ("@annually", "0 0 1 1 *"),
        ("@yearly", "0 0 1 1 *"),
    ],
)
def test_harmless_spellings_are_taken(expression: str, means: str) -> None:
    """What other implementations write has one evident meaning, and is given it."""
    assert first_slots(expression, count=30) == first_slots(means, count=30)


@pytest.mark.parametrize(
    ("expression", "slots"),
    [
        ("0 0 L * *", ["2026-01-31T00:00", "2026-02-28T00:00", "2026-03-31T00:00"]),
        ("0 0 * * 5L", ["2026-01-30T00:00", "2026-02-27T00:00", "2026-03-27T00:00"]),
        ("0 0 * * 1#1,1#3", ["2026-01-05T00:00", "2026-01-19T00:00", "2026-02-02T00:00"]),
    ],
)
def test_last_and_nth_days_are_taken_with_unix_numbers(expression: str, slots: list[str]) -> None:
    """As in cronsim and croniter, where Friday is 5."""
    assert first_slots(expression) == slots


@pytest.mark.parametrize(
    ("expression", "reason"),
    [
        ("", "not 0 fields"),
        ("hello", "not 1 field."),
        ("hello world again", "not 3 fields"),
        ("0 9 * * 1 2026", "not 6 fields"),
        ("60 9 * * *", "The minute field may hold 0-59"),
        ("- 9 * * *", "The minute field may hold 0-59"),
        ("0 24 * * *", "The hour field may hold 0-23"),
        ("0 9 ,1 * *", "The day-of-month field may hold 1-31"),
        ("0 9 * 13 *", "The month field may hold 1-12 or JAN-DEC"),
        ("0 9 * * 8", "The day-of-week field may hold 0-7 (0 and 7 are Sunday)"),
        ("0 9 * * L", "The day-of-week field may hold 0-7"),
        ("0 9 * * \u017fun", "The day-of-week field may hold 0-7"),
        ("*/0 9 * * *", "the step '0', which must be a whole number from 1"),
        ("@reboot", "it names no time at which a cron is due"),
        ("@every 5m", "must be written as rate(5 minutes)"),
        ("@fortnightly", "must be one of @yearly"),
        (" cron(0 9 * * ? *)", "without a blank"),
        ("Cron(0 9 * * ? *)", "in lower case"),
        ("0," * 128 + "0 9 * * *", "at most 256 characters"),
    ],
)
def test_refusals_name_the_field_and_what_it_may_hold(expression: str, reason: str) -> None:
    """One sentence tells what is wrong, where, and what would be right."""
    with pytest.raises(ScheduleError) as refusal:
        parse_schedule(expression)
    assert reason in str(refusal.value)
    assert "\n" not in str(refusal.value)
