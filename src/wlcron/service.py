"""The duties of one service, put together around a store and an engine."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial

import structlog

from wlcron.channel import Channel
from wlcron.clock import Clock
from wlcron.core.alerting import BAD
from wlcron.core.execution import Change
from wlcron.engine import Engine
from wlcron.errors import WlcronError
from wlcron.monitor import Beating, Monitor
from wlcron.outlet import FLOOD_AFTER, Outlet
from wlcron.registry import Registry
from wlcron.services.alerting import (
    Alerter,
    Messenger,
    Policy,
    Reporter,
    Teller,
    Timers,
    Watcher,
)
from wlcron.services.heartbeat import Heartbeat
from wlcron.services.janitor import Janitor
from wlcron.services.launcher import Launcher
from wlcron.services.notifier import EVERY, Notifier
from wlcron.services.observer import Observer
from wlcron.services.registrar import Registrar
from wlcron.services.relay import Relay
from wlcron.services.runner import Runner
from wlcron.services.scheduler import Scheduler
from wlcron.services.successes import Successes
from wlcron.store import DEFAULT_KEEPING, Keeping, Store

DRAIN = timedelta(seconds=20)
LOOK_BACK = timedelta(seconds=5)
# Of duties that work through all that there is in one tick. Those that start and tell do not.
LONG_TICK, LONGEST_TICK = timedelta(minutes=15), timedelta(hours=1)
_log = structlog.get_logger("wlcron.service")


@dataclass(frozen=True, slots=True, kw_only=True)
class Alerts:
    """Who is told of incidents, and what messages say of where they come from."""

    channels: Sequence[Channel] = ()
    policy: Policy = field(default_factory=Policy)
    flood_after: int = FLOOD_AFTER  # incidents of a channel within a minute
    source: str = "wlcron"
    link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What is told of executions, and where something is made for crons."""

    monitors: Sequence[Monitor] = ()  # near: told at once, one after the other
    far_monitors: Sequence[Monitor] = ()  # on others' machines: told beside everything else
    alerts: Alerts = field(default_factory=Alerts)
    registries: Sequence[Registry] = ()
    patience: timedelta = timedelta(0)  # of the trigger
    tell_every: timedelta = EVERY  # longer where each look into the outbox is paid for


NOTHING_OUTSIDE = Outside()


@dataclass(frozen=True, slots=True)
class Service:
    """What schedules, starts and looks after executions until it is told to stop."""

    runner: Runner
    scheduler: Scheduler
    launcher: Launcher
    observer: Observer
    notifier: Notifier
    watcher: Watcher
    teller: Teller
    relays: Sequence[Relay]
    outlets: Mapping[str, Outlet]
    successes: Successes
    heartbeat: Heartbeat

    @property
    def away(self) -> Mapping[str, str]:
        """Return why monitors far away were not told, by name, those that do not answer."""
        problems = {each.monitor.name: each.problem for each in self.relays if each.problem}
        return {**self.heartbeat.away, **problems}

    @contextlib.asynccontextmanager
    async def at_work(self, on_break: Callable[[], None] = lambda: None) -> AsyncIterator[None]:
        """Do all duties inside the block; at its end starts in flight are waited for.

        Duties end with the block only. Should a fault end them before, `on_break` is called, which
        has to end the block, and WlcronError is raised at its end: nobody may take a service that
        does nothing for one that works.
        """
        await self._look_back()
        broken: list[BaseException] = []
        duties = asyncio.create_task(self.runner.run(), name="duties")
        listening = asyncio.create_task(self.observer.listen(), name="listening")
        for task in (duties, listening):
            task.add_done_callback(partial(_note_break, broken=broken, on_break=on_break))
        try:
            yield
        finally:
            await _end(duties)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(DRAIN.total_seconds()):
                    await self.launcher.drain()
                    await self.teller.drain()
            await _end(listening)
            for relay in self.relays:
                await relay.close()
        if broken:
            raise WlcronError(
                "the service ended by a fault of its own: see its log, start it again"
            )

    async def _look_back(self) -> None:
        """Hear what ended while nobody was here, before slots are planned.

        Else one that is due now would be SKIPPED because of an execution that is over.
        """
        try:
            async with asyncio.timeout(LOOK_BACK.total_seconds()):
                await self.observer.tick(self.launcher.clock())
        except Exception:  # noqa: BLE001 -- slots do not wait for it; the duty says what is wrong
            _log.warning("what ended while no server was here is not known yet")


