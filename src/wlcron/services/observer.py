"""Looks after executions that are not over: hears of them, asks for them, ends them on request."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from wlcron.core.execution import Change, Execution, Kind, Observation, Status, is_abandoned
from wlcron.engine import Engine
from wlcron.services.recorder import recorded
from wlcron.store import Store

QUIET = timedelta(seconds=30)
# Ending an execution at its deadline is its guard's work. One that was seen running for its whole
# timeout and so much longer has lost its guard, and is ended from here.
UNGUARDED = timedelta(minutes=1)
# Another engine's executions are its own server's affair, until it can no longer be alive.
FOREIGN = timedelta(minutes=10)
# Something was to be heard of an execution by now, its end or its start: events may be lost.
UNHEARD = timedelta(minutes=1)
REOPEN_AFTER = timedelta(seconds=1)
AT_ONCE = 100
_log = structlog.get_logger("wlcron.observer")


@dataclass(slots=True)
class Observer:
    """Asks the engine for what its stream of events did not tell."""

    store: Store
    engine: Engine
    on_break: Callable[[], None] = lambda: None  # called when the stream of events broke off
    on_change: Callable[[Change], None] = lambda _: None  # called with each change that it makes
    uptime: Callable[[], float] = time.monotonic  # in seconds: no wall clock moves it
    _stopping: dict[str, asyncio.Task[None]] = field(init=False, default_factory=dict)
    _unguarded: set[str] = field(init=False, default_factory=set)  # ended from here
    _look_at: datetime | None = field(init=False, default=None)
    # since when each was seen running, by `uptime`
    _seen_since: dict[str, float] = field(init=False, default_factory=dict)

    async def tick(self, now: datetime) -> datetime:
        """End what was asked to stop; every now and then ask for everything that is active."""
        for execution in await self.store.active(asked_to_stop=True):
            await self._stop(execution, now)
        # Further ahead than a look is ever put off: the clock was set back.
        if self._look_at is None or not now < self._look_at <= now + QUIET:
            await self._look(now)
            self._look_at = now + QUIET
        return self._look_at

    async def listen(self) -> None:
        """Record what the engine tells, one after the other, until cancelled."""
        while True:
            try:
                async with aclosing(self.engine.watch()) as told:
                    async for seen in told:
                        await self.hear(seen)
            except Exception:  # noqa: BLE001 -- opened again
                _log.exception("the engine's stream of events broke off")
            await asyncio.sleep(REOPEN_AFTER.total_seconds())
            self._look_at = None  # the next tick asks for what was not heard
            self.on_break()

    async def hear(self, seen: Observation) -> None:
        """Record one observation."""
        if seen.execution_id in self._unguarded and seen.kind is Kind.EXITED:
            reason = "ended by the server after its timeout: its guard was gone"
            seen = replace(seen, kind=Kind.TIMED_OUT, reason=reason)
        came = await recorded(self.store, seen)
        if came.change is not None:
            self.on_change(came.change)
        elif came.is_unwanted and came.execution is not None:
            _log.warning("ended what came too late", execution=seen.execution_id)
            self._end(came.execution)

    async def _look(self, now: datetime) -> None:
        active = await self.store.active()
        begun = [execution for execution in active if execution.status is not Status.PENDING]
        for execution in begun:
            if not self._is_ours(execution) and await self._is_forsaken(execution, now):
                await self.hear(_forsaken(execution, now))
        begun = [execution for execution in begun if self._is_ours(execution)]
        self._forget_others(begun)
        quiet = [one for one in begun if self.engine.is_near or _is_overdue(one, now)]
        for first in range(0, len(quiet), AT_ONCE):
            batch = quiet[first : first + AT_ONCE]
            for execution, seen in zip(batch, await self.engine.inspect(batch), strict=True):
                await self._judge(execution, seen, now)

    async def _judge(self, execution: Execution, seen: Observation, now: datetime) -> None:
        if execution.status is Status.STARTING and seen.kind is Kind.GONE:
            # Nothing is there yet: whoever holds the lease is about to start it.
            if execution.stop_asked_at is not None and is_abandoned(execution, now):
                await self.hear(_withdrawn(execution, now))
            return
        await self.hear(seen)
        if seen.kind is Kind.STARTED and await self._is_unguarded(execution, seen):
            self._unguarded.add(execution.id)
            self._end(execution)

    def _is_ours(self, execution: Execution) -> bool:
        return execution.holder == self.engine.home

    async def _is_forsaken(self, execution: Execution, now: datetime) -> bool:
        """Whether its own server was not heard of until it can no longer be alive."""
        last = execution.deadline or execution.start_by
        if now <= last + FOREIGN or execution.deadline is not None:
            return now > last + FOREIGN
        # It may have been started by a server that did not live to say so.
        cron = await self.store.cron(execution.cron_name)
        return cron is None or now > last + cron.definition.timeout + FOREIGN

    async def _is_unguarded(self, execution: Execution, seen: Observation) -> bool:
        """Whether it ran for too long before our eyes; a wall clock that was set says nothing."""
        now = self.uptime()
        since = self._seen_since.setdefault(seen.execution_id, now)
        if seen.started_at is None or seen.deadline is None:
            return False
        too_long = timedelta(seconds=now - since) - UNGUARDED
        if too_long <= seen.deadline - seen.started_at:
            return False
        # The two may be of different clocks, an engine's and ours, or of one that was set between
        # them. That must end nobody: the definition knows as well how long it may run.
        cron = await self.store.cron(execution.cron_name)
        return cron is None or too_long > cron.definition.timeout

    def _forget_others(self, begun: Sequence[Execution]) -> None:
        ids = {execution.id for execution in begun}
        self._seen_since = {one: at for one, at in self._seen_since.items() if one in ids}
        self._unguarded &= ids

    async def _stop(self, execution: Execution, now: datetime) -> None:
        if execution.status is Status.PENDING:
            await self.hear(_withdrawn(execution, now))
        elif self._is_ours(execution):
            self._end(execution)

    def _end(self, execution: Execution) -> None:
        if execution.id in self._stopping:
            return
        task = asyncio.create_task(self.engine.stop(execution), name=f"stop {execution.id}")
        self._stopping[execution.id] = task
        task.add_done_callback(lambda task: self._ended(execution.id, task))

    def _ended(self, execution_id: str, task: asyncio.Task[None]) -> None:
        del self._stopping[execution_id]
        if not task.cancelled() and (error := task.exception()) is not None:
            _log.warning("stop put off", execution=execution_id, problem=str(error))


def _is_overdue(execution: Execution, now: datetime) -> bool:
    expected = execution.deadline or execution.lease_until or execution.start_by
    return expected + UNHEARD < now


def _forsaken(execution: Execution, now: datetime) -> Observation:
    reason = f"it was with {execution.holder}, of which nothing was heard until after its deadline"
    return Observation(execution_id=execution.id, kind=Kind.GONE, at=now, reason=reason)


def _withdrawn(execution: Execution, now: datetime) -> Observation:
    return Observation(execution_id=execution.id, kind=Kind.WITHDRAWN, at=now)
