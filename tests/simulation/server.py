"""One server: a real service over the wire, on a clock of its own."""

import asyncio
from collections.abc import Callable
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from tests.simulation.containers import Home
from tests.simulation.engine import ServersEngine
from tests.simulation.loop import OWNER, Process, State, begin
from tests.simulation.outside import CHANNELS, ServersChannel, ServersMonitor
from tests.simulation.plan import Shape
from tests.simulation.store import Audit, servers_store
from tests.simulation.wire import Sender, Wire
from wlcron.commands import Desk
from wlcron.core.routing import Route, Routing
from wlcron.deliveries import Deliveries
from wlcron.service import Alerts, Outside, Service, build_service
from wlcron.services.alerting import Policy
from wlcron.store import Keeping
from wlcron.triggers.clock import Clock

BASE = datetime(2026, 11, 23, 12, tzinfo=UTC)
PATIENCE = timedelta(minutes=1)
ROUTING = Routing(tuple(Route(channel=name) for name in CHANNELS))


@dataclass(slots=True)
class ServerClock:
    """Goes wrong by so many seconds, and by so many more with each second."""

    now: Callable[[], float]
    offset: float = 0.0
    drift: float = 0.0

    def __call__(self) -> datetime:
        """Return what time this server believes that it is."""
        passed = self.now()
        return BASE + timedelta(seconds=passed + self.offset + passed * self.drift)

    def correct(self) -> None:
        """Have it show the true time."""
        self.offset = self.drift = 0.0


@dataclass(slots=True)
class Body:
    """A server while it lives: what one process holds."""

    process: Process
    engine: ServersEngine
    service: Service
    desk: Desk
    deliveries: Deliveries
    leave: asyncio.Event


@dataclass(slots=True)
class Server:
    """A place for one server, which dies and comes back."""

    index: int
    clock: ServerClock
    home: Home
    shape: Shape
    wire: Wire
    audit: Audit
    on_break: Callable[[str], None]
    body: Body | None = None
    processes: list[Process] = field(default_factory=list)  # of all its lives

    @property
    def is_up(self) -> bool:
        """Whether it is there and gets on with its work."""
        return self.body is not None and self.body.process.state is State.RUNNING

    def start(self) -> None:
        """Begin a new life, unless it has one; who is about to leave is waited for."""
        if self.body is not None and self.body.process.state is not State.DEAD:
            if self.body.leave.is_set():
                asyncio.get_running_loop().call_later(1.0, self.start)
            return
        process = Process(f"s{self.index}.{len(self.processes) + 1}")
        self.processes.append(process)
        context = copy_context()
        context.run(OWNER.set, process)
        self.body = body = context.run(self._build, process)
        self.wire.journal.note(f"{process.name} begins")
        begin(process, self._live(body))

    def kill(self) -> None:
        """End it where it is."""
        if self.body is not None and self.body.process.state is not State.DEAD:
            self.wire.journal.note(f"{self.body.process.name} is killed")
            self.wire.weather.upset()
            self.body.process.kill()

    def thaw(self) -> None:
        """Have it go on, if it was frozen."""
        if self.body is not None and self.body.process.state is State.FROZEN:
            self.wire.journal.note(f"{self.body.process.name} goes on")
            self.wire.weather.upset()
            self.body.process.thaw()

    async def _live(self, body: Body) -> None:
        try:
            async with body.service.at_work(body.leave.set):
                await body.leave.wait()
        except Exception as error:  # noqa: BLE001 -- nothing of the kind is promised
            self.on_break(f"{body.process.name} broke: {error!r}")
        body.process.kill()
        self.wire.journal.note(f"{body.process.name} has left")

    def _build(self, process: Process) -> Body:
        sender = Sender(self.index, process)
        store = servers_store(sender, self.wire, self.audit)
        shared = self.shape.is_shared
        engine = ServersEngine(sender, self.wire, self.home, self.audit, is_shared=shared)
        told = self.audit.told
        channels = [ServersChannel(name, sender, self.wire, told) for name in CHANNELS]
        outside = Outside(
            monitors=[ServersMonitor("near", sender, self.wire, told, self.clock)],
            far_monitors=[ServersMonitor("far", sender, self.wire, told, self.clock)],
            alerts=Alerts(channels=channels, policy=Policy(routing=ROUTING)),
            patience=PATIENCE if self.shape.is_triggered else timedelta(0),
            tell_every=timedelta(seconds=self.shape.tell_every),
        )
        keeping = replace(Keeping(), keep=self.shape.keep)
        service = build_service(store, engine, self.clock, outside, keeping)
        service.observer.uptime = self.clock.now
        wake = service.runner.wake
        deliveries = Deliveries(store, service.launcher, on_pending=lambda: wake("launcher"))
        desk = Desk(store, engine, Clock(), starter=service.launcher, routing=ROUTING)
        return Body(process, engine, service, desk, deliveries, asyncio.Event())
