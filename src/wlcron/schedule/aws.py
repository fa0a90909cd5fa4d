"""AWS's `cron(minutes hours day-of-month month day-of-week year)`.

The rules are those of EventBridge's documentation ("Cron expressions", "Schedule types on
EventBridge Scheduler"); docs/schedules.md says which reading was chosen where it is silent.
"""

from __future__ import annotations

from wlcron.schedule.cron import CronSchedule
from wlcron.schedule.dates import EVERY_YEAR, Dates
from wlcron.schedule.days import parse_days_of_month, parse_days_of_week
from wlcron.schedule.errors import ScheduleError
from wlcron.schedule.fields import AWS_DAY_OF_WEEK, MONTH, YEAR
from wlcron.schedule.memo import Memo
from wlcron.schedule.times import TIMES
from wlcron.schedule.zone import ZONES

_SHAPE = "cron(minutes hours day-of-month month day-of-week year)"


class AwsSchedule(CronSchedule):
    """An expression of AWS's EventBridge."""

    __slots__ = ()

    catch_up = 0


def parse_cron(text: str, timezone: str) -> AwsSchedule:
    """Read `cron(…)`; a wall time that the clock leaps over is skipped."""
    parts = text[5:-1].split(None, 2)
    if len(parts) != 3 or not text.endswith(")"):  # noqa: PLR2004 - minutes, hours, the rest
        raise ScheduleError(f"{text!r} must be written as {_SHAPE}.")
    minute, hour, days = parts
    return AwsSchedule(text, ZONES[timezone], TIMES[minute, hour], DATES[days])


def _dates(text: str) -> Dates:
    """Read the fields from the day of month on."""
    fields = text.split()
    if len(fields) == 3:  # noqa: PLR2004 - EventBridge Scheduler lets the year be left out
        fields.append("*")
    if len(fields) != 4:  # noqa: PLR2004 - day, month, day of week, year
        raise ScheduleError(
            f"A cron(…) has six fields, {_SHAPE}, but this one has {len(fields) + 2}."
        )
    day, month, weekday, year = fields
    if (day == "?") == (weekday == "?"):
        raise ScheduleError(
            "Exactly one of the day-of-month and day-of-week fields must be ?,"
            f" but they are {day!r} and {weekday!r}."
        )
    if "#" in weekday and "," in weekday:
        raise ScheduleError(
            f"The day-of-week field may hold one expression only when it has a #, not {weekday!r}."
        )
    return Dates(
        parse_days_of_month(day),
        MONTH.values(month),
        parse_days_of_week(weekday, AWS_DAY_OF_WEEK),
        EVERY_YEAR if year == "*" else YEAR.values(year),
    )


DATES = Memo(_dates)
