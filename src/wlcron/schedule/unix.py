"""Unix cron: five fields and the macros, with the meaning that Debian's cron gives them.

The rules are those of crontab(5) and cron(8) in Debian; docs/schedules.md lists what is
accepted beyond them.
"""

from __future__ import annotations

from functools import partial

from wlcron.schedule.cron import CronSchedule
from wlcron.schedule.dates import Dates
from wlcron.schedule.days import parse_days_of_month, parse_days_of_week
from wlcron.schedule.errors import ScheduleError
from wlcron.schedule.fields import DAY_OF_MONTH, DAY_OF_WEEK, HOUR, MINUTE, MONTH
from wlcron.schedule.memo import Memo
from wlcron.schedule.times import parse_times
from wlcron.schedule.zone import ZONES

MACROS = {
    "@yearly": "0 0 1 1 *",
    "@annually": "0 0 1 1 *",
    "@monthly": "0 0 1 * *",
    "@weekly": "0 0 * * 0",
    "@daily": "0 0 * * *",
    "@midnight": "0 0 * * *",
    "@hourly": "0 * * * *",
}


class UnixSchedule(CronSchedule):
    """A Unix cron expression: times that summer time leaps over are due right after the change."""

    __slots__ = ()

    # Debian's cron takes a longer leap of the clock for a correction, and makes up for nothing.
    longest_catch_up = 3 * 3600


def parse_unix(text: str, timezone: str) -> UnixSchedule:
    """Read five fields."""
    if "(" in text:
        raise ScheduleError(
            f"{text!r} must begin with cron(, rate( or at(, in lower case and without a blank."
        )
    text = text.lstrip()
    return _schedule(text, text, timezone)


def parse_macro(text: str, timezone: str) -> UnixSchedule:
    """Read `@daily` and its like, in any case."""
    name = text.lower()
    if name in MACROS:
        return _schedule(text, MACROS[name], timezone)
    if name == "@reboot":
        raise ScheduleError("@reboot is no schedule: it names no time at which a cron is due.")
    if name.startswith("@every"):
        raise ScheduleError(f"{text!r} must be written as rate(5 minutes), rate(2 hours), ….")
    raise ScheduleError(f"{text!r} must be one of {', '.join(MACROS)}.")


def _schedule(text: str, fields: str, timezone: str) -> UnixSchedule:
    parts = fields.split(None, 2)
    if len(parts) < 3:  # noqa: PLR2004 - minute, hour, the days
        raise _wrong_count(len(parts))
    minute, hour, days = parts
    dates = _DATES[days]
    return UnixSchedule(text, ZONES[timezone], _TIMES[minute, hour], dates)


def _parse_dates(text: str) -> Dates:
    """Read the fields from the day of month on."""
    fields = text.split()
    if len(fields) != 3:  # noqa: PLR2004 - day of month, month, day of week
        raise _wrong_count(2 + len(fields))
    day, month, weekday = fields
    return Dates(
        parse_days_of_month(day, DAY_OF_MONTH),
        MONTH.values(month),
        parse_days_of_week(weekday, DAY_OF_WEEK),
        # Debian's rule: where neither day field begins with a star, either is enough.
        is_union=day[0] not in "*?" and weekday[0] not in "*?",
    )


def _wrong_count(count: int) -> ScheduleError:
    return ScheduleError(
        "A schedule is cron(…), rate(…), at(…), @daily or five Unix fields"
        f" (minute hour day-of-month month day-of-week), not {count} field{'s' * (count != 1)}."
    )


_TIMES = Memo(partial(parse_times, MINUTE, HOUR))
_DATES = Memo(_parse_dates)
