"""Schedules of minutes, hours and days: what AWS's `cron(…)` and Unix's five fields become."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from wlcron.schedule.changes import (
    first_due,
    next_elapsed,
    next_fixed,
    previous_elapsed,
    previous_fixed,
)
from wlcron.schedule.schedule import Schedule
from wlcron.schedule.times import DAY

if TYPE_CHECKING:
    from wlcron.schedule.dates import Dates
    from wlcron.schedule.times import Times
    from wlcron.schedule.zone import Zone


class CronSchedule(Schedule):
    """Due at certain times of certain days, by the clock of one time zone."""

    __slots__ = ("dates", "times")

    catch_up: ClassVar[int]
    """The longest leap of the clock, in seconds, after which what it leapt over is due."""

    def __init__(self, text: str, zone: Zone, times: Times, dates: Dates) -> None:
        """Take the expression, its zone and what it means."""
        # The base class is not asked: a call more is a tenth of parsing.
        self._text = text
        self._zone = zone
        self.times = times
        self.dates = dates

    def next_epoch(self, after: int) -> int | None:
        """Return the first slot strictly after `after`, both in whole seconds since 1970 UTC."""
        zone = self._zone
        calm, end, offset = zone.recent
        if calm <= after < end:
            day, second = divmod(after + offset, 86400)
            wall = self._first(day, second // 60 + 1)
            if wall is None:
                return None
            slot = wall * 60 - offset
            if slot < end:
                return slot
            if not self.times.is_wildcard:
                return first_due(zone, self._at_or_after, wall, self.catch_up)
        zone.look_at(after)
        if self.times.is_wildcard:
            return next_elapsed(zone, self._at_or_after, after)
        return next_fixed(zone, self._at_or_after, after, self.catch_up)

    def previous_epoch(self, before: int) -> int | None:
        """Return the last slot strictly before `before`, both in whole seconds since 1970 UTC."""
        zone = self._zone
        if self.times.is_wildcard:
            return previous_elapsed(zone, self._at_or_before, before)
        return previous_fixed(zone, self._at_or_before, before, self.catch_up)

    def explain(self) -> str:
        """Return what the schedule means, as one plain English sentence."""
        from wlcron.schedule.words import explain_cron

        return explain_cron(self.times, self.dates, self.timezone)

    def _at_or_after(self, wall: int) -> int | None:
        """Return the first due minute of the wall clock that is not before `wall`."""
        return self._first(*divmod(wall, DAY))

    def _first(self, day: int, time: int) -> int | None:
        """Return the first due minute of the wall clock that is not before a time of a day."""
        times = self.times
        time = times.at_or_after(time)
        due = self.dates.at_or_after(day if time < DAY else day + 1)
        if due is None:
            return None
        return due * DAY + (time if due == day else times.first)

    def _at_or_before(self, wall: int) -> int | None:
        """Return the last due minute of the wall clock that is not after `wall`."""
        day, time = divmod(wall, DAY)
        times = self.times
        time = times.at_or_before(time)
        due = self.dates.at_or_before(day if time >= 0 else day - 1)
        if due is None:
            return None
        return due * DAY + (time if due == day else times.last)
