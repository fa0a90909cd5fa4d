"""Unix cron: five fields and the macros, with the meaning that Debian's cron gives them.

The rules are those of crontab(5) and cron(8) in Debian; docs/schedules.md lists what is
accepted beyond them.
"""

from __future__ import annotations

from wlcron.schedule.cron import CronSchedule
from wlcron.schedule.dates import Dates
from wlcron.schedule.days import parse_days_of_month, parse_days_of_week
from wlcron.schedule.errors import ScheduleError
from wlcron.schedule.fields import MONTH, UNIX_DAY_OF_WEEK
from wlcron.schedule.memo import Memo
from wlcron.schedule.times import TIMES
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
    """A Unix cron expression."""

    __slots__ = ()

    # Debian's cron takes a longer leap of the clock for a correction, not for summer time.
    catch_up = 3 * 3600


def parse_unix(text: str, timezone: str) -> UnixSchedule:
    """Read five fields; a wall time that summer time leaps over is due right after the change."""
    parts = text.split(None, 2)
    if len(parts) != 3:  # noqa: PLR2004 - minute, hour, the days
        raise ScheduleError(_shape(text))
    minute, hour, days = parts
    return UnixSchedule(text, ZONES[timezone], TIMES[minute, hour], DATES[days])


def parse_macro(text: str, timezone: str) -> UnixSchedule:
    """Read `@daily` and its like, in any case."""
    fields = MACROS.get(text.lower())
    if fields is None:
        raise ScheduleError(_unknown_macro(text))
    minute, hour, days = fields.split(None, 2)
    return UnixSchedule(text, ZONES[timezone], TIMES[minute, hour], DATES[days])


def _unknown_macro(text: str) -> str:
    if text.lower() == "@reboot":
        return "@reboot is not a schedule: it names no time at which a cron could be due."
    if text.lower().startswith("@every"):
        return f"{text!r} is not understood: write rate(5 minutes) and the like."
    return f"{text!r} is not one of {', '.join(MACROS)}."


def _shape(text: str) -> str:
    count = len(text.split())
    if count < 5:  # noqa: PLR2004 - the five fields of Unix cron
        hint = "write five fields (minute hour day-of-month month day-of-week), cron(…), rate(…)"
        return f"{text!r} is no schedule: {hint} or at(…)."
    return (
        f"A Unix cron expression has five fields, but {text!r} has {count};"
        " one with a year is written cron(…)."
    )


def _dates(text: str) -> Dates:
    """Read the fields from the day of month on."""
    fields = text.split()
    if len(fields) != 3:  # noqa: PLR2004 - day of month, month, day of week
        raise ScheduleError(_shape(f"* * {text}"))
    day, month, weekday = fields
    return Dates(
        parse_days_of_month(day),
        MONTH.values(month),
        parse_days_of_week(weekday, UNIX_DAY_OF_WEEK),
        # Debian's rule: a day field that begins with a star restricts the other one, else
        # either of them is enough.
        is_union=day[0] not in "*?" and weekday[0] not in "*?",
    )


DATES = Memo(_dates)
