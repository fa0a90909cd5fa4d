"""Where so many incidents open at once that a channel would hear of them as one."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from wlcron.core.incident import Step
from wlcron.outlet import FLOOD_AFTER, MINUTE, Outlet
from wlcron.rehearsal.outcome import Outcome
from wlcron.rehearsal.witness import Ear, Witness


@dataclass(frozen=True, slots=True)
class Flood:
    """Incidents of many crons that one channel hears of together."""

    channel: str
    at: datetime  # when there were too many
    incidents: int  # beyond those that are told one by one


@dataclass(slots=True)
class _Gauge:
    """One channel: what it admits, and the flood that it is in."""

    outlet: Outlet
    since: datetime | None = None
    last: datetime | None = None
    count: int = 0

    def note(self, at: datetime) -> Flood | None:
        """Count an incident; return the flood that was over before it."""
        flood = None
        if self.last is not None and at - self.last >= MINUTE:
            flood = self.end()
        if not self.outlet.admit(at):
            self.since, self.last, self.count = self.since or at, at, self.count + 1
        return flood

    def end(self) -> Flood | None:
        """Return the flood that it is in, if it is in one."""
        if self.since is None:
            return None
        flood = Flood(self.outlet.channel.name, self.since, self.count)
        self.since, self.last, self.count = None, None, 0
        return flood


def floods_of(courses: Sequence[Sequence[Outcome]], begin: datetime) -> list[Flood]:
    """Return the floods of courses that are cut at the same instants, in order of time."""
    gauges: dict[str, _Gauge] = {}
    found: list[Flood | None] = []
    for at, channel in _opened(courses, begin):
        if channel not in gauges:
            ear = Ear(channel, Witness())
            gauges[channel] = _Gauge(Outlet(ear, lambda: begin))
        found.append(gauges[channel].note(at))
    found += [gauge.end() for gauge in gauges.values()]
    return sorted((each for each in found if each is not None), key=lambda flood: flood.at)


def _opened(courses: Sequence[Sequence[Outcome]], base: datetime) -> Iterator[tuple[datetime, str]]:
    """Yield when each incident opens to whom; not on days on which there are but few of them."""
    days = list(zip(*courses, strict=True))
    counts = [sum(outcome.tally.opened for outcome in day) for day in days]
    for index, day in enumerate(days):
        # A flood may begin before midnight and go on behind it.
        if sum(counts[max(index - 1, 0) : index + 2]) > FLOOD_AFTER:
            yield from heapq.merge(*(_of_day(outcome, base) for outcome in day))
        base += day[0].length


def _of_day(outcome: Outcome, base: datetime) -> Iterable[tuple[datetime, str]]:
    if not outcome.tally.opened:
        return
    for after, piece in outcome.pieces(base - base):
        for event in piece.events:
            if event.told is not None and event.told.step is Step.OPENED:
                yield base + after + event.after, event.told.channel