def _note_break(
    task: asyncio.Task[None], broken: list[BaseException], on_break: Callable[[], None]
) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        broken.append(error)
        _log.critical("the service cannot go on", of=task.get_name(), exc_info=error)
        on_break()


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def build_service(
    store: Store,
    engine: Engine,
    clock: Clock,
    outside: Outside = NOTHING_OUTSIDE,
    keeping: Keeping = DEFAULT_KEEPING,
) -> Service:
    """Put the duties together; each wakes the one that its work is for."""
    runner = Runner(clock)
    hurry = partial(_hurry, runner)
    on_place, on_break = partial(runner.wake, "launcher"), partial(runner.wake, "observer")
    launcher = Launcher(store, engine, clock, on_place=on_place, on_change=hurry)
    observer = Observer(store, engine, on_break=on_break, on_change=hurry)
    scheduler = Scheduler(store, launcher, on_pending=on_place, lag=outside.patience)
    runner.add("scheduler", scheduler)
    runner.add("launcher", launcher)
    runner.add("observer", observer)
    relays = [Relay(monitor, clock) for monitor in outside.far_monitors]
    alerter, watcher, teller, outlets = _add_alerts(runner, store, engine, clock, outside.alerts)
    successes = Successes(store, on_asked=partial(runner.wake, "successes"))
    listeners = [*outside.monitors, successes, alerter]
    notifier = Notifier(store, listeners, relays, outside.tell_every)
    runner.add("notifier", notifier)
    runner.add("janitor", Janitor(store, engine, keeping), LONGEST_TICK)
    runner.add("successes", successes)
    if outside.registries:
        runner.add("registrar", Registrar(store, outside.registries), LONGEST_TICK)
    heartbeat = _add_heartbeat(runner, outside.far_monitors)
    duties = runner, scheduler, launcher, observer, notifier, watcher, teller
    return Service(*duties, relays, outlets, successes, heartbeat)


def _hurry(runner: Runner, change: Change) -> None:
    """Have what went wrong told at once; everything else is told with many others."""
    if change.execution.status in BAD:
        runner.wake("notifier")


def _add_heartbeat(runner: Runner, monitors: Sequence[Monitor]) -> Heartbeat:
    """Add what tells that all duties get on, where a monitor wants to hear of it."""
    beating = [each for each in monitors if isinstance(each, Beating) and each.heartbeat]
    heartbeat = Heartbeat(beating, runner.problems)
    if beating:
        runner.add("heartbeat", heartbeat)
    return heartbeat


def _add_alerts(
    runner: Runner, store: Store, engine: Engine, clock: Clock, alerts: Alerts
) -> tuple[Alerter, Watcher, Teller, Mapping[str, Outlet]]:
    """Add what notices incidents, and what tells of them."""
    timers = Timers(on_first=lambda: runner.wake("watcher"))
    alerter = Alerter(
        store, alerts.policy.routing, clock, timers, on_incident=lambda: runner.wake("teller")
    )
    outlets = {each.name: Outlet(each, clock, alerts.flood_after) for each in alerts.channels}
    reporter = Reporter(store, engine, alerter.crons, clock, alerts.source, alerts.link)
    messenger = Messenger(store, outlets, reporter, alerts.policy.routing, clock)
    teller = Teller(store, messenger, alerter.crons, alerts.policy, clock)
    watcher = Watcher(store, alerter, timers)
    runner.add("watcher", watcher, LONG_TICK)
    runner.add("teller", teller)
    return alerter, watcher, teller, outlets
