"""What a zone's clock does in the years for which schedules are made now."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache

from wlcron.schedule.times import MINUTES_OF_DAY, Times
from wlcron.schedule.zone import ZONES

# Rules of summer time are the same every year, or nearly: these stand for what is to come.
_BEGIN, _END = (int(datetime(year, 1, 1, tzinfo=UTC).timestamp()) for year in (2025, 2041))

Stretch = tuple[int, int]
"""Minutes of a day on the local clock: the first, and how many."""


@dataclass(frozen=True, slots=True)
class ZoneHabits:
    """How far a zone is from UTC, in minutes, and which times its clock leaps over or repeats."""

    offsets: frozenset[int]
    leapt: frozenset[Stretch]
    repeated: frozenset[Stretch]

    @property
    def is_utc(self) -> bool:
        """Whether it is UTC by another name."""
        return self.offsets == {0}

    def leaps_over(self, times: Times) -> bool:
        """Whether one of these times of the day is missing on some day."""
        return _meet(times, self.leapt)

    def repeats(self, times: Times) -> bool:
        """Whether one of these times of the day comes twice on some day."""
        return _meet(times, self.repeated)


@lru_cache(maxsize=1024)
def habits_of(zone_name: str) -> ZoneHabits:
    """Return the habits of a zone; raises ScheduleError for one that the machine lacks."""
    zone = ZONES[zone_name]
    segment = zone.segment(_BEGIN)
    offsets, leapt, repeated = {segment.offset // 60}, set[Stretch](), set[Stretch]()
    while segment.end < _END:
        following = zone.segment(segment.end)
        leap = (following.offset - segment.offset) // 60
        wall = (following.start + min(segment.offset, following.offset)) // 60
        if leap:
            (leapt if leap > 0 else repeated).add((wall % MINUTES_OF_DAY, abs(leap)))
        offsets.add(following.offset // 60)
        segment = following
    return ZoneHabits(frozenset(offsets), frozenset(leapt), frozenset(repeated))


def _meet(times: Times, stretches: frozenset[Stretch]) -> bool:
    return any(
        (time := (first + minute) % MINUTES_OF_DAY) == times.at_or_after(time)
        for first, length in stretches
        for minute in range(length)
    )
