"""Alerts: from a job's end, or a threshold that passes, to the channel; and what a flood does.

The whole service in this process on SQLite, with the fake engine, so that what is timed is ours:
rows, outbox, judgement, report. The channel notes when it is handed an alert.
"""

import asyncio
import resource
import tempfile
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from filling import fill_with_crons, make_crons
from measuring import Figure, Row, below, median, milliseconds, progress
from wlcron.channel import Alert
from wlcron.clock import system_clock
from wlcron.core.cron import AfterTime, Cron, InARow, Notifications, Severity
from wlcron.core.execution import Change, Execution, Status
from wlcron.core.planning import Plan, plan_manual
from wlcron.core.routing import Route, Routing
from wlcron.engines.fake import FakeEngine, Script
from wlcron.service import Alerts, Outside, Service, build_service
from wlcron.services.alerting import Policy
from wlcron.stores.sql import open_sql_store
from wlcron.stores.sql.store import SqlStore
from worker import quiet_log

FAILURES = 20  # one after the other; more in a minute would be a flood
WATCHED = 10_000  # executions that run
LATE = 20  # of them pass their threshold
FLOOD = 10_000  # failures at once
FLOOD_AFTER = 20
SLOWEST, LATEST, DRAINED = 1.0, 5.0, 60.0  # seconds
MOST_CPU = 0.05  # of a core
MOST_GROWTH = 100  # MiB
_AHEAD = timedelta(seconds=75)
_SETTLE = 15.0  # seconds that a server takes to read what there is
_THRESHOLD, _NEVER = timedelta(minutes=10), timedelta(days=30)
_AT_ONCE = 1000
_WATCHED_FOR = 60.0  # seconds: two looks of each duty
_FAILED = Notifications(failed=InARow(Severity.ERROR))


@dataclass
class _Channel:
    """Notes when it is handed what."""

    name: str = "bench"
    kind: str = "bench"
    heard: list[tuple[Alert, datetime]] = field(default_factory=list)

    async def send(self, alert: Alert) -> str:
        self.heard.append((alert, system_clock()))
        return "ok"

    async def close(self) -> None:
        pass


@dataclass
class _World:
    """A service on a database with crons."""

    store: SqlStore
    channel: _Channel
    service: Service
    crons: list[Cron]


async def measure() -> list[Row]:
    """Fail, run for too long, and fail by the thousands."""
    with quiet_log():
        return [await _end_to_alert(), *await _threshold_to_alert(), *await _flood()]


@asynccontextmanager
async def _world(wanted: Sequence[Notifications]) -> AsyncIterator[_World]:
    with tempfile.TemporaryDirectory() as folder:
        path, channel = Path(folder) / "wlcron.db", _Channel()
        await fill_with_crons(path, _crons(wanted))
        store = await open_sql_store(path)
        policy = Policy(routing=Routing((Route(channel=channel.name),)))
        alerts = Alerts(channels=[channel], policy=policy, flood_after=FLOOD_AFTER)
        engine = FakeEngine(lambda _: Script(exit_code=1))
        service = build_service(store, engine, system_clock, Outside(alerts=alerts))
        try:
            crons = [cron async for cron in _all(store)]
            yield _World(store, channel, service, crons)
        finally:
            await store.close()


def _crons(wanted: Sequence[Notifications]) -> list[Cron]:
    made = make_crons(len(wanted), "cron(0 0 1 1 ? 2199)", "true")
    return [
        replace(cron, definition=replace(cron.definition, notifications=each))
        for cron, each in zip(made, wanted, strict=True)
    ]


async def _all(store: SqlStore) -> AsyncIterator[Cron]:
    after = ""
    while page := await store.crons(after, _AT_ONCE):
        for cron in page:
            yield cron
        after = page[-1].name


async def _end_to_alert() -> Row:
    waits = []
    async with _world([_FAILED] * FAILURES) as world, world.service.at_work():
        for number, cron in enumerate(world.crons):
            progress(f"alerts: failure {number + 1} of {FAILURES}")
            (execution,) = await world.store.commit([plan_manual(cron, system_clock(), "bench")])
            world.service.runner.wake("launcher")
            while not (heard := _of(world.channel, cron)):
                await asyncio.sleep(0.002)
            ended = await world.store.execution(execution.id)
            if ended is None or ended.ended_at is None:
                raise RuntimeError("an alert came before its execution was over")
            waits.append((heard[0] - ended.ended_at).total_seconds())
    what = "from the end of a job to its alert at the channel"
    return below(what, milliseconds(median(waits)), milliseconds(SLOWEST))


