"""Our schedules -> what Cronitor can say, or None: a wrong schedule is worse than none.

Cronitor knows five Unix fields and "every 10 minutes" ("Monitor API", `schedule`). The fields are
written from what an expression means: only what all readers of Unix cron read alike.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

from wlcron.schedule import Schedule
from wlcron.schedule.cron import CronSchedule
from wlcron.schedule.dates import Dates
from wlcron.schedule.days import ALL_DAYS, DaysOfMonth, DaysOfWeek
from wlcron.schedule.months import FIRST_YEAR, LAST_YEAR
from wlcron.schedule.rate import RateSchedule

EVERY = "*"
_WEEK = 0x7F
_YEARS = LAST_YEAR - FIRST_YEAR + 1
_SHORTEST_RUN = 3
_MINUTE = timedelta(minutes=1)
_ANY_TIME = datetime(2000, 1, 1, tzinfo=UTC)


def cronitor_schedule(schedule: Schedule) -> str | None:
    """Return what Cronitor calls a schedule, in the schedule's own zone; None: it cannot."""
    if isinstance(schedule, CronSchedule):
        return _fields(schedule)
    period = schedule.period(_ANY_TIME) if isinstance(schedule, RateSchedule) else None
    if period is None:
        return None  # at(…) is due once: nothing can be expected after it
    minutes = period // _MINUTE
    return "every 1 minute" if minutes == 1 else f"every {minutes} minutes"


def _fields(schedule: CronSchedule) -> str | None:
    days = _days(schedule.dates)
    if days is None or len(schedule.dates.years) != _YEARS:
        return None
    minutes = _stepped(schedule.times.minutes, 0, 59)
    hours = _stepped(schedule.times.hours, 0, 23)
    day, weekday = days
    return f"{minutes} {hours} {day} {_plain(schedule.dates.months, 12)} {weekday}"


def _days(dates: Dates) -> tuple[str, str] | None:
    """Return the day-of-month and the day-of-week field."""
    day, weekday = _day_of_month(dates.days), _day_of_week(dates.weekdays)
    if day is None or weekday is None:
        return None
    if EVERY in (day, weekday):
        return (EVERY, EVERY) if dates.is_union else (day, weekday)
    # Cron joins two days by OR. `*/2` and MON, both of which have to hold, others read otherwise.
    return (day, weekday) if dates.is_union else None


def _day_of_month(days: DaysOfMonth) -> str | None:
    if days.bits == ALL_DAYS:
        return EVERY
    if days.back or days.nearest or days.nearest_back:
        return None
    return _plain([day for day in range(1, 32) if days.bits >> day - 1 & 1], 31)


def _day_of_week(weekdays: DaysOfWeek) -> str | None:
    week = weekdays.weeks & _WEEK
    if week == _WEEK:
        return EVERY
    if weekdays.last or weekdays.nth:
        return None
    return _plain([day for day in range(7) if week >> day & 1], 7)


def _stepped(values: Sequence[int], low: int, high: int) -> str:
    """Return a field of times, as `*/10` where that names these values."""
    step = values[1] - values[0] if len(values) > 1 else 1
    if step > 1 and list(values) == list(range(low, high + 1, step)):
        return f"{EVERY}/{step}"
    return _plain(values, high + 1 - low)


def _plain(values: Sequence[int], size: int) -> str:
    """Return a field without steps; the star is that of a field of which all values are named."""
    return EVERY if len(values) == size else ",".join(_runs(values))


def _runs(values: Sequence[int]) -> Iterator[str]:
    rest = list(values)
    while rest:
        count = next((n for n in range(1, len(rest)) if rest[n] != rest[0] + n), len(rest))
        count = count if count >= _SHORTEST_RUN else 1
        run, rest = rest[:count], rest[count:]
        yield f"{run[0]}-{run[-1]}" if count > 1 else str(run[0])
