"""Schedules of minutes, hours and days: what AWS's `cron(…)` and Unix's five fields become."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wlcron.schedule.months import END_SECOND
from wlcron.schedule.schedule import Schedule
from wlcron.schedule.times import MINUTES_OF_DAY
from wlcron.schedule.zone import (
    ZONES,
    next_elapsed,
    next_fixed,
    previous_elapsed,
    previous_fixed,
)

if TYPE_CHECKING:
    from wlcron.schedule.dates import Dates
    from wlcron.schedule.times import Times

_MARGIN = 2 * 86400  # no clock is further from UTC


class CronSchedule(Schedule):
    """Due at certain times of certain days, by the clock of one time zone."""

    __slots__ = ("_catch_up", "_zone", "dates", "times")

    def __init__(self, text: str, timezone: str, times: Times, dates: Dates, catch_up: int) -> None:
        """Take the expression, its zone and what it means.

        `catch_up` is the longest leap of the clock, in seconds, after which the times that it
        leapt over are made up for.
        """
        self._text = text
        self._timezone = timezone
        self._zone = ZONES[timezone]
        self.times = times
        self.dates = dates
        self._catch_up = catch_up

    def next_epoch(self, after: int) -> int | None:
        """Return the first slot strictly after `after`, both in whole seconds since 1970 UTC."""
        if self._zone is None:
            wall = self._at_or_after(after // 60 + 1)
            return None if wall is None else wall * 60
        after = max(after, -_MARGIN)
        if after > END_SECOND + _MARGIN:
            return None
        if self.times.is_wildcard:
            return next_elapsed(self._zone, self._at_or_after, after)
        return next_fixed(self._zone, self._at_or_after, after, self._catch_up)

    def previous_epoch(self, before: int) -> int | None:
        """Return the last slot strictly before `before`, both in whole seconds since 1970 UTC."""
        if self._zone is None:
            wall = self._at_or_before((before - 1) // 60)
            return None if wall is None else wall * 60
        before = min(before, END_SECOND + _MARGIN)
        if before < -_MARGIN:
            return None
        if self.times.is_wildcard:
            return previous_elapsed(self._zone, self._at_or_before, before)
        return previous_fixed(self._zone, self._at_or_before, before, self._catch_up)

    def explain(self) -> str:
        """Return what the schedule means, as one plain English sentence."""
        from wlcron.schedule.words import explain_cron

        return explain_cron(self.times, self.dates, self._timezone)

    def _at_or_after(self, wall: int) -> int | None:
        """Return the first due minute of the wall clock that is not before `wall`."""
        day, time = divmod(wall, MINUTES_OF_DAY)
        times = self.times
        if time > times.last:
            day += 1
        due = self.dates.at_or_after(day)
        if due is None:
            return None
        if due == day and times.first < time <= times.last:
            return day * MINUTES_OF_DAY + times.at_or_after(time)
        return due * MINUTES_OF_DAY + times.first

    def _at_or_before(self, wall: int) -> int | None:
        """Return the last due minute of the wall clock that is not after `wall`."""
        day, time = divmod(wall, MINUTES_OF_DAY)
        times = self.times
        if time < times.first:
            day -= 1
        due = self.dates.at_or_before(day)
        if due is None:
            return None
        if due == day and times.first <= time < times.last:
            return day * MINUTES_OF_DAY + times.at_or_before(time)
        return due * MINUTES_OF_DAY + times.last
