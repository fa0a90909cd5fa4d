"""Starts executions: claims rows under a lease, oldest slot first, a few at a time."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from wlcron.clock import Clock
from wlcron.core.execution import (
    BEING_STARTED,
    LEASE,
    Change,
    Kind,
    Observation,
    Status,
)
from wlcron.engine import Engine
from wlcron.errors import EngineUnavailableError
from wlcron.services.recorder import recorded
from wlcron.store import Claim, Store, Taker

POLL = timedelta(seconds=5)
MOST_WAITING = 100
LONGEST_DELAY = timedelta(minutes=1)
_log = structlog.get_logger("wlcron.launcher")


@dataclass(slots=True)
class Launcher:
    """Keeps at most `engine.starts_at_once` starts in flight, beside those that wait far away."""

    store: Store
    engine: Engine
    clock: Clock
    on_place: Callable[[], None] = lambda: None  # called when a start has come to its end
    on_change: Callable[[Change], None] = lambda _: None  # called with each change that it makes
    _starting: dict[str, asyncio.Task[None]] = field(init=False, default_factory=dict)
    _renew_at: datetime | None = field(init=False, default=None)

    async def tick(self, now: datetime) -> datetime:
        """Begin as many starts as there is room for; return when to look again."""
        if self._renew_at is None and not self.engine.is_shared:
            await self._take_over(now)
        await self._keep_leases(now)
        if (places := self._places) > 0:
            self.take(await self.store.claim(now, self.engine.lease, places, self.engine.home))
        return now + POLL

    def offer(self, now: datetime, count: int) -> Taker | None:
        """Return who takes so many executions that are made now; None: there is no room."""
        if self._places < count:
            return None
        return Taker(self.engine.home, now + self.engine.lease)

    def take(self, claims: Iterable[Claim]) -> None:
        """Begin the starts of executions that were taken."""
        for claim in claims:
            self._begin(claim)

    async def drain(self) -> None:
        """Wait for the starts in flight."""
        await asyncio.gather(*self._starting.values(), return_exceptions=True)

    @property
    def _places(self) -> int:
        busy = len(self._starting) - min(self.engine.starts_waiting, MOST_WAITING)
        return self.engine.starts_at_once - busy

    def _begin(self, claim: Claim) -> None:
        execution_id = claim.execution.id
        if execution_id in self._starting:
            return  # its lease could not be renewed in time; the start goes on nevertheless
        task = asyncio.create_task(self._launch(claim), name=f"start {execution_id}")
        self._starting[execution_id] = task
        task.add_done_callback(lambda task: self._end(execution_id, task))

    def _end(self, execution_id: str, task: asyncio.Task[None]) -> None:
        self._starting.pop(execution_id, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            # Its lease runs out, and the start is repeated with the same id.
            _log.error("start failed", execution=execution_id, exc_info=error)
        self.on_place()

    async def _launch(self, claim: Claim) -> None:
        execution = claim.execution
        try:
            seen = await self._start(claim)
        except EngineUnavailableError as error:
            delay = min(timedelta(seconds=1 << min(execution.attempt, 10)), LONGEST_DELAY)
            await self.store.renew(execution.id, self.clock() + delay, str(error))
            _log.warning("start put off", execution=execution.id, problem=str(error))
        else:
            came = await recorded(self.store, seen, execution)
            if came.change is not None:
                self.on_change(came.change)
            elif came.is_unwanted:
                _log.warning("ended what came too late", execution=execution.id)
                await self.engine.stop(execution)

    async def _start(self, claim: Claim) -> Observation:
        execution, now = claim.execution, self.clock()
        if now <= execution.start_by:
            return await self.engine.start(execution, claim.cron)
        if execution.attempt == 1:
            return _too_late(claim, now)
        # An earlier attempt may have started it without living to say so.
        (seen,) = await self.engine.inspect([execution])
        if seen.kind is not Kind.GONE:
            return seen
        was_tried = execution.reason != BEING_STARTED
        return _never_started(claim, now) if was_tried else _too_late(claim, now)

    async def _keep_leases(self, now: datetime) -> None:
        delay = LEASE / 3
        # Further ahead than a delay: the clock was set back.
        if self._renew_at is None or not now < self._renew_at <= now + delay:
            for execution_id in list(self._starting):
                await self.store.renew(execution_id, now + self.engine.lease)
            self._renew_at = now + delay

    async def _take_over(self, now: datetime) -> None:
        """Let go of leases that this engine's launcher held before it was restarted."""
        for execution in await self.store.active():
            if execution.status is Status.STARTING and execution.holder == self.engine.home:
                await self.store.renew(execution.id, now)


def _too_late(claim: Claim, now: datetime) -> Observation:
    until = f"{claim.execution.start_by:%Y-%m-%d %H:%M:%S} UTC"
    return Observation(
        execution_id=claim.execution.id,
        kind=Kind.OVERDUE,
        at=now,
        reason=f"its turn did not come before {until}, when it ceased to be worth starting",
    )


def _never_started(claim: Claim, now: datetime) -> Observation:
    execution = claim.execution
    return Observation(
        execution_id=execution.id,
        kind=Kind.REFUSED,
        at=now,
        reason=f"given up at attempt {execution.attempt}: {execution.reason}",
    )
