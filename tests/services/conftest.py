"""A whole service in memory, on a clock that stands still until it is told to move."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pytest

from tests.samples import NOON, make_cron
from wlcron.core.cron import Cron
from wlcron.core.execution import Execution
from wlcron.engines.fake import FakeEngine, Script
from wlcron.services.launcher import Launcher
from wlcron.services.observer import Observer
from wlcron.services.scheduler import Scheduler
from wlcron.stores.memory import MemoryStore


@dataclass
class World:
    """Store, engine and duties; `script` says what becomes of executions."""

    now: datetime = NOON
    script: Callable[[Execution], Script] = lambda _: Script(run_for=timedelta(minutes=1))
    store: MemoryStore = field(default_factory=MemoryStore)
    set_by: timedelta = timedelta(0)

    def __post_init__(self) -> None:
        """Put the parts together, all on this world's clock."""
        self.engine = FakeEngine(self._fate, self.steady_clock)
        self.restart()

    def clock(self) -> datetime:
        """Return what time it is."""
        return self.now

    def steady_clock(self) -> datetime:
        """Return what time it would be had nobody set the clock; guards go by it."""
        return self.now - self.set_by

    def uptime(self) -> float:
        """Return the seconds that have passed."""
        return self.steady_clock().timestamp()

    def _fate(self, execution: Execution) -> Script:
        return self.script(execution)

    def restart(self) -> None:
        """Begin the duties anew, as after a crash: nothing is kept but store and engine."""
        self.scheduler = Scheduler(self.store)
        self.launcher = Launcher(self.store, self.engine, self.clock)
        self.observer = Observer(self.store, self.engine, uptime=self.uptime)

    async def add(self, **options: object) -> Cron:
        """Save a cron and return it as it is stored."""
        cron = make_cron(**options)  # type: ignore[arg-type]  # test data
        assert await self.store.put_cron(cron)
        return await self.cron(cron.name)

    async def cron(self, name: str = "tidy") -> Cron:
        """Return a cron as it is stored."""
        cron = await self.store.cron(name)
        assert cron is not None
        return cron

    async def rows(self, name: str = "tidy") -> list[Execution]:
        """Return a cron's executions, oldest slot first."""
        return (await self.store.executions([(await self.cron(name)).id], 1000))[::-1]

    def set_clock(self, by: timedelta) -> None:
        """Set the wall clock, ahead or back, in no time."""
        self.now += by
        self.set_by += by

    async def pass_time(self, duration: timedelta = timedelta(0)) -> None:
        """Move the clock and let each duty tick once."""
        self.now += duration
        await self.scheduler.tick(self.now)
        await self.launcher.tick(self.now)
        await self.launcher.drain()
        await self.observer.tick(self.now)


@pytest.fixture
def world() -> World:
    """Return a world at noon."""
    return World()
