"""What tells a stretch of time from others: the slots of a cron in it, and what is down."""

from collections.abc import Hashable, Iterator
from datetime import datetime, timedelta

from wlcron.rehearsal.parts import Part, Setting
from wlcron.schedule.schedule import epoch_seconds

_MOMENT = timedelta(microseconds=1)


class Patterns:
    """Stretches of equal length and equal pattern are alike, each seen from its beginning."""

    def __init__(self, part: Part, setting: Setting) -> None:
        self._schedule = part.cron.schedule()
        self._setting = setting

    def of_day(self, start: datetime, end: datetime) -> Hashable | None:
        """Return the pattern of a long stretch; None: it is not known without looking closer."""
        first, last = epoch_seconds(start), epoch_seconds(end)
        phase = self._schedule.phase(first, last)
        if phase is None:
            return None
        return "day", phase, self._after(last, first), self._outages(start, end)

    def of_hour(self, start: datetime, end: datetime) -> Hashable:
        """Return the pattern of a short stretch, slot by slot."""
        first, last = epoch_seconds(start), epoch_seconds(end)
        slots = tuple(slot - first for slot in self._slots(first, last))
        return last - first, slots, self._after(last, first), self._outages(start, end)

    def _outages(self, start: datetime, end: datetime) -> Hashable:
        begin, until = start - _MOMENT, end - _MOMENT
        return (
            self._setting.server.pattern(begin, until),
            self._setting.engine.pattern(begin, until),
        )

    def _slots(self, first: int, last: int) -> Iterator[int]:
        slot = self._schedule.next_epoch(first - 1)
        while slot is not None and slot < last:
            yield slot
            slot = self._schedule.next_epoch(slot)

    def _after(self, last: int, first: int) -> int | None:
        """Return the first slot behind a stretch: by it the last one in it is planned."""
        slot = self._schedule.next_epoch(last - 1)
        return slot and slot - first
