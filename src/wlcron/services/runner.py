"""The one loop: calls each duty when it asked to be called, or when it is woken."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from wlcron.clock import Clock
from wlcron.services.progress import Moment, Progress

# A wall clock can be set; nobody sleeps for longer than this before looking at it again.
LONGEST_SLEEP = timedelta(seconds=10)
FIRST_DELAY = timedelta(seconds=1)
LONGEST_DELAY = timedelta(minutes=1)
LONGEST_TICK = timedelta(minutes=2)  # of a duty that works in small pieces
_log = structlog.get_logger("wlcron.runner")


class Duty(Protocol):
    """One small thing that has to be done again and again."""

    async def tick(self, now: datetime) -> datetime:
        """Do what is due at `now` (zone-aware), and return when to be called again."""


@dataclass(slots=True)
class _Post:
    duty: Duty
    progress: Progress
    woken: asyncio.Event = field(default_factory=asyncio.Event)


class Runner:
    """Keeps duties going until it is cancelled; one that fails is tried again, more slowly."""

    def __init__(
        self,
        clock: Clock,
        longest_sleep: timedelta = LONGEST_SLEEP,
        uptime: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._longest_sleep = longest_sleep
        self._uptime = uptime  # in seconds: no wall clock moves it
        self._posts: dict[str, _Post] = {}

    def add(self, name: str, duty: Duty, longest_tick: timedelta = LONGEST_TICK) -> None:
        """Take on a duty; `longest_tick` is more than any of its ticks takes while all is well."""
        self._posts[name] = _Post(duty, Progress(duty=name, longest_tick=longest_tick))

    def wake(self, *names: str) -> None:
        """Have these duties called at once; a name that is not on duty here is no error."""
        for name in names:
            if name in self._posts:
                self._posts[name].woken.set()

    def progress(self) -> list[Progress]:
        """Return how far each duty is."""
        return [post.progress for post in self._posts.values()]

    def problems(self) -> Mapping[str, str]:
        """Return what is wrong, by duty, with those that do not get on now."""
        now = self._now()
        found = {name: post.progress.problem(now) for name, post in self._posts.items()}
        return {name: problem for name, problem in found.items() if problem}

    async def run(self) -> None:
        """Drive all duties until cancelled."""
        async with asyncio.TaskGroup() as group:
            for name, post in self._posts.items():
                group.create_task(self._drive(name, post), name=name)

    async def _drive(self, name: str, post: _Post) -> None:
        while True:
            post.woken.clear()
            await self._rest(await self._tick(name, post), post.woken)

    async def _rest(self, again: datetime, woken: asyncio.Event) -> None:
        """Sleep until `again` by the clock, until woken, or until the clock was set back."""
        await asyncio.sleep(0)  # who is called again at once must not keep the others from work
        left = longest = again - self._clock()
        while timedelta(0) < left <= longest and not woken.is_set():
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(left, self._longest_sleep).total_seconds()):
                    await woken.wait()
            left = again - self._clock()

    async def _tick(self, name: str, post: _Post) -> datetime:
        begun = self._now()
        post.progress = known = replace(post.progress, begun=begun, due=None)
        try:
            again: datetime = await post.duty.tick(begun.at)
        except Exception as error:  # noqa: BLE001 -- no fault of one duty may end the service
            failures, ended = known.failures + 1, self._now()
            _log.exception("duty failed", duty=name, failures=failures)
            again = ended.at + min(FIRST_DELAY * (1 << min(failures, 10)), LONGEST_DELAY)
            known = replace(known, failures=failures, error=str(error))
        else:
            ended = self._now()
            known = replace(known, last=ended, failures=0, error="")
        due = Moment(again, ended.uptime + (again - ended.at).total_seconds())
        post.progress = replace(known, begun=None, due=due)
        return again

    def _now(self) -> Moment:
        return Moment(self._clock(), self._uptime())
