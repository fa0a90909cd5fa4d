"""Our schedules in Cronitor's words: the same slots, or none."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.schedule.strategies import EXPRESSIONS
from wlcron.monitors.cronitor.schedule import cronitor_schedule
from wlcron.schedule import Schedule, ScheduleError, parse_schedule

YEAR = timedelta(days=366)
MOST_SLOTS = 400


def slots(schedule: Schedule, begin: datetime, limit: int = MOST_SLOTS) -> list[datetime]:
    """Return the slots of a year, or the first of them."""
    found: list[datetime] = []
    slot = schedule.next(begin)
    while slot is not None and slot < begin + YEAR and len(found) < limit:
        found.append(slot)
        slot = schedule.next(slot)
    return found


@settings(max_examples=400)
@given(EXPRESSIONS, st.datetimes(datetime(1975, 1, 1), datetime(2190, 1, 1)))  # noqa: DTZ001 -- bounds of naive ones, made aware below
def test_what_is_said_has_the_slots_of_what_was_written(expression: object, at: datetime) -> None:
    """In UTC, read as a Unix expression, over a year from any instant."""
    try:
        schedule = parse_schedule(str(expression))
    except ScheduleError:
        return
    said = cronitor_schedule(schedule)
    begin = at.replace(tzinfo=UTC)
    if said is not None:
        assert len(said.split()) == 5
        assert not set(said) & set("?LW#")
        translated = parse_schedule(said)
        assert slots(translated, begin) == slots(schedule, begin)
        # The year's end as well, where a busy schedule has more slots than were looked at.
        end = begin + YEAR
        assert translated.previous(end) == schedule.previous(end)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("cron(*/10 * * * ? *)", "*/10 * * * *"),
        ("cron(0/15 * * * ? *)", "*/15 * * * *"),
        ("cron(5/15 * * * ? *)", "5,20,35,50 * * * *"),
        ("cron(0 9 ? * MON-FRI *)", "0 9 * * 1-5"),
        ("cron(0 9 ? * 1 *)", "0 9 * * 0"),
        ("cron(0 9 ? * L *)", "0 9 * * 6"),
        ("cron(0 9 ? * 7,1 *)", "0 9 * * 0,6"),
        ("cron(0/30 20-2 ? * FRI-MON *)", "*/30 0-2,20-23 * * 0,1,5,6"),
        ("cron(15 10 1,15 JAN-MAR ? *)", "15 10 1,15 1-3 *"),
        ("cron(0 9 1-31 * ? 1970-2199)", "0 9 * * *"),
        ("*/5 8-18 * * mon-fri", "*/5 8-18 * * 1-5"),
        ("0 0 1,15 * 5", "0 0 1,15 * 5"),
        ("0 0 1-31 * MON", "0 0 * * *"),
        ("0 0 */2 * *", "0 0 1,3,5,7,9,11,13,15,17,19,21,23,25,27,29,31 * *"),
        ("@daily", "0 0 * * *"),
        ("@weekly", "0 0 * * 0"),
        ("rate(1 minute)", "every 1 minute"),
        ("rate(5 minutes)", "every 5 minutes"),
        ("rate(2 hours)", "every 120 minutes"),
        ("rate(7 days)", "every 10080 minutes"),
    ],
)
def test_schedules_are_said_in_five_fields_or_as_a_period(written: str, said: str) -> None:
    """AWS's Sunday is 1, Unix's is 0."""
    assert cronitor_schedule(parse_schedule(written)) == said


@pytest.mark.parametrize(
    "written",
    [
        "at(2026-12-24T18:00:00)",
        "cron(0 9 L * ? *)",
        "cron(0 9 L-3 * ? *)",
        "cron(0 9 15W * ? *)",
        "cron(0 9 LW * ? *)",
        "cron(0 9 ? * 6L *)",
        "cron(0 9 ? * 6#3 *)",
        "cron(0 9 * * ? 2026)",
        "cron(0 9 * * ? 2026-2199)",
        "0 9 L * *",
        "0 9 * * 5#2",
        "0 0 */2 * MON",
    ],
)
def test_what_cronitor_cannot_express_is_not_said(written: str) -> None:
    """A wrong schedule would call for help at night, or never."""
    assert cronitor_schedule(parse_schedule(written)) is None


def test_the_zone_is_not_looked_at() -> None:
    """The monitor is given it beside the fields."""
    schedule = parse_schedule("cron(30 2 * * ? *)", timezone="Europe/Berlin")
    assert cronitor_schedule(schedule) == "30 2 * * *"
