"""Time zones as integers: which UTC offset holds when, and where the clock changes.

Instants are seconds since 1970 in UTC; wall times are minutes since 1970-01-01 00:00 on the
local clock.
"""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime
from typing import NamedTuple

from wlcron.schedule.errors import ScheduleError
from wlcron.schedule.months import END_SECOND

DAY = 86400
"""In seconds."""

_CHUNK_BITS = 24
_PROBE = 4 * DAY  # no zone changed its clock twice within six days since 1970

EARLIEST, LATEST = -2 * DAY, END_SECOND + 2 * DAY
"""No clock is further from UTC than a day: all slots lie in between."""

_FOREVER = 1 << 62
_LONGEST_NAME = 64


class Segment(NamedTuple):
    """A stretch of time, from `start` until before `end`, with one UTC offset in seconds."""

    start: int
    end: int
    offset: int


class Zone:
    """The UTC offsets of a time zone, found by asking `zoneinfo` once for each half year."""

    __slots__ = ("_chunks", "_info", "name", "recent")

    def __init__(self, name: str, info: zoneinfo.ZoneInfo) -> None:
        """Take the name and the rules of the zone."""
        self.name = name
        self._info = info
        self._chunks: dict[int, list[Segment]] = {}
        self.recent = (0, 0, 0)

    def look_at(self, instant: int) -> tuple[int, int, int]:
        """Return the calm part of the segment that an instant lies in, and remember it.

        Calm begins a day after a change: the clock shows no time that it has shown before. It
        is remembered as `recent`, for most questions are about the same time, the present.
        Far from 1970 to 2199 nothing is calm.
        """
        if not EARLIEST <= instant < LATEST:
            return (0, 0, 0)
        start, end, offset = self.segment(instant)
        self.recent = (start + DAY, end, offset)
        return self.recent

    def segment(self, instant: int) -> Segment:
        """Return the segment that an instant lies in.

        A segment may end without a change of the offset, for half years are found one by one.
        """
        number = instant >> _CHUNK_BITS
        chunk = self._chunks.get(number)
        if chunk is None:
            chunk = self._chunks[number] = self._explore(number)
        index = 0
        while instant >= chunk[index].end:
            index += 1
        return chunk[index]

    def first_instant(self, wall: int) -> tuple[Segment, int]:
        """Return the segment in which a wall time comes first, and the instant.

        The instant of a wall time that the clock never shows is before the segment's start,
        which is the change that leaps over it.
        """
        seconds = wall * 60
        segment = self.segment(seconds - DAY)
        while seconds - segment.offset >= segment.end:
            segment = self.segment(segment.end)
        return segment, seconds - segment.offset

    def passed(self, instant: int) -> int:
        """Return the last wall time that the clock has shown by an instant.

        In an hour that the clock shows twice, that is the end of the first showing.
        """
        segment = self.segment(instant - DAY)
        latest = -_FOREVER
        while segment.end <= instant:
            latest = max(latest, segment.end + segment.offset - 1)
            segment = self.segment(segment.end)
        return max(latest, instant + segment.offset) // 60

    def _explore(self, number: int) -> list[Segment]:
        """Return the segments of a chunk of time."""
        start, end = number << _CHUNK_BITS, (number + 1) << _CHUNK_BITS
        offset = self._offset(start)
        segments = []
        for probe in (*range(start + _PROBE, end, _PROBE), end - 1):
            if self._offset(probe) != offset:
                change = self._change(max(start, probe - _PROBE), probe, offset)
                segments.append(Segment(start, change, offset))
                start, offset = change, self._offset(change)
        return [*segments, Segment(start, end, offset)]

    def _change(self, before: int, after: int, offset: int) -> int:
        """Return the instant between two at which the offset ceases to be `offset`."""
        while after - before > 1:
            middle = (before + after) // 2
            if self._offset(middle) == offset:
                before = middle
            else:
                after = middle
        return after

    def _offset(self, instant: int) -> int:
        local = datetime.fromtimestamp(instant, self._info)
        return int(local.replace(tzinfo=UTC).timestamp()) - instant


class _Utc(Zone):
    """A zone without any change, whose calm never ends."""

    __slots__ = ()

    def __init__(self) -> None:
        self.name = "UTC"
        self.recent = (-_FOREVER, _FOREVER, 0)

    def segment(self, instant: int) -> Segment:  # noqa: ARG002 - the same whenever it is
        return Segment(*self.recent)


class _Zones(dict[str, Zone]):
    """The zones that were asked for, by name."""

    def __missing__(self, name: str) -> Zone:
        zone = self[name] = Zone(name, _load(name))
        return zone


ZONES = _Zones({"UTC": _Utc()})


def _load(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        shown = name[:_LONGEST_NAME]
        raise ScheduleError(f"There is no time zone {shown!r}{_suggestion(shown)}.") from None


def _suggestion(name: str) -> str:
    """Return the nearest name, for a person who mistyped one."""
    from difflib import get_close_matches

    known = {zone.casefold(): zone for zone in zoneinfo.available_timezones()}
    cities = {zone.rpartition("/")[2]: zone for zone in known}
    wanted = name.strip().casefold().replace(" ", "_")
    near = get_close_matches(wanted, [*known, *cities], n=1)
    if not near:
        return ": use an IANA name such as Europe/Berlin"
    return f", did you mean {known[cities.get(near[0], near[0])]!r}?"
