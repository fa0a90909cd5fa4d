"""Our schedules -> what EventBridge's rules or its Scheduler can say, or why they cannot.

Scheduler knows `cron`, `rate` and `at` in time zones; rules know `cron` and `rate` in UTC. Unix
expressions become `cron(…)` where AWS can name the same days. Whatever the two make of the hour
in which a clock changes, every slot keeps its one row: what AWS does not deliver the scheduler
plans itself, and what it delivers beyond is no slot. Such differences are remarks.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache

from wlcron.core.cron import Definition
from wlcron.schedule import Schedule, ScheduleError, parse_schedule
from wlcron.schedule.at import AtSchedule
from wlcron.schedule.cron import CronSchedule
from wlcron.schedule.dates import Dates
from wlcron.schedule.months import FIRST_YEAR, LAST_YEAR
from wlcron.schedule.rate import RateSchedule
from wlcron.triggers.eventbridge.fields import (
    EVERY,
    InexpressibleError,
    days_of_month_field,
    days_of_week_field,
    plain_field,
    values_field,
    wild_field,
)
from wlcron.triggers.eventbridge.zones import ZoneHabits, habits_of

LONGEST = 256
_HOURS = 24
_SWITCH = "write it in UTC, or set aws.trigger = scheduler"


class Flavour(StrEnum):
    """Which of the two services keeps the time."""

    RULES = "rules"
    SCHEDULER = "scheduler"


@dataclass(frozen=True, slots=True)
class Expression:
    """What AWS is told."""

    text: str
    timezone: str = "UTC"
    is_exact: bool = True  # False: AWS counts from an instant of its own
    remarks: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why AWS cannot be told, and what to do: one sentence without a period."""

    reason: str


def translate(definition: Definition, flavour: Flavour) -> Expression | Refusal:
    """Return what a definition's schedule is called in AWS."""
    return _translate(definition.schedule, definition.timezone, flavour)


@lru_cache(maxsize=4096)
def _translate(text: str, timezone: str, flavour: Flavour) -> Expression | Refusal:
    try:
        schedule = parse_schedule(text, timezone)
        return _expression(schedule, flavour)
    except (ScheduleError, InexpressibleError) as error:
        return Refusal(str(error).rstrip("."))


def _expression(schedule: Schedule, flavour: Flavour) -> Expression:
    if isinstance(schedule, RateSchedule):
        return Expression(str(schedule), is_exact=False)
    if isinstance(schedule, AtSchedule):
        return _at(schedule, flavour)
    assert isinstance(schedule, CronSchedule)  # noqa: S101 -- there is no fourth kind
    return _cron(schedule, flavour)


def _at(schedule: AtSchedule, flavour: Flavour) -> Expression:
    if flavour is Flavour.RULES:
        raise InexpressibleError(
            "EventBridge's rules have no at(…): set aws.trigger = scheduler,"
            " or run it by hand with `wl cron run`"
        )
    # In UTC, where no clock leaps over what is due once.
    instant = datetime.fromtimestamp(schedule.next_epoch(-1) or 0, UTC)
    return Expression(f"at({instant:%Y-%m-%dT%H:%M:%S})")


def _cron(schedule: CronSchedule, flavour: Flavour) -> Expression:
    habits = habits_of(schedule.timezone)
    text = f"cron({_times(schedule)} {_dates(schedule.dates)})"
    if len(text) > LONGEST:
        raise InexpressibleError(
            f"EventBridge takes {LONGEST} characters, and written out {schedule} has more:"
            " make several crons of it"
        )
    if habits.is_utc or _is_zoneless(schedule, habits):
        return Expression(text, remarks=_undocumented(text))
    if flavour is Flavour.RULES:
        raise InexpressibleError(
            f"EventBridge's rules know UTC alone, not {schedule.timezone}: {_SWITCH}"
        )
    remarks = (*_undocumented(text), *_around_changes(schedule, habits))
    return Expression(text, schedule.timezone, remarks=remarks)


def _times(schedule: CronSchedule) -> str:
    """Return both fields; one begins with a star just when the times follow elapsed time."""
    times = schedule.times
    if not times.is_wildcard:
        return f"{plain_field(times.minutes, 59)} {plain_field(times.hours, 23)}"
    minutes = (values_field if len(times.hours) == _HOURS else wild_field)(times.minutes, 0, 59)
    hours = (values_field if minutes.startswith(EVERY) else wild_field)(times.hours, 0, 23)
    return f"{minutes} {hours}"


def _dates(dates: Dates) -> str:
    day, weekday = days_of_month_field(dates.days), days_of_week_field(dates.weekdays)
    if dates.is_union and EVERY in (day, weekday):
        day = weekday = EVERY
    if EVERY not in (day, weekday):
        raise InexpressibleError(
            "EventBridge takes a day of the month or a day of the week, not both:"
            " make a cron of each, or leave one of them *"
        )
    day, weekday = (day, "?") if weekday == EVERY else ("?", weekday)
    month = values_field(dates.months, 1, 12)
    return f"{day} {month} {weekday} {values_field(dates.years, FIRST_YEAR, LAST_YEAR)}"


def _is_zoneless(schedule: CronSchedule, habits: ZoneHabits) -> bool:
    """Whether it means the same in UTC: the same minutes of every hour, by elapsed time."""
    times, minutes = schedule.times, set(schedule.times.minutes)
    return (
        times.is_wildcard
        and len(times.hours) == _HOURS
        and _dates(schedule.dates) == "* * ? *"
        and all(
            {(minute - offset) % 60 for minute in minutes} == minutes for offset in habits.offsets
        )
    )


def _undocumented(text: str) -> tuple[str, ...]:
    if " L-" not in text:
        return ()
    return (f"AWS does not document the day of {text}: should it refuse it, wlcron keeps the time",)


def _around_changes(schedule: CronSchedule, habits: ZoneHabits) -> tuple[str, ...]:
    """Return remarks on what wlcron has to do itself when the clock changes."""
    times = schedule.times
    late = "wlcron starts it by itself, a moment later than usual (aws.patience)"
    if times.is_wildcard:
        if habits.repeats(times):
            return (
                f"when the clock is set back, EventBridge may keep quiet the second time: {late}",
            )
    elif schedule.longest_catch_up and habits.leaps_over(times):
        return (f"when the clock leaps over a slot, EventBridge leaves it out: {late}",)
    return ()