def _of(channel: _Channel, cron: Cron) -> list[datetime]:
    return [at for alert, at in channel.heard if alert.cron == cron.name]


async def _threshold_to_alert() -> list[Row]:
    long, late = (
        Notifications(ran_longer_than=AfterTime(Severity.ERROR, threshold))
        for threshold in (_NEVER, _THRESHOLD)
    )
    unwatched, _ = await _watch([Notifications()] * WATCHED, 0)
    watched, lateness = await _watch([long] * (WATCHED - LATE) + [late] * LATE, LATE)
    watching = f"{WATCHED:,} executions watched"
    return [
        below(
            f"{watching}: from a threshold to its alert, the last of {LATE}",
            milliseconds(max(lateness)),
            milliseconds(LATEST),
        ),
        below(
            f"{watching}: of a core, beyond what they take unwatched",
            _share(max(watched - unwatched, 0.0)),
            _share(MOST_CPU),
            _share(unwatched),
        ),
    ]


async def _watch(wanted: Sequence[Notifications], alerts: int) -> tuple[float, list[float]]:
    """Return what of a core it takes, and how late alerts come."""
    progress(f"alerts: {WATCHED:,} executions that run, {alerts} of them too long")
    async with _world(wanted) as world:
        passes = system_clock() + _AHEAD
        await _record(world, Status.RUNNING, passes - _THRESHOLD)
        async with world.service.at_work():
            await _outbox_is_empty(world.store)
            await asyncio.sleep(_SETTLE)
            begin, cpu = time.monotonic(), time.process_time()
            while len(world.channel.heard) < alerts or time.monotonic() - begin < _WATCHED_FOR:
                await asyncio.sleep(0.1)
            share = (time.process_time() - cpu) / (time.monotonic() - begin)
    return share, [(at - passes).total_seconds() for _, at in world.channel.heard]


async def _flood() -> list[Row]:
    progress(f"alerts: {FLOOD:,} failures at once")
    async with _world([_FAILED] * FLOOD) as world:
        await _record(world, Status.FAILED, system_clock())
        before, most, begin = _memory(), 0, time.monotonic()
        async with world.service.at_work():
            while await world.store.unannounced(1):
                most = max(most, _memory())
                await asyncio.sleep(0.1)
            drained = time.monotonic() - begin
            while await world.store.untold_incidents(system_clock() + timedelta(hours=1), 1):
                most = max(most, _memory())
                await asyncio.sleep(0.1)
        growth, heard = most - before, len(world.channel.heard)
    failures = f"{FLOOD:,} failures at once"
    return [
        below(f"{failures}: messages", _number(heard), _number(FLOOD_AFTER + 1)),
        below(f"{failures}: until all are judged", milliseconds(drained), milliseconds(DRAINED)),
        below(f"{failures}: memory on top", _mebibytes(growth), _mebibytes(MOST_GROWTH)),
    ]


async def _record(world: _World, status: Status, started_at: datetime) -> None:
    """Write an execution of each cron, on an engine that is nobody's here."""
    rows = [_execution(cron, started_at) for cron in world.crons]
    for first in range(0, len(rows), _AT_ONCE):
        some = rows[first : first + _AT_ONCE]
        crons = world.crons[first : first + _AT_ONCE]
        plans = [Plan(c, (row,), c.next_due) for c, row in zip(crons, some, strict=True)]
        await world.store.commit(plans)
        over = system_clock() if status.is_final else None
        moved = [replace(row, status=status, ended_at=over) for row in some]
        changes = [Change(row, Status.PENDING, system_clock()) for row in moved]
        await asyncio.gather(*(world.store.apply(change) for change in changes))


def _execution(cron: Cron, started_at: datetime) -> Execution:
    (made,) = plan_manual(cron, started_at, "bench").executions
    deadline = system_clock() + _NEVER
    return replace(made, started_at=started_at, deadline=deadline, holder="elsewhere")


async def _outbox_is_empty(store: SqlStore) -> None:
    while await store.unannounced(1):
        await asyncio.sleep(0.1)


def _memory() -> int:
    """Return what of the memory is this process's now, in MiB."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() // 1024**2


def _share(of_a_core: float) -> Figure:
    return Figure(of_a_core, f"{of_a_core:.1%}")


def _number(count: int) -> Figure:
    return Figure(count, str(count))


def _mebibytes(count: int) -> Figure:
    return Figure(count, f"{count} MiB")
