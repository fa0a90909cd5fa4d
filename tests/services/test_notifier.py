"""The outbox is emptied: every change is told at least once, in order."""

from dataclasses import dataclass, field

from tests.samples import MINUTE, NOON
from tests.services.conftest import World
from wlcron.core.execution import Change, Status
from wlcron.monitors.metrics import Metrics
from wlcron.services.notifier import Notifier


@dataclass
class Listening:
    """A monitor that hears, unless it is deaf to an execution."""

    name: str = "listening"
    deaf_to: str = ""
    heard: list[Status] = field(default_factory=list)

    async def signal(self, change: Change) -> None:
        """Hear of a change."""
        if change.execution.id == self.deaf_to:
            raise OSError("not listening")
        self.heard.append(change.execution.status)


async def test_every_change_is_told_in_order_and_once(world: World) -> None:
    """Promise 6: signals are made from changes."""
    await world.add()
    await world.pass_time()
    await world.pass_time(2 * MINUTE)
    monitor = Listening()
    for _ in range(2):
        await Notifier(world.store, [monitor]).tick(NOON)
    assert monitor.heard == [Status.PENDING, Status.STARTING, Status.RUNNING, Status.SUCCESS]


async def test_what_could_not_be_told_is_told_later_and_holds_up_nobody(world: World) -> None:
    """Promise 6: at least once, and one poison row does not block the rest."""
    await world.add(name="poison")
    await world.add(name="sound")
    await world.pass_time()
    (poison,) = await world.rows("poison")
    monitor = Listening(deaf_to=poison.id)
    await Notifier(world.store, [monitor]).tick(NOON)
    assert monitor.heard == [Status.PENDING, Status.STARTING, Status.RUNNING]
    monitor.deaf_to = ""
    await Notifier(world.store, [monitor]).tick(NOON)
    assert len(monitor.heard) == 6
    assert await world.store.unannounced(10) == []


async def test_metrics_count_ends_by_status(world: World) -> None:
    """What Prometheus fetches is made from changes alone."""
    metrics = Metrics()
    await world.add()
    await world.pass_time()
    await world.pass_time(2 * MINUTE)
    await Notifier(world.store, [metrics]).tick(NOON)
    assert b'wlcron_executions_total{status="SUCCESS"} 1.0' in metrics.text()
    assert b"wlcron_duration_seconds_sum 60.0" in metrics.text()


async def test_nobody_hears_twice_because_another_one_fails(world: World) -> None:
    """Metrics count each change once, whatever the alerts do."""
    await world.add()
    await world.pass_time()
    (row,) = await world.rows()
    steady, failing = Listening(), Listening(deaf_to=row.id)
    notifier = Notifier(world.store, [steady, failing])
    for _ in range(3):
        await notifier.tick(NOON)
    assert steady.heard == [Status.PENDING]
    failing.deaf_to = ""
    await notifier.tick(NOON)
    assert steady.heard == failing.heard
