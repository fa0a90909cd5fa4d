"""The one loop: calls each duty when it asked to be called, or when it is woken."""

import asyncio
import contextlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from wlcron.clock import Clock

# A wall clock can be set; nobody sleeps for longer than this before looking at it again.
LONGEST_SLEEP = timedelta(seconds=10)
FIRST_DELAY = timedelta(seconds=1)
LONGEST_DELAY = timedelta(minutes=1)
_log = structlog.get_logger("wlcron.runner")


class Duty(Protocol):
    """One small thing that has to be done again and again."""

    async def tick(self, now: datetime) -> datetime:
        """Do what is due at `now` (zone-aware), and return when to be called again."""


@dataclass(slots=True)
class _Post:
    duty: Duty
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    failures: int = 0
    problem: str = ""


class Runner:
    """Keeps duties going until it is cancelled; one that fails is tried again, more slowly."""

    def __init__(self, clock: Clock, longest_sleep: timedelta = LONGEST_SLEEP) -> None:
        self._clock = clock
        self._longest_sleep = longest_sleep
        self._posts: dict[str, _Post] = {}

    def add(self, name: str, duty: Duty) -> None:
        """Take on a duty."""
        self._posts[name] = _Post(duty)

    def wake(self, *names: str) -> None:
        """Have these duties called at once; a name that is not on duty here is no error."""
        for name in names:
            if name in self._posts:
                self._posts[name].woken.set()

    def problems(self) -> Mapping[str, str]:
        """Return what last went wrong, by duty, for those that fail now."""
        return {name: post.problem for name, post in self._posts.items() if post.problem}

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
        try:
            again: datetime = await post.duty.tick(self._clock())
        except Exception as error:  # noqa: BLE001 -- no fault of one duty may end the service
            post.failures += 1
            post.problem = f"{name} failed {post.failures} times in a row: {error}"
            _log.exception("duty failed", duty=name, failures=post.failures)
            return self._clock() + min(FIRST_DELAY * (1 << min(post.failures, 10)), LONGEST_DELAY)
        post.failures, post.problem = 0, ""
        return again
