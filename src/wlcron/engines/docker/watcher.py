"""Tells what happens: first what is true, then what the daemon's events say, and again."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import suppress

import structlog

from wlcron.core.execution import Kind, Observation
from wlcron.engines.docker.cleaner import Cleaner
from wlcron.engines.docker.connection import DaemonError
from wlcron.engines.docker.events import Events
from wlcron.engines.docker.inspector import Inspector
from wlcron.engines.docker.memory import Memory
from wlcron.engines.docker.news import News, end
from wlcron.engines.docker.observation import Job
from wlcron.engines.docker.output import Copier
from wlcron.engines.docker.request import JOB
from wlcron.errors import EngineUnavailableError

_LOOK_EVERY = 60.0  # seconds between two looks at all containers
_LONGEST_PAUSE = 30.0  # seconds before the daemon is tried again
_ENDS = frozenset({Kind.EXITED, Kind.TIMED_OUT, Kind.REFUSED, Kind.GONE})
_log = structlog.get_logger("wlcron.docker")


class Watcher:
    """Hears of ends by the daemon's events, and looks at its list for what they did not tell."""

    def __init__(
        self,
        events: Events,
        inspector: Inspector,
        memory: Memory,
        copier: Copier,
        cleaner: Cleaner,
        news: News,
    ) -> None:
        self._events = events
        self._inspector = inspector
        self._memory = memory
        self._copier = copier
        self._cleaner = cleaner
        self._news = news
        self._held: Observation | None = None  # yielded, and not known to be recorded

    async def watch(self) -> AsyncGenerator[Observation, None]:
        """Yield what happens; what has ended is removed when the next one is asked for."""
        works = (self._listen(), self._look_again(), self._cleaner.work())
        tasks = [self._news.spawn(work) for work in works]
        try:
            while True:
                self._held = self._held or await self._news.next()
                yield self._held
                if self._held.kind in _ENDS:
                    self._cleaner.put(self._held.execution_id)
                self._held = None
        finally:
            await end(tasks)

    async def _listen(self) -> None:
        failures = 0
        while True:
            try:
                async with self._events.open() as ends:
                    # Looked at when the events flow: nothing can happen unseen in between.
                    await self._look()
                    failures = 0
                    async for job in ends:
                        self._settle(job)
            except (EngineUnavailableError, DaemonError) as error:
                if failures == 0:
                    _log.warning("the daemon's events broke off", problem=str(error))
            failures += 1
            await asyncio.sleep(min(2.0**failures / 2, _LONGEST_PAUSE))

    async def _look_again(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_EVERY)
            with suppress(EngineUnavailableError):
                await self._look()

    def _settle(self, job: Job) -> None:
        """Tell of an end, once, as soon as it is certain; others need not wait for that."""
        if job.execution_id not in self._memory.told:
            self._memory.told.add(job.execution_id)
            self._news.spawn(self._tell_end(job))

    async def _tell_end(self, job: Job) -> None:
        try:
            self._news.tell(await self._inspector.settle(job))
        except EngineUnavailableError:
            self._memory.told.discard(job.execution_id)  # the next look sees it again

    async def _look(self) -> None:
        found = await self._inspector.everything()
        jobs = {job.execution_id: job for job in found if job.role == JOB}
        for job in jobs.values():
            await self._mind(job)
        for guard in found:
            if guard.execution_id not in jobs:
                self._leave(guard.execution_id)

    async def _mind(self, job: Job) -> None:
        """See to it that a job that was found is heard of, or cleared away."""
        if job.execution_id in self._memory.starting:
            return
        if job.is_running:
            await self._adopt(job.execution_id)
        elif not job.never_ran:
            self._copier.begin(job.execution_id)
            self._settle(job)
        else:
            known = await self._inspector.look_up(job.execution_id)
            if known is not None and await self._inspector.is_refused(known):
                self._settle(known)
            else:
                self._leave(job.execution_id)

    async def _adopt(self, execution_id: str) -> None:
        """Take care of a job that runs, maybe since before this server was started."""
        if execution_id not in self._memory.started:
            job = await self._inspector.look_up(execution_id)
            if job is None or not job.is_running or job.started_at is None:
                return
            self._memory.started.setdefault(execution_id, job.started_at)
        self._copier.begin(execution_id)

    def _leave(self, execution_id: str) -> None:
        if execution_id not in self._memory.starting:
            self._cleaner.put(execution_id)
