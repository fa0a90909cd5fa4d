"""A server in memory of which everything that `/metrics` can show is to be seen."""

import asyncio
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from prometheus_client.parser import text_string_to_metric_families

from tests.conftest import eventually
from tests.samples import MINUTE, NOON, make_cron, make_incident
from wlcron.app.metrics import Exposition
from wlcron.channel import Alert, ChannelError
from wlcron.core.execution import Change
from wlcron.engines.fake import FakeEngine, Script
from wlcron.monitor import MonitorError
from wlcron.monitors.metrics import Metrics
from wlcron.outlet import trial
from wlcron.service import Alerts, Outside, build_service
from wlcron.store import Store
from wlcron.stores.memory import MemoryStore

COUNTED_IN_AWS = ("wlcron_aws_calls", "wlcron_sns_messages")  # as app/serving.py has them


@dataclass
class Pager:
    """A channel that takes messages until it is told to fail."""

    name: str = "pager"
    kind: str = "webhook"
    fails: bool = False

    async def send(self, alert: Alert) -> str:
        """Take an alert, or not."""
        if self.fails:
            raise ChannelError(f"no room for {alert.key}")
        return "200"

    async def close(self) -> None:
        """Let go of nothing."""


@dataclass
class Far:
    """A monitor that is told of executions, and of the server."""

    name: str = "far"
    heartbeat: str = "here"
    problem: str = ""

    async def signal(self, change: Change) -> None:
        """Hear of a change."""

    async def beat(self, now: datetime) -> None:
        """Hear of the server."""
        if self.problem:
            raise MonitorError(f"{self.problem} at {now}")


@dataclass
class Shop:
    """Its parts; nothing happens by itself."""

    store: Store = field(default_factory=MemoryStore)
    now: datetime = NOON
    pager: Pager = field(default_factory=Pager)
    far: Far = field(default_factory=Far)
    metrics: Metrics = field(default_factory=Metrics)

    def __post_init__(self) -> None:
        """Put it together."""
        engine = FakeEngine(lambda _: Script(run_for=MINUTE), self.clock)
        alerts = Alerts(channels=[self.pager])
        outside = Outside(monitors=[self.metrics], far_monitors=[self.far], alerts=alerts)
        self.service = build_service(self.store, engine, self.clock, outside)
        self.exposition = Exposition(self.metrics, self.service, self.store, self.clock)

    def clock(self) -> datetime:
        """Return what time it is."""
        return self.now

    async def add(self, name: str = "tidy") -> None:
        """Take on a cron that is due at noon and every ten minutes."""
        await self.store.put_cron(make_cron(name))

    async def pass_time(self, duration: timedelta = timedelta(0)) -> None:
        """Move the clock, and let the duties do their work; nobody is told yet."""
        self.now += duration
        await self.service.scheduler.tick(self.now)
        await self.service.launcher.tick(self.now)
        await self.service.launcher.drain()
        await self.service.observer.tick(self.now)

    async def be_busy(self) -> None:
        """Have one of everything that is shown."""
        await self.add()
        await self.pass_time()
        await self.pass_time(2 * MINUTE)
        await self.service.notifier.tick(self.now)
        await self.store.put_incident(make_incident())
        await self.service.outlets["pager"].prove(trial("pager", "here", self.now))
        for name in COUNTED_IN_AWS:
            self.metrics.follow(name, "Counted elsewhere", "of", lambda: Counter(all=1))

    async def be_driven(self) -> None:
        """Have each duty called by the runner, once at least."""
        runner = self.service.runner
        running = asyncio.create_task(runner.run())
        await eventually(lambda: all(each.last and each.due for each in runner.progress()))
        running.cancel()

    async def close(self) -> None:
        """Let go of the relays' tasks."""
        for relay in self.service.relays:
            await relay.close()


def families(text: bytes) -> Iterator[str]:
    """Yield the names of the families that are shown, as a document would call them."""
    for family in text_string_to_metric_families(text.decode()):
        if not family.name.endswith("_created"):  # by the library: since when a counter counts
            yield f"{family.name}_total" if family.type == "counter" else family.name


def samples(text: bytes) -> dict[str, float]:
    """Return samples by their names with labels, as they are written."""
    lines = [line for line in text.decode().splitlines() if not line.startswith("#")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}
