"""The search for slots across changes of the clock: summer time, and moves of a zone.

A schedule is given as a function that returns its first (or last) wall time that is not
before (or after) a wall time. Instants are seconds since 1970 in UTC, wall times are minutes
since 1970-01-01 00:00 on the local clock.

`catch_up` says what a schedule does at a change. None: it follows elapsed time, so a wall
time that comes twice is due twice, and one that never comes is not due. A number: each wall
time is due once, the first time it comes; one that a change of at most so many seconds leaps
over is due right at the change, else not at all.
"""

from __future__ import annotations

from collections.abc import Callable

from wlcron.schedule.zone import DAY, EARLIEST, LATEST, Segment, Zone

Search = Callable[[int], int | None]


def next_slot(zone: Zone, search: Search, after: int, catch_up: int | None) -> int | None:
    """Return the first slot strictly after an instant."""
    if after >= LATEST:
        return None
    after = max(after, EARLIEST)
    if catch_up is None:
        return _next_elapsed(zone, search, after + 1)
    return _first_due(zone, search, search(zone.passed(after) + 1), catch_up)


def later_slot(
    zone: Zone, search: Search, after: int, wall: int, catch_up: int | None
) -> int | None:
    """Return the first slot strictly after an instant in a calm part of the zone.

    `wall` is the first due wall time after it, and lies beyond the segment's end.
    """
    if catch_up is None:
        return _next_elapsed(zone, search, after + 1)
    return _first_due(zone, search, wall, catch_up)


def previous_slot(zone: Zone, search: Search, before: int, catch_up: int | None) -> int | None:
    """Return the last slot strictly before an instant."""
    if before <= EARLIEST:
        return None
    last = min(before, LATEST) - 1
    if catch_up is None:
        return _previous_elapsed(zone, search, last)
    return _last_due(zone, search, search(zone.passed(last)), catch_up)


def _next_elapsed(zone: Zone, search: Search, begin: int) -> int | None:
    while True:
        segment = zone.segment(begin)
        wall = search(_wall_not_before(begin, segment))
        if wall is None:
            return None
        instant = wall * 60 - segment.offset
        if instant < segment.end:
            return instant
        # The next change may set the clock back over times before `wall`, but only over such
        # as this segment showed. If all of it was searched, nothing is due until near `wall`.
        is_searched = begin == segment.start
        begin = max(segment.end, instant - 2 * DAY) if is_searched else segment.end


def _previous_elapsed(zone: Zone, search: Search, last: int) -> int | None:
    while True:
        segment = zone.segment(last)
        wall = search((last + segment.offset) // 60)
        if wall is None:
            return None
        instant = wall * 60 - segment.offset
        if instant >= segment.start:
            return instant
        is_searched = last == segment.end - 1
        last = min(segment.start - 1, instant + 2 * DAY) if is_searched else segment.start - 1


def _first_due(zone: Zone, search: Search, wall: int | None, catch_up: int) -> int | None:
    """Return the slot of a due wall time, or of the first after it that is due at all."""
    while wall is not None:
        segment, instant = zone.first_instant(wall)
        if instant >= segment.start:
            return instant
        if _leap(zone, segment) <= catch_up:
            return segment.start
        wall = search(_wall_not_before(segment.start, segment))
    return None


def _last_due(zone: Zone, search: Search, wall: int | None, catch_up: int) -> int | None:
    """Return the slot of a due wall time, or of the last before it that is due at all."""
    while wall is not None:
        segment, instant = zone.first_instant(wall)
        if instant >= segment.start:
            return instant
        if _leap(zone, segment) <= catch_up:
            return segment.start
        wall = search((segment.start - 1 + _offset_before(zone, segment)) // 60)
    return None


def _wall_not_before(instant: int, segment: Segment) -> int:
    """Return the first whole minute that the clock of a segment shows from an instant on."""
    return -((instant + segment.offset) // -60)


def _leap(zone: Zone, segment: Segment) -> int:
    """Return by how many seconds the clock was set forward at a segment's start."""
    return segment.offset - _offset_before(zone, segment)


def _offset_before(zone: Zone, segment: Segment) -> int:
    return zone.segment(segment.start - 1).offset
