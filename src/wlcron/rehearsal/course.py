"""One cron's way through the time that is rehearsed, day by day, hour by hour.

What happens in a stretch of time depends on the state at its beginning, on the slots and on what
is down in it, all seen from its beginning, and on nothing else. So each such stretch is played
once, and remembered.
"""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from wlcron.rehearsal.outcome import Outcome, joined, outcome_of
from wlcron.rehearsal.parts import Part, Setting
from wlcron.rehearsal.patterns import Patterns
from wlcron.rehearsal.state import State, state_key
from wlcron.rehearsal.world import World

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class _Place:
    """A state, and when it was put down: nothing has happened since."""

    state: State
    at: datetime

    def key(self, now: datetime, part: Part) -> Hashable:
        """Return what tells it from other states at an instant."""
        by = now - self.at
        return state_key(self.state, self.state.at + by, part.horizon) if by else self.state.key

    @property
    def wakes_at(self) -> datetime | None:
        """When something happens next by itself."""
        wakes = self.state.wakes_at
        return wakes and wakes + (self.at - self.state.at)


@dataclass(frozen=True, slots=True)
class _Known:
    """What a stretch came to, and the place at its end."""

    outcome: Outcome
    state: State
    since: timedelta  # before the end


class Course:
    """Plays one part; `remembers` False: all of it, as one server lives through it."""

    def __init__(self, part: Part, setting: Setting, *, remembers: bool = True) -> None:
        self._part = part
        self._setting = setting
        self._remembers = remembers
        self._patterns = Patterns(part, setting)
        self._known: dict[Hashable, _Known] = {}
        self._idle: dict[tuple[timedelta, bool], Outcome] = {}
        self._joined: dict[tuple[Outcome, ...], Outcome] = {}
        self._where: World | _Place = World(part, setting, setting.begin - _MOMENT)

    async def play(self, days: Sequence[datetime]) -> list[Outcome]:
        """Return the outcome of each stretch between two of these instants."""
        if isinstance(self._where, World):
            await self._where.begin()
        return [await self._stretch(start, end) for start, end in pairwise(days)]

    async def _stretch(self, start: datetime, end: datetime) -> Outcome:
        """Return what comes of a day, or of what there is of the first and the last one."""
        where = self._where
        if isinstance(where, _Place) and self._is_idle(where, start, end):
            return self._nothing(where, end - start)
        key = self._day_key(start, end)
        if (known := self._recall(key, end)) is not None:
            return known
        hours = tuple([await self._hour(a, b) for a, b in _hours(start, end)])
        if hours not in self._joined:
            self._joined[hours] = joined(hours)
        return self._remember(key, self._joined[hours], end)

    async def _hour(self, start: datetime, end: datetime) -> Outcome:
        where = self._where
        if isinstance(where, _Place) and self._is_idle(where, start, end):
            return self._nothing(where, end - start)
        key = self._hour_key(start, end)
        if (known := self._recall(key, end)) is not None:
            return known
        return self._remember(key, await self._live(start, end), end)

    async def _live(self, start: datetime, end: datetime) -> Outcome:
        """Let a world live through it, and put it down if that can be."""
        world = await self._world_at(start)
        is_running = world.is_running
        await world.play(end)
        events, due = world.taken(start)
        state = await world.put_down() if self._remembers else None
        self._where = world if state is None else _Place(state, end - _MOMENT)
        slots = tuple(slot - start for slot in due)
        return outcome_of(end - start, events, slots, is_running=is_running)

    async def _world_at(self, start: datetime) -> World:
        place = self._where
        if isinstance(place, World):
            return place
        world = World(self._part, self._setting, place.at)
        await world.resume(place.state)
        await world.play(start)
        return world

    def _is_idle(self, place: _Place, start: datetime, end: datetime) -> bool:
        """Whether nothing happens before an instant."""
        wakes_at = place.wakes_at
        if wakes_at is not None and wakes_at < end:
            return False
        if self._part.cron.definition.notifications.no_success_for is None:
            return True
        # A server that starts just before a success is expected is late by a look.
        edge = self._setting.server.next_edge(start - _MOMENT)
        return edge is None or edge >= end

    def _nothing(self, place: _Place, length: timedelta) -> Outcome:
        key = length, place.state.running is not None
        if key not in self._idle:
            self._idle[key] = outcome_of(length, (), (), is_running=key[1])
        return self._idle[key]

    def _day_key(self, start: datetime, end: datetime) -> Hashable | None:
        place = self._where
        if isinstance(place, World) or end - start != DAY:
            return None
        pattern = self._patterns.of_day(start, end)
        return None if pattern is None else (pattern, place.key(start - _MOMENT, self._part))

    def _hour_key(self, start: datetime, end: datetime) -> Hashable | None:
        place = self._where
        if isinstance(place, World):
            return None
        return self._patterns.of_hour(start, end), place.key(start - _MOMENT, self._part)

    def _recall(self, key: Hashable | None, end: datetime) -> Outcome | None:
        known = None if key is None else self._known.get(key)
        if known is None:
            return None
        self._where = _Place(known.state, end - known.since)
        return known.outcome

    def _remember(self, key: Hashable | None, outcome: Outcome, end: datetime) -> Outcome:
        place = self._where
        if key is not None and isinstance(place, _Place):
            self._known[key] = _Known(outcome, place.state, end - place.at)
        return outcome


def _hours(start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
    while start < end:
        following = start.replace(minute=0, second=0, microsecond=0) + HOUR
        yield start, min(following, end)
        start = following
