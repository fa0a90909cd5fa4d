"""Alerts in memory: a store, what opens and closes incidents, and channels that note what comes."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import pytest

from tests.samples import DAY, MINUTE, NOON, SECOND, make_cron, make_execution
from wlcron.channel import Alert, ChannelError
from wlcron.core.cron import AfterTime, Cron, InARow, Notifications, Severity
from wlcron.core.execution import ACTIVE, Change, Execution, Status
from wlcron.core.incident import Condition, Incident
from wlcron.core.planning import Plan
from wlcron.core.routing import Route, Routing
from wlcron.engines.fake import FakeEngine, Script
from wlcron.outlet import Outlet
from wlcron.services.alerting import (
    Alerter,
    Messenger,
    Policy,
    Reporter,
    Teller,
    Timers,
    Watcher,
)
from wlcron.stores.memory import MemoryStore

ALL = Notifications(
    failed=InARow(Severity.CRITICAL),
    ran_longer_than=AfterTime(Severity.WARNING, 2 * MINUTE),
    not_started_within=AfterTime(Severity.ERROR, 5 * MINUTE),
    no_success_for=AfterTime(Severity.ERROR, DAY),
)


@dataclass
class Listening:
    """A channel that notes what it takes; `refusal` is raised in place of taking it."""

    name: str = "slack"
    kind: str = "test"
    heard: list[Alert] = field(default_factory=list)
    refusal: ChannelError | None = None
    on_send: Callable[[], Awaitable[None]] | None = None

    async def send(self, alert: Alert) -> str:
        """Take an alert."""
        if self.on_send is not None:
            await self.on_send()
        if self.refusal is not None:
            raise self.refusal
        self.heard.append(alert)
        return "ok"

    async def close(self) -> None:
        """Do nothing."""

    def steps(self) -> list[tuple[str, str]]:
        """Return what was heard: condition and step."""
        return [(alert.condition, alert.step) for alert in self.heard]


@dataclass
class Alerts:
    """One or more servers on one store, at a time that stands still until it is told to move."""

    now: datetime = NOON
    store: MemoryStore = field(default_factory=MemoryStore)
    channels: Mapping[str, Listening] = field(default_factory=lambda: {"slack": Listening()})
    policy: Policy = field(default_factory=Policy)
    flood_after: int = 20

    def __post_init__(self) -> None:
        """Begin as a server does."""
        routes = tuple(Route(channel=name) for name in self.channels)
        self.policy = replace(self.policy, routing=Routing(routes))
        self.engine = FakeEngine(lambda _: Script(), self.clock)
        self.restart()

    def restart(self) -> None:
        """Begin anew, remembering nothing."""
        self.timers = Timers()
        self.alerter = Alerter(self.store, self.policy.routing, self.clock, self.timers)
        self.outlets = {
            name: Outlet(channel, self.clock, self.flood_after)
            for name, channel in self.channels.items()
        }
        crons = self.alerter.crons
        self.reporter = Reporter(self.store, self.engine, crons, self.clock, "test")
        messenger = Messenger(
            self.store, self.outlets, self.reporter, self.policy.routing, self.clock
        )
        self.teller = Teller(self.store, messenger, crons, self.policy, self.clock)
        self.watcher = Watcher(self.store, self.alerter, self.timers)

    def clock(self) -> datetime:
        """Return what time it is."""
        return self.now

    async def cron(
        self, name: str = "tidy", notifications: Notifications = ALL, **more: object
    ) -> Cron:
        """Create a cron that wants to be told."""
        cron = make_cron(name, **more)  # type: ignore[arg-type]  # test data
        definition = replace(cron.definition, notifications=notifications)
        assert await self.store.put_cron(replace(cron, definition=definition, created_at=NOON))
        found = await self.store.cron(name)
        assert found is not None
        return found

    async def row(self, cron: Cron, status: Status, minutes: int = 0, **more: object) -> Execution:
        """Record an execution of the slot so many minutes after noon, and judge its change."""
        slot = NOON + minutes * MINUTE
        has_run = status in {Status.RUNNING, Status.SUCCESS, Status.FAILED}
        fields: dict[str, object] = {
            "id": f"{cron.name}-{minutes}",
            "slot": slot,
            "created_at": slot,
            "status": status,
            "reason": "exit code 1",
            "started_at": slot if has_run else None,
            "ended_at": None if status in ACTIVE else slot + SECOND,
        }
        execution = make_execution(cron, **(fields | more))
        known = await self.store.execution(execution.id)
        if known is None:
            await self.store.commit([Plan(cron, (execution,), cron.next_due)])
        else:
            assert await self.store.apply(Change(execution, known.status, self.now))
        await self.alerter.signal(Change(execution, None, self.now))
        return execution

    async def tell(self, after: timedelta = timedelta(0)) -> None:
        """Let time pass, and tell what is due."""
        self.now += after
        await self.teller.tick(self.now)
        await self.teller.drain()

    async def watch(self, after: timedelta = timedelta(0)) -> None:
        """Let time pass, and notice what did not happen."""
        self.now += after
        await self.watcher.tick(self.now)

    async def incident(
        self, cron: Cron, condition: Condition = Condition.FAILED
    ) -> Incident | None:
        """Return the latest incident."""
        return await self.store.incident(cron.id, condition)


@pytest.fixture
def alerts() -> Alerts:
    """Return one server with one channel."""
    return Alerts()


@pytest.fixture
def slack(alerts: Alerts) -> Listening:
    """Return its channel."""
    return alerts.channels["slack"]


async def fail(alerts: Alerts, name: str = "tidy") -> Cron:
    """Return a cron that has just failed."""
    cron = await alerts.cron(name)
    await alerts.row(cron, Status.FAILED)
    return cron
