"""Time zones: between the clock on the wall and UTC, across every change of the clock.

Instants are seconds since 1970 in UTC; wall times are minutes since 1970-01-01 00:00 on the
local clock. A search is given as a function that returns the first (or last) wall time of a
schedule that is not before (or after) a wall time.
"""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable
from datetime import UTC, datetime
from typing import NamedTuple

from wlcron.schedule.errors import ScheduleError

_DAY = 86400
_CHUNK_BITS = 24
_PROBE = 43200


class Segment(NamedTuple):
    """A stretch of time, from `start` until before `end`, with one UTC offset in seconds."""

    start: int
    end: int
    offset: int


class Zone:
    """The UTC offsets of a time zone, found by asking `zoneinfo` once for each half year."""

    __slots__ = ("_chunks", "_info", "name")

    def __init__(self, name: str, info: zoneinfo.ZoneInfo) -> None:
        """Take the zone's name and its rules."""
        self.name = name
        self._info = info
        self._chunks: dict[int, list[Segment]] = {}

    def segment(self, instant: int) -> Segment:
        """Return the segment that an instant lies in.

        A segment may end without a change of the offset: half years are found one by one.
        """
        number = instant >> _CHUNK_BITS
        chunk = self._chunks.get(number)
        if chunk is None:
            chunk = self._chunks[number] = self._explore(number)
        for segment in chunk:
            if instant < segment[1]:
                break
        return segment

    def first_instant(self, wall: int) -> tuple[Segment, int]:
        """Return the segment in which a wall time comes first, and the instant.

        The instant of a wall time that the clock never shows is before the segment's start,
        which is the change that leaps over it.
        """
        seconds = wall * 60
        segment = self.segment(seconds - _DAY)
        while seconds - segment.offset >= segment.end:
            segment = self.segment(segment.end)
        return segment, seconds - segment.offset

    def passed(self, instant: int) -> int:
        """Return the last wall time that the clock has shown by an instant.

        In an hour that the clock shows twice, that is the end of the first showing.
        """
        segment = self.segment(instant - _DAY)
        latest = 0
        while segment.end <= instant:
            latest = max(latest, segment.end + segment.offset - 1)
            segment = self.segment(segment.end)
        return max(latest, instant + segment.offset) // 60

    def _explore(self, number: int) -> list[Segment]:
        """Return the segments of a chunk of time."""
        begin, end = number << _CHUNK_BITS, (number + 1) << _CHUNK_BITS
        segments: list[Segment] = []
        start, offset = begin, self._offset(begin)
        for probe in [*range(begin + _PROBE, end, _PROBE), end - 1]:
            if self._offset(probe) != offset:
                change = self._change(max(start, probe - _PROBE), probe, offset)
                segments.append(Segment(start, change, offset))
                start, offset = change, self._offset(change)
        segments.append(Segment(start, end, offset))
        return segments

    def _change(self, before: int, after: int, offset: int) -> int:
        """Return the instant between two at which the offset stops to be `offset`."""
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


Search = Callable[[int], int | None]


def next_elapsed(zone: Zone, search: Search, after: int) -> int | None:
    """Return the next slot of a schedule that is due whenever the clock shows its times.

    A wall time that comes twice is due twice; one that never comes is not due.
    """
    begin = after + 1
    while True:
        segment = zone.segment(begin)
        wall = search(-((begin + segment.offset) // -60))
        if wall is None:
            return None
        instant = wall * 60 - segment.offset
        if instant < segment.end:
            return instant
        # A later change may set the clock back over wall times that this search has passed,
        # but only over those of the segment before it: that one must be searched in full.
        is_searched = begin == segment.start
        begin = max(segment.end, instant - 2 * _DAY) if is_searched else segment.end


def previous_elapsed(zone: Zone, search: Search, before: int) -> int | None:
    """Return the previous slot of a schedule that is due whenever the clock shows its times."""
    until = before - 1
    while True:
        segment = zone.segment(until)
        wall = search((until + segment.offset) // 60)
        if wall is None:
            return None
        instant = wall * 60 - segment.offset
        if instant >= segment.start:
            return instant
        is_searched = until == segment.end - 1
        until = min(segment.start - 1, instant + 2 * _DAY) if is_searched else segment.start - 1


def next_fixed(zone: Zone, search: Search, after: int, catch_up: int) -> int | None:
    """Return the next slot of a schedule whose wall times are due once each.

    A wall time that comes twice is due the first time. One that a change of at most
    `catch_up` seconds leaps over is due right at the change, else not at all.
    """
    wall = search(zone.passed(after) + 1)
    while wall is not None:
        segment, instant = zone.first_instant(wall)
        if instant >= segment.start:
            return instant
        if _leap(zone, segment) <= catch_up:
            return segment.start
        wall = search(-((segment.start + segment.offset) // -60))
    return None


def previous_fixed(zone: Zone, search: Search, before: int, catch_up: int) -> int | None:
    """Return the previous slot of a schedule whose wall times are due once each."""
    wall = search(zone.passed(before - 1))
    while wall is not None:
        segment, instant = zone.first_instant(wall)
        if instant >= segment.start:
            return instant
        if _leap(zone, segment) <= catch_up:
            return segment.start
        last_shown = segment.start + zone.segment(segment.start - 1).offset - 1
        wall = search(last_shown // 60)
    return None


def _leap(zone: Zone, segment: Segment) -> int:
    """Return by how many seconds the clock was set forward at a segment's start."""
    return segment.offset - zone.segment(segment.start - 1).offset


class _Zones(dict[str, Zone | None]):
    """The zones that were asked for, by name; UTC is None, for it needs no arithmetic."""

    def __missing__(self, name: str) -> Zone | None:
        zone = self[name] = Zone(name, _load(name))
        return zone


ZONES = _Zones({"UTC": None})


def _load(name: str) -> zoneinfo.ZoneInfo:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ScheduleError(f"There is no time zone {name!r}{_suggestion(name)}.") from None


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
