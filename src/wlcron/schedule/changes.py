"""The search for slots across changes of the clock: summer time, and moves of a zone.

A schedule is given as a function that returns its first (or last) wall time that is not
before (or after) a wall time. Instants are seconds since 1970 in UTC, wall times are minutes
since 1970-01-01 00:00 on the local clock.
"""

from __future__ import annotations

from collections.abc import Callable

from wlcron.schedule.months import END_SECOND
from wlcron.schedule.zone import DAY, Segment, Zone

Search = Callable[[int], int | None]

_EARLIEST, _LATEST = -2 * DAY, END_SECOND + 2 * DAY  # no clock is further from UTC than a day


def next_elapsed(zone: Zone, search: Search, after: int) -> int | None:
    """Return the next slot of a schedule that is due whenever the clock shows its times.

    A wall time that comes twice is due twice; one that never comes is not due.
    """
    begin = max(after, _EARLIEST) + 1
    while begin < _LATEST:
        segment = zone.segment(begin)
        wall = search(-((begin + segment.offset) // -60))
        if wall is None:
            break
        instant = wall * 60 - segment.offset
        if instant < segment.end:
            return instant
        # The next change may set the clock back over times before `wall`, but only over such
        # as this segment showed. If all of it was searched, nothing is due until near `wall`.
        is_searched = begin == segment.start
        begin = max(segment.end, instant - 2 * DAY) if is_searched else segment.end
    return None


def previous_elapsed(zone: Zone, search: Search, before: int) -> int | None:
    """Return the previous slot of a schedule that is due whenever the clock shows its times."""
    until = min(before, _LATEST) - 1
    while until > _EARLIEST:
        segment = zone.segment(until)
        wall = search((until + segment.offset) // 60)
        if wall is None:
            break
        instant = wall * 60 - segment.offset
        if instant >= segment.start:
            return instant
        is_searched = until == segment.end - 1
        until = min(segment.start - 1, instant + 2 * DAY) if is_searched else segment.start - 1
    return None


def next_fixed(zone: Zone, search: Search, after: int, catch_up: int) -> int | None:
    """Return the next slot of a schedule whose wall times are due once each.

    A wall time that comes twice is due the first time. One that a change of at most
    `catch_up` seconds leaps over is due right at the change, else not at all.
    """
    if after > _LATEST:
        return None
    return first_due(zone, search, search(zone.passed(max(after, _EARLIEST)) + 1), catch_up)


def first_due(zone: Zone, search: Search, wall: int | None, catch_up: int) -> int | None:
    """Return the instant of a due wall time, or of the next one that is due at all."""
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
    if before < _EARLIEST:
        return None
    wall = search(zone.passed(min(before, _LATEST) - 1))
    while wall is not None:
        segment, instant = zone.first_instant(wall)
        if instant >= segment.start:
            return instant
        if _leap(zone, segment) <= catch_up:
            return segment.start
        wall = search((segment.start + _offset_before(zone, segment) - 1) // 60)
    return None


def _leap(zone: Zone, segment: Segment) -> int:
    """Return by how many seconds the clock was set forward at a segment's start."""
    return segment.offset - _offset_before(zone, segment)


def _offset_before(zone: Zone, segment: Segment) -> int:
    return zone.segment(segment.start - 1).offset
