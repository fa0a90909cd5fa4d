"""What a rehearsal came to: for each cron, for all together, and event by event."""

import heapq
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property

from wlcron.core.durations import duration_text
from wlcron.core.incident import Step
from wlcron.rehearsal.crowd import Crowd, crowd_of
from wlcron.rehearsal.events import Happening, Told
from wlcron.rehearsal.outcome import Outcome, Tally
from wlcron.rehearsal.parts import Part, Setting
from wlcron.rehearsal.warnings import Remark, warnings_of

NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Summary:
    """What one cron's course came to."""

    part: Part
    tally: Tally
    begin: datetime

    @property
    def gap_from(self) -> datetime | None:
        """The start before the longest time without one; None: there are no two starts."""
        return self.begin + self.tally.gap_from if self.tally.gap else None


@dataclass(frozen=True)
class Report:
    """All that there is to say."""

    parts: tuple[Part, ...]
    setting: Setting
    courses: tuple[Sequence[Outcome], ...]  # one for each part, all cut at the same instants

    @cached_property
    def summaries(self) -> list[Summary]:
        """Each cron's own figures, in the order in which they were given."""
        return [
            Summary(part, _total(course), self.setting.begin)
            for part, course in zip(self.parts, self.courses, strict=True)
        ]

    @cached_property
    def crowd(self) -> Crowd:
        """What all crons do together."""
        return crowd_of(self.courses, self.setting.begin)

    @cached_property
    def warnings(self) -> list[Remark]:
        """What somebody should look at."""
        tallies = [summary.tally for summary in self.summaries]
        return warnings_of(self.parts, tallies, self.courses, self.setting, self.crowd)

    @property
    def count(self) -> int:
        """How many events there are."""
        return sum(sum(each.tally.counts.values()) for each in self.summaries)

    @property
    def troubles(self) -> int:
        """How many of them are more than a plain start or end."""
        return sum(each.tally.troubles for each in self.summaries)

    def happenings(self, *, calm: bool) -> Iterator[Happening]:
        """Yield what happens to all crons in order of time; without `calm` troubles alone."""
        return heapq.merge(
            *(self._of(part, course, calm=calm) for part, course in self._courses()),
            key=lambda each: (each.at, each.cron.name),
        )

    def _courses(self) -> Iterator[tuple[Part, Sequence[Outcome]]]:
        return zip(self.parts, self.courses, strict=True)

    def _of(self, part: Part, course: Sequence[Outcome], *, calm: bool) -> Iterator[Happening]:
        base, opened = self.setting.begin, dict[tuple[str, str], Happening]()
        for outcome in course:
            for each in outcome.happenings(base, part.cron, calm=calm):
                yield _explained(each, opened)
            base += outcome.length


def _explained(each: Happening, opened: dict[tuple[str, str], Happening]) -> Happening:
    """Return a message with what it says of the one that it follows."""
    told = each.event.told
    if told is None:
        return each
    key = told.condition, told.channel
    if told.step is Step.OPENED:
        opened[key] = each
        return each
    return replace(each, why=_later(each, told, opened.get(key)))


def _later(each: Happening, told: Told, first: Happening | None) -> str:
    if first is None:
        return ""
    lasted = duration_text(each.at - first.at)
    return f"well again after {lasted}" if told.step is Step.CLOSED else f"since {lasted}"


def _total(course: Sequence[Outcome]) -> Tally:
    tally, length = Tally(), NOTHING
    for outcome in course:
        tally = tally.followed_by(outcome.tally, length)
        length += outcome.length
    return tally
