"""Schedules: AWS's `cron(…)`, `rate(…)` and `at(…)`, Unix cron and macros, in any time zone.

    schedule = parse_schedule("cron(0 9 ? * MON-FRI *)", timezone="Europe/Berlin")
    schedule.next(datetime.now(timezone.utc))

Pure: no clock of its own, no I/O but the time zone database, nothing else of wlcron's.
"""

from __future__ import annotations

from wlcron.schedule.errors import ScheduleError
from wlcron.schedule.parse import parse_schedule
from wlcron.schedule.schedule import Schedule

__all__ = ["Schedule", "ScheduleError", "parse_schedule"]
