"""One service: its duties work together, and end together."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest

from tests.conftest import eventually
from tests.samples import HOUR, MINUTE, NOON
from tests.stores.rows import add, commit, row
from wlcron.core.cron import Cron
from wlcron.core.execution import Execution, Observation, Status
from wlcron.engines.fake import FakeEngine, Script
from wlcron.errors import WlcronError
from wlcron.service import Service, build_service
from wlcron.store import Claim
from wlcron.stores.memory import MemoryStore


def noon() -> datetime:
    """Return what time it is: always the same, so that who sleeps is only woken by others."""
    return NOON


class NotingStore(MemoryStore):
    """Counts how often the launcher looked for what it could start."""

    claims = 0

    async def claim(self, *asked: Any, **more: Any) -> list[Claim]:  # noqa: ANN401 -- passed on
        """Count, and claim."""
        self.claims += 1
        return await super().claim(*asked, **more)


class Broken:
    """A duty whose answer nobody can work with."""

    async def tick(self, now: datetime) -> datetime:
        """Return a time without a zone."""
        return now.replace(tzinfo=None)


@dataclass
class World:
    """A service in memory whose starts wait until they are let go."""

    store: NotingStore = field(default_factory=NotingStore)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    def service(self, places: int = 1) -> Service:
        """Return it with an engine that starts so many at once."""
        return build_service(self.store, HesitantEngine(self, places), noon)

    async def statuses(self) -> list[Status]:
        """Return how far all executions are."""
        crons = await self.store.crons()
        rows = await self.store.executions([cron.id for cron in crons], 10)
        return [row.status for row in rows]

    def every(self, status: Status) -> Callable[[], Awaitable[bool]]:
        """Return what asks whether all executions are that far."""

        async def asked() -> bool:
            statuses = await self.statuses()
            return bool(statuses) and set(statuses) == {status}

        return asked


class HesitantEngine(FakeEngine):
    """Starts when the world lets it."""

    def __init__(self, world: World, places: int) -> None:
        super().__init__(lambda _: Script(run_for=MINUTE), noon)
        self.starts_at_once = places
        self._world = world

    async def start(self, execution: Execution, cron: Cron) -> Observation:
        """Wait, and start it."""
        self._world.begun.set()
        await self._world.let_go.wait()
        return await super().start(execution, cron)


@pytest.fixture
def world() -> World:
    """Return a world at noon."""
    return World()


async def test_what_is_due_is_started_at_once(world: World) -> None:
    """The scheduler wakes the launcher; by the clock, which stands still, it would sleep on."""
    world.let_go.set()
    service = world.service()
    async with service.at_work():
        await eventually(lambda: world.store.claims == 1)
        await add(world.store)
        service.runner.wake("scheduler")
        await eventually(world.every(Status.RUNNING))


async def test_a_start_that_is_over_makes_place_for_the_next_one(world: World) -> None:
    """It is taken at once: a launcher with no place left is woken by its own starts."""
    for name in ("a", "b", "c"):
        await commit(world.store, row(await add(world.store, name, next_due=None)))
    async with world.service(places=1).at_work():
        await world.begun.wait()
        assert sorted(await world.statuses()) == ["PENDING", "PENDING", "STARTING"]
        world.let_go.set()
        await eventually(world.every(Status.RUNNING))


async def test_a_start_in_flight_is_waited_for_at_the_end(world: World) -> None:
    """What became of it is on record before the service is gone."""
    await add(world.store)
    work = world.service().at_work()
    await work.__aenter__()
    await world.begun.wait()
    leaving = asyncio.ensure_future(work.__aexit__(None, None, None))
    assert not (await asyncio.wait([leaving], timeout=0.1))[0]
    world.let_go.set()
    await leaving
    assert await world.statuses() == [Status.RUNNING]


async def test_a_service_that_broke_ends(world: World) -> None:
    """Whoever runs it is called, so that nobody takes it for one that works."""
    service, told = world.service(), asyncio.Event()
    service.runner.add("broken", Broken())
    with pytest.raises(WlcronError, match="start it again"):
        async with service.at_work(told.set):
            await eventually(told.is_set)


async def test_a_service_that_is_ended_is_not_broken(world: World) -> None:
    """Nobody is called."""
    told = asyncio.Event()
    async with world.service().at_work(told.set):
        pass
    assert not told.is_set()


@dataclass
class Clock:
    """A clock that is set by hand."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        """Return what it shows."""
        return self.now


async def test_a_slot_is_not_skipped_for_what_ended_while_no_server_was_here() -> None:
    """Ends are heard of before anything is planned."""
    clock, store = Clock(NOON - HOUR), MemoryStore()
    engine = FakeEngine(lambda _: Script(run_for=MINUTE), clock, is_timed=False)
    cron = await add(store, next_due=NOON - HOUR)
    async with build_service(store, engine, clock).at_work():
        await eventually(lambda: bool(engine.starts))
        await eventually(lambda: _is_running(store, cron))
    clock.now = NOON
    async with build_service(store, engine, clock).at_work():
        await eventually(lambda: engine.starts.total() == 2)
    rows = await store.executions([cron.id], 10)
    assert rows[-1].status is Status.SUCCESS
    assert Status.SKIPPED not in {row.status for row in rows}


async def _is_running(store: MemoryStore, cron: Cron) -> bool:
    return any(row.status is Status.RUNNING for row in await store.executions([cron.id], 1))
