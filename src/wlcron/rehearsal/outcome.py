"""What comes of a stretch of time, counted from its beginning; long stretches are made of short."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate, pairwise
from operator import itemgetter
from typing import TypeVar

from wlcron.core.cron import Cron
from wlcron.core.incident import Step
from wlcron.rehearsal.events import Event, Happening, Hindrance, What, happening

T = TypeVar("T")
NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts, and how starts are spread."""

    counts: Mapping[What, int] = field(default_factory=dict)
    opened: int = 0  # alerts that say that something is wrong
    hindrances: Mapping[Hindrance, int] = field(default_factory=dict)  # of what was skipped
    more: int = 0  # executions run at the end than at the beginning
    most: int = 0  # at once, beyond those at the beginning
    first: timedelta | None = None  # of the starts
    last: timedelta | None = None
    gap: timedelta = NOTHING  # the longest one between two starts
    gap_from: timedelta = NOTHING

    def __getitem__(self, what: What) -> int:
        return self.counts.get(what, 0)

    @property
    def troubles(self) -> int:
        """How many events there are that are no plain start or end."""
        return sum(count for what, count in self.counts.items() if what.is_trouble)

    def followed_by(self, later: "Tally", after: timedelta) -> "Tally":
        """Return both together; the later one is counted from so long after this one's begin."""
        if later.first is None:
            first, last, gap, gap_from = self.first, self.last, self.gap, self.gap_from
        else:
            first = after + later.first if self.first is None else self.first
            last = after + (later.last or later.first)
            gap, gap_from = self._longest_gap(later, after, after + later.first)
        return Tally(
            counts=_sum(self.counts, later.counts),
            opened=self.opened + later.opened,
            hindrances=_sum(self.hindrances, later.hindrances),
            more=self.more + later.more,
            most=max(self.most, self.more + later.most),
            first=first,
            last=last,
            gap=gap,
            gap_from=gap_from,
        )

    def _longest_gap(
        self, later: "Tally", after: timedelta, start: timedelta
    ) -> tuple[timedelta, timedelta]:
        gaps = [(self.gap, self.gap_from), (later.gap, after + later.gap_from)]
        if self.last is not None:
            gaps.insert(1, (start - self.last, self.last))
        return max(gaps, key=itemgetter(0))  # the first of those that are equally long


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What happens to a cron in a stretch of time. Shared by all stretches that are alike."""

    length: timedelta
    is_running: bool  # at its beginning
    tally: Tally = field(default_factory=Tally)
    events: tuple[Event, ...] = ()
    due: tuple[timedelta, ...] = ()  # its slots
    parts: tuple["Outcome", ...] = ()  # or what it is made of, one after the other

    def happenings(self, base: datetime, cron: Cron, *, calm: bool = True) -> Iterator[Happening]:
        """Yield what happens, in order of time; without `calm` troubles alone."""
        if not calm and not self.tally.troubles:
            return
        for event in self.events:
            if calm or event.what.is_trouble:
                yield happening(event, base, cron)
        for part in self.parts:
            yield from part.happenings(base, cron, calm=calm)
            base += part.length

    def pieces(self, after: timedelta = NOTHING) -> Iterator[tuple[timedelta, "Outcome"]]:
        """Yield the short stretches that it is made of, and when each begins."""
        if not self.parts:
            yield after, self
        for part in self.parts:
            yield from part.pieces(after)
            after += part.length


def outcome_of(
    length: timedelta, events: tuple[Event, ...], due: tuple[timedelta, ...], *, is_running: bool
) -> Outcome:
    """Return the outcome of a short stretch."""
    return Outcome(length, is_running, _tally(events), events, due)


def _sum(one: Mapping[T, int], other: Mapping[T, int]) -> Mapping[T, int]:
    both = Counter(one)
    both.update(other)
    return both


def _tally(events: Sequence[Event]) -> Tally:
    starts = [event.after for event in events if event.what is What.STARTED]
    gaps = [(later - start, start) for start, later in pairwise(starts)]
    gap, gap_from = max(gaps, key=itemgetter(0), default=(NOTHING, NOTHING))
    levels = _levels(events)
    return Tally(
        counts=Counter(event.what for event in events),
        opened=sum(1 for event in events if event.told and event.told.step is Step.OPENED),
        hindrances=Counter(event.hindrance for event in events if event.hindrance),
        more=levels[-1],
        most=max(levels),
        first=starts[0] if starts else None,
        last=starts[-1] if starts else None,
        gap=gap,
        gap_from=gap_from,
    )


def _levels(events: Sequence[Event]) -> list[int]:
    """Return how many more run from each instant on; who ends as another one starts makes room."""
    steps: Counter[timedelta] = Counter()
    for event in events:
        steps[event.after] += event.step
    return list(accumulate((steps[after] for after in sorted(steps)), initial=0))


def joined(parts: tuple[Outcome, ...]) -> Outcome:
    """Return the outcome of stretches that follow one another."""
    tally, length = Tally(), NOTHING
    for part in parts:
        tally = tally.followed_by(part.tally, length)
        length += part.length
    return Outcome(length, parts[0].is_running, tally, parts=parts)
