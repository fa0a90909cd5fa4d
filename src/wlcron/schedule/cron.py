"""Schedules of minutes, hours and days: what AWS's `cron(…)` and Unix's five fields become."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from wlcron.schedule.changes import later_slot, next_slot, previous_slot
from wlcron.schedule.oddities import oddities
from wlcron.schedule.schedule import Schedule
from wlcron.schedule.times import HOURS_OF_DAY, MINUTES_OF_DAY
from wlcron.schedule.zone import DAY

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from wlcron.schedule.dates import Dates
    from wlcron.schedule.oddities import Oddity
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

    def phase(self, start: int, end: int) -> Hashable | None:
        """Return what the slots from `start` until before `end` come from: time and days.

        None where the clock is not calm for all of the time.
        """
        # The day before counts as well: times of it may come again.
        segment = self._zone.segment(start - DAY)
        offset = segment.offset
        while segment.end < end:
            segment = self._zone.segment(segment.end)
            if segment.offset != offset:
                return None
        day, second = divmod(start + offset, DAY)
        last = (end - 1 + offset) // DAY
        return second, tuple(self.dates.at_or_after(each) == each for each in range(day, last + 1))

    def oddities(self, start: int, end: int) -> Iterator[Oddity]:
        """Yield the wall times that changes of the clock from `start` until before `end` make odd.

        None where it is due in every hour.
        """
        if len(self.times.hours) < HOURS_OF_DAY:
            yield from oddities(self._zone, self._at_or_after, start, end, self._catch_up)

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
