"""What many crons do together: how many run at once, and how many are due at once.

Days are swept, not events: those on which every cron does what it did on another day are swept
once, and from one day to the next only what differs is counted anew.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import accumulate

from wlcron.rehearsal.outcome import Outcome

LEAST = 10  # crons that are due in the same minute are many
TIMES = 3  # and stand out when there are so many times as many as in a minute on average
_MOMENT, _MINUTE = timedelta(microseconds=1), timedelta(minutes=1)
_BEFORE = -1  # what ran already when the day began
_Profile = dict[int, int]


@dataclass(frozen=True, slots=True)
class Herd:
    """Crons that are due in the same minute of a day, in UTC."""

    minute: int  # of the day
    crons: int  # at most
    days: int  # on so many days they are many
    at: datetime  # for the first time so many


@dataclass(frozen=True, slots=True)
class Crowd:
    """The most executions at once, and the herds, largest first."""

    most: int
    most_at: datetime | None
    herds: tuple[Herd, ...]


@dataclass(frozen=True, slots=True)
class _Day:
    """What one day comes to, counted from its beginning."""

    most: int
    most_after: timedelta
    slots: int
    crowded: dict[int, int]  # minute -> crons


@dataclass(slots=True)
class _Sums:
    """Profiles of all crons added up, for the day that was looked at last."""

    day: Sequence[Outcome] = ()
    running: Counter[int] = field(default_factory=Counter)  # moment -> by how many more run
    due: Counter[int] = field(default_factory=Counter)  # minute -> crons
    _profiles: dict[Outcome, tuple[_Profile, _Profile]] = field(default_factory=dict)

    def go_to(self, day: Sequence[Outcome]) -> None:
        """Make them the sums of another day."""
        for index, outcome in enumerate(day):
            before = self.day[index] if self.day else None
            if outcome is not before:
                self._add(before, -1)
                self._add(outcome, 1)
        self.day = day

    def _add(self, outcome: Outcome | None, sign: int) -> None:
        if outcome is None:
            return
        for total, profile in zip((self.running, self.due), self._profile(outcome), strict=True):
            for at, count in profile.items():
                total[at] += sign * count

    def _profile(self, outcome: Outcome) -> tuple[_Profile, _Profile]:
        if outcome not in self._profiles:
            self._profiles[outcome] = _running(outcome), _due(outcome)
        return self._profiles[outcome]


def crowd_of(courses: Sequence[Sequence[Outcome]], begin: datetime) -> Crowd:
    """Return what courses come to that are cut at the same instants."""
    days = list(_days(courses, begin))
    most = max(days, key=lambda each: each[1].most, default=None)
    if most is None or not most[1].most:
        return Crowd(0, None, ())
    length = sum((outcome.length for outcome in courses[0]), timedelta(0))
    return Crowd(most[1].most, most[0] + most[1].most_after, _herds(days, length))


def _days(courses: Sequence[Sequence[Outcome]], base: datetime) -> Iterator[tuple[datetime, _Day]]:
    sums, known = _Sums(), dict[tuple[Outcome, ...], _Day]()
    for day in zip(*courses, strict=True):
        if day not in known:
            sums.go_to(day)
            known[day] = _day(sums)
        yield base, known[day]
        base += day[0].length


def _day(sums: _Sums) -> _Day:
    moments = sorted(sums.running)
    levels = accumulate(sums.running[at] for at in moments)
    most, after = max(zip(levels, (-at for at in moments), strict=True), default=(0, 0))
    crowded = {minute: count for minute, count in sums.due.items() if count >= LEAST}
    return _Day(most, max(-after, 0) * _MOMENT, sums.due.total(), crowded)


def _running(outcome: Outcome) -> _Profile:
    profile: Counter[int] = Counter()
    if outcome.is_running:
        profile[_BEFORE] += 1
    for after, piece in outcome.pieces():
        for event in piece.events:
            if event.step:
                profile[(after + event.after) // _MOMENT] += event.step
    return profile


def _due(outcome: Outcome) -> _Profile:
    return Counter(
        (after + slot) // _MINUTE for after, piece in outcome.pieces() for slot in piece.due
    )


def _herds(days: Sequence[tuple[datetime, _Day]], length: timedelta) -> tuple[Herd, ...]:
    bound = max(LEAST, TIMES * sum(day.slots for _, day in days) * _MINUTE / length)
    herds: dict[int, Herd] = {}
    for base, day in days:
        for minute, crons in day.crowded.items():
            if crons >= bound:
                _note(herds, base + minute * _MINUTE, crons)
    return tuple(sorted(herds.values(), key=lambda each: (-each.crons, each.minute)))


def _note(herds: dict[int, Herd], at: datetime, crons: int) -> None:
    minute = at.hour * 60 + at.minute
    known = herds.get(minute, Herd(minute, 0, 0, at))
    is_more = crons > known.crons
    herds[minute] = Herd(
        minute, crons if is_more else known.crons, known.days + 1, at if is_more else known.at
    )
