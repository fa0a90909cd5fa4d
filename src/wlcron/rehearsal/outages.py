"""When something is down: every day at the same time, on the clock of a zone."""

from bisect import bisect_right
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """A time of every day, by the wall clock; an end that is not after the begin is tomorrow's."""

    begin: time
    end: time


class Outages:
    """Stretches of time, each from its begin until before its end; all instants in UTC."""

    def __init__(self, stretches: Iterable[tuple[datetime, datetime]] = ()) -> None:
        self._edges: list[datetime] = []  # begin, end, begin, end, …
        for begin, end in sorted(stretches):
            if self._edges and begin <= self._edges[-1]:
                self._edges[-1] = max(self._edges[-1], end)
            else:
                self._edges += [begin, end]

    def covers(self, at: datetime) -> bool:
        """Whether it is down at an instant."""
        return bisect_right(self._edges, at) % 2 == 1

    def next_edge(self, after: datetime) -> datetime | None:
        """Return when that changes next."""
        index = bisect_right(self._edges, after)
        return self._edges[index] if index < len(self._edges) else None

    def pattern(self, start: datetime, end: datetime) -> Hashable:
        """Return what tells [start, end) from stretches in which it is down at other times."""
        first, last = bisect_right(self._edges, start), bisect_right(self._edges, end)
        return first % 2, tuple(edge - start for edge in self._edges[first:last])


def every_day(
    windows: Iterable[Window], timezone: str, begin: datetime, until: datetime
) -> Outages:
    """Return when it is down between two instants."""
    return Outages(
        stretch for window in windows for stretch in _stretches(window, timezone, begin, until)
    )


def _stretches(
    window: Window, timezone: str, begin: datetime, until: datetime
) -> Iterator[tuple[datetime, datetime]]:
    zone = ZoneInfo(timezone)
    day = begin.astimezone(zone).date() - DAY
    while day <= until.astimezone(zone).date():
        last = day + DAY if window.end <= window.begin else day
        start = datetime.combine(day, window.begin, zone).astimezone(UTC)
        end = datetime.combine(last, window.end, zone).astimezone(UTC)
        if start < end:  # else the clock leaps over it, in the night of summer time
            yield start, end
        day += DAY
