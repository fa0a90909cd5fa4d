"""Monitors far away are told in order for each execution, and hold nobody up."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from tests.conftest import eventually
from tests.samples import HOUR, NOON, make_cron, make_execution
from wlcron.core.execution import Change, Status
from wlcron.core.planning import Plan
from wlcron.monitor import MonitorError
from wlcron.services.notifier import Notifier
from wlcron.services.relay import MOST, Relay
from wlcron.stores.memory import MemoryStore


@dataclass
class Far:
    """A monitor that answers when it is let, or says why it does not."""

    name: str = "far"
    heard: list[tuple[str, Status]] = field(default_factory=list)
    refusals: list[Exception] = field(default_factory=list)
    is_open: asyncio.Event = field(default_factory=asyncio.Event)

    async def signal(self, change: Change) -> None:
        """Hear of a change."""
        await self.is_open.wait()
        if self.refusals:
            raise self.refusals.pop(0)
        self.heard.append((change.execution.id, change.execution.status))


def changes(name: str = "tidy", count: int = 1) -> list[Change]:
    """Return the changes of executions from their start to their end."""
    made = []
    for number in range(count):
        execution = make_execution(make_cron(name), id=f"{name}-{number}")
        for status in (Status.RUNNING, Status.SUCCESS):
            made.append(Change(replace(execution, status=status), None, NOON))  # noqa: PERF401 -- two loops read better
    return made


@pytest.fixture
async def far() -> Far:
    """Return a monitor that answers."""
    monitor = Far()
    monitor.is_open.set()
    return monitor


def clock() -> datetime:
    """Return noon."""
    return NOON


@pytest.fixture
async def relay(far: Far) -> AsyncIterator[Relay]:
    """Return what leads there."""
    relay = Relay(far, clock, first_delay=0.001)
    yield relay
    await relay.close()


async def test_changes_are_told_in_order_for_each_execution(far: Far, relay: Relay) -> None:
    """Each once, however often the outbox names it."""
    told = changes(count=20)
    assert relay.take(told) == []
    await eventually(lambda: len(relay.take(told)) == len(told))
    for number in range(20):
        own = [status for id_, status in far.heard if id_ == f"tidy-{number}"]
        assert own == [Status.RUNNING, Status.SUCCESS]
    assert len(far.heard) == len(told)


async def test_who_does_not_answer_is_asked_again(far: Far, relay: Relay) -> None:
    """The end of an execution waits for its start."""
    far.refusals = [MonitorError("no answer")] * 3
    told = changes()
    relay.take(told)
    await eventually(lambda: len(relay.take(told)) == len(told))
    assert [status for _, status in far.heard] == [Status.RUNNING, Status.SUCCESS]


@pytest.mark.parametrize(
    "refusal", [MonitorError("403: the key", is_permanent=True), ValueError("a fault")]
)
async def test_what_is_refused_is_given_up(far: Far, relay: Relay, refusal: Exception) -> None:
    """It holds up no other change, and no alert."""
    far.refusals = [refusal]
    told = changes()
    relay.take(told)
    await eventually(lambda: len(relay.take(told)) == len(told))
    assert [status for _, status in far.heard] == [Status.SUCCESS]


async def test_what_is_an_hour_old_is_given_up(far: Far) -> None:
    """A monitor has long cried for itself by then."""
    relay = Relay(far, lambda: NOON + 2 * HOUR)
    far.refusals = [MonitorError("no answer")]
    told = changes()
    relay.take(told)
    await eventually(lambda: len(relay.take(told)) == len(told))
    await relay.close()
    assert relay.problem == ""


async def test_a_dead_monitor_hides_no_change(far: Far, relay: Relay) -> None:
    """So many wait for it at most; what comes then is given up, and the outbox goes on."""
    far.is_open.clear()
    waiting = changes(count=MOST // 2)
    assert relay.take(waiting) == []
    newer = changes("newer")
    assert relay.take([*waiting, *newer]) == newer
    far.is_open.set()
    await eventually(lambda: len(relay.take(waiting)) == len(waiting))
    assert len(far.heard) == MOST


async def test_a_change_is_announced_when_all_were_told(far: Far, relay: Relay) -> None:
    """Promise 6, for those far away too; who is near is told once."""
    from wlcron.core.planning import Plan

    far.is_open.clear()
    store, near = MemoryStore(), Far("near")
    near.is_open.set()
    cron = make_cron()
    assert await store.put_cron(cron)
    stored = await store.cron("tidy")
    assert stored is not None
    await store.commit([Plan(stored, (make_execution(stored),), stored.next_due)])
    notifier = Notifier(store, [near], [relay])
    for _ in range(3):
        await notifier.tick(NOON)
    assert len(await store.unannounced(10)) == 1
    assert len(near.heard) == 1
    far.is_open.set()

    async def is_announced() -> bool:
        await notifier.tick(NOON)
        return await store.unannounced(10) == []

    await eventually(is_announced)
    assert (len(near.heard), len(far.heard)) == (1, 1)


async def test_a_monitor_that_is_away_holds_up_no_other(far: Far) -> None:
    """Each is shown all changes, though they are announced when all of them have them."""
    store, away = MemoryStore(), Far("away")
    await store.put_cron(make_cron())
    cron = await store.cron(make_cron().name)
    assert cron is not None
    await store.commit([Plan(cron, (make_execution(cron),), NOON + HOUR)])
    relays = [Relay(away, clock), Relay(far, clock)]
    notifier = Notifier(store, relays=relays)

    async def is_heard() -> bool:
        await notifier.tick(NOON)
        return bool(far.heard)

    await eventually(is_heard)
    assert await store.unannounced(1)
    away.is_open.set()

    async def is_announced() -> bool:
        await notifier.tick(NOON)
        return not await store.unannounced(1)

    await eventually(is_announced)
    assert (len(away.heard), len(far.heard)) == (1, 1)
    for relay in relays:
        await relay.close()
