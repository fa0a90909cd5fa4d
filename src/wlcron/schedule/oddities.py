"""Wall times that come twice, or never, because the clock is changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from wlcron.schedule.changes import Search
    from wlcron.schedule.zone import Segment, Zone


class Oddity(NamedTuple):
    """A wall time, in minutes since 1970-01-01 00:00 on the local clock, at a change of it."""

    wall: int
    change: int
    """The instant of the change, in seconds since 1970 in UTC."""
    is_leapt: bool
    """Whether the clock leaps over it; else it shows it twice."""
    slots: int
    """How often it is due: 0 to 2 times. What is leapt over and due is due at the change."""


def oddities(
    zone: Zone, search: Search, start: int, end: int, catch_up: int | None
) -> Iterator[Oddity]:
    """Yield the due wall times that the changes in [start, end) make odd.

    `search` and `catch_up` are those of `wlcron.schedule.changes`.
    """
    before = zone.segment(start)
    while before.end < end:
        after = zone.segment(before.end)
        yield from _of_change(before, after, search, catch_up)
        before = after


def _of_change(
    before: Segment, after: Segment, search: Search, catch_up: int | None
) -> Iterator[Oddity]:
    leap = after.offset - before.offset
    # The clock shows `left` just before the change, and `met` right at it.
    left, met = (-((after.start + offset) // -60) for offset in (before.offset, after.offset))
    if leap > 0:
        slots = int(catch_up is not None and leap <= catch_up)
    else:
        slots = 2 if catch_up is None else 1
    wall = search(min(left, met))
    while wall is not None and wall < max(left, met):
        yield Oddity(wall, after.start, leap > 0, slots)
        wall = search(wall + 1)
