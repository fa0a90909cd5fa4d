"""The duties of one service, put together around a store and an engine."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wlcron.engine import Engine
from wlcron.monitor import Monitor
from wlcron.services.janitor import Janitor
from wlcron.services.launcher import Launcher
from wlcron.services.notifier import Notifier
from wlcron.services.observer import Observer
from wlcron.services.runner import Runner
from wlcron.services.scheduler import Scheduler
from wlcron.store import Store

DRAIN = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Keeping:
    """For how long, and how many executions of a cron are kept."""

    keep_for: timedelta = timedelta(days=30)
    keep: int = 1000


@dataclass(frozen=True, slots=True)
class Service:
    """What schedules, starts and looks after executions until it is told to stop."""

    runner: Runner
    launcher: Launcher
    observer: Observer

    @contextlib.asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        """Do all duties inside the block; at its end starts in flight are waited for."""
        duties = asyncio.create_task(self.runner.run(), name="duties")
        listening = asyncio.create_task(self.observer.listen(), name="listening")
        try:
            yield
        finally:
            duties.cancel()
            await asyncio.gather(duties, return_exceptions=True)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DRAIN.total_seconds()):
                    await self.launcher.drain()
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)


def build_service(
    store: Store,
    engine: Engine,
    clock: Callable[[], datetime],
    monitors: Sequence[Monitor] = (),
    keeping: Keeping = Keeping(),
) -> Service:
    """Put the duties together; each wakes the one that its work is for."""
    runner = Runner(clock)
    launcher = Launcher(store, engine, clock, on_place=lambda: runner.wake("launcher"))
    observer = Observer(store, engine, clock, on_break=lambda: runner.wake("observer"))
    scheduler = Scheduler(store, on_pending=lambda: runner.wake("launcher"))
    runner.add("scheduler", scheduler)
    runner.add("launcher", launcher)
    runner.add("observer", observer)
    runner.add("notifier", Notifier(store, monitors))
    runner.add("janitor", Janitor(store, engine, keeping.keep_for, keeping.keep))
    return Service(runner, launcher, observer)
