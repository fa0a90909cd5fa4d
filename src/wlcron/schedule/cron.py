"""Schedules of minutes, hours and days: what AWS's `cron(…)` and Unix's five fields become."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from wlcron.schedule.changes import later_slot, next_slot, previous_slot
from wlcron.schedule.schedule import Schedule
from wlcron.schedule.times import MINUTES_OF_DAY
from wlcron.schedule.zone import DAY

if TYPE_CHECKING:
    from wlcron.schedule.dates import Dates
    from wlcron.schedule.times import Times
    from wlcron.schedule.zone import Zone


class CronSchedule(Schedule):
    """Due at certain times of certain days, by the clock of one time zone."""

    __slots__ = ("dates", "times")

    longest_catch_up: ClassVar[int]
    """The longest leap of the clock, in seconds, after which what it leapt over is made up for."""

    def __init__(self, text: str, zone: Zone, times: Times, dates: Dates) -> None:
        """Take the expression, its zone and what it means."""
        super().__init__(text, zone)
        self.times = times
        self.dates = dates

    def next_epoch(self, after: int) -> int | None:
        """Return the first slot strictly after `after`, both in whole seconds since 1970 UTC."""
        zone = self._zone
        calm, end, offset = zone.recent
        if not calm <= after < end:
            calm, end, offset = zone.look_at(after)
            if not calm <= after < end:
                return next_slot(zone, self._at_or_after, after, self._catch_up)
        day, second = divmod(after + offset, DAY)
        wall = self._first(day, second // 60 + 1)
        if wall is None:
            return None
        slot = wall * 60 - offset
        if slot < end:
            return slot
        return later_slot(zone, self._at_or_after, after, wall, self._catch_up)

    def previous_epoch(self, before: int) -> int | None:
        """Return the last slot strictly before `before`, both in whole seconds since 1970 UTC."""
        return previous_slot(self._zone, self._at_or_before, before, self._catch_up)

    @property
    def _catch_up(self) -> int | None:
        """How long a leap of the clock is made up for; None where elapsed time counts."""
        return None if self.times.is_wildcard else self.longest_catch_up

    def explain(self) -> str:
        """Return what the schedule means, as one plain English sentence."""
        from wlcron.schedule.words import explain_cron

        return explain_cron(self.times, self.dates, self.timezone)

    def _at_or_after(self, wall: int) -> int | None:
        """Return the first due minute of the wall clock that is not before `wall`."""
        return self._first(*divmod(wall, MINUTES_OF_DAY))

    def _first(self, day: int, time: int) -> int | None:
        """Return the first due minute of the wall clock that is not before a time of a day."""
        times = self.times
        time = times.at_or_after(time)
        due = self.dates.at_or_after(day if time < MINUTES_OF_DAY else day + 1)
        if due is None:
            return None
        return due * MINUTES_OF_DAY + (time if due == day else times.first)

    def _at_or_before(self, wall: int) -> int | None:
        """Return the last due minute of the wall clock that is not after `wall`."""
        day, time = divmod(wall, MINUTES_OF_DAY)
        times = self.times
        time = times.at_or_before(time)
        due = self.dates.at_or_before(day if time >= 0 else day - 1)
        if due is None:
            return None
        return due * MINUTES_OF_DAY + (time if due == day else times.last)
