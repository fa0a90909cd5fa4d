"""AWS's `cron(minutes hours day-of-month month day-of-week year)`.

The rules are those of EventBridge's documentation ("Cron expressions", "Schedule types on
EventBridge Scheduler"); docs/schedules.md says which reading was chosen where it is silent.
"""

from __future__ import annotations

from functools import partial

from wlcron.schedule.cron import CronSchedule
from wlcron.schedule.dates import EVERY_YEAR, Dates
from wlcron.schedule.days import parse_days_of_month, parse_days_of_week
from wlcron.schedule.errors import ScheduleError
from wlcron.schedule.fields import (
    AWS_DAY_OF_MONTH,
    AWS_DAY_OF_WEEK,
    AWS_HOUR,
    AWS_MINUTE,
    AWS_MONTH,
    AWS_YEAR,
)
from wlcron.schedule.memo import Memo
from wlcron.schedule.times import parse_times
from wlcron.schedule.zone import ZONES

_SHAPE = "cron(minutes hours day-of-month month day-of-week year)"


class AwsSchedule(CronSchedule):
    """An expression of EventBridge, which skips the times that the clock leaps over."""

    __slots__ = ()

    longest_catch_up = 0


def parse_cron(text: str, timezone: str) -> AwsSchedule:
    """Read `cron(…)`."""
    parts = text[5:-1].split(None, 2)
    if len(parts) != 3 or text[:5] != "cron(" or text[-1] != ")":  # noqa: PLR2004 - two and the days
        raise ScheduleError(f"{text!r} must be written as {_SHAPE}.")
    minute, hour, days = parts
    dates = _DATES[days]
    return AwsSchedule(text, ZONES[timezone], _TIMES[minute, hour], dates)


def _parse_dates(text: str) -> Dates:
    """Read the fields from the day of month on."""
    fields = text.split()
    if len(fields) == 3:  # noqa: PLR2004 - EventBridge Scheduler lets the year be left out
        fields.append("*")
    if len(fields) != 4:  # noqa: PLR2004 - day, month, day of week, year
        raise ScheduleError(f"There must be six fields, {_SHAPE}, not {len(fields) + 2}.")
    day, month, weekday, year = fields
    if (day == "?") == (weekday == "?"):
        raise ScheduleError(
            "Exactly one of the day-of-month and day-of-week fields must be ?,"
            f" but they are {day!r} and {weekday!r}."
        )
    if "#" in weekday and "," in weekday:
        raise ScheduleError(
            f"The day-of-week field may hold nothing else beside a #, but has {weekday!r}."
        )
    return Dates(
        parse_days_of_month(day, AWS_DAY_OF_MONTH),
        AWS_MONTH.values(month),
        parse_days_of_week(weekday, AWS_DAY_OF_WEEK),
        EVERY_YEAR if year == "*" else AWS_YEAR.values(year),
    )


_TIMES = Memo(partial(parse_times, AWS_MINUTE, AWS_HOUR))
_DATES = Memo(_parse_dates)
