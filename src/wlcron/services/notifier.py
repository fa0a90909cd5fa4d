"""Tells monitors of changes: at least once, in order for each execution."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from wlcron.core.execution import Change
from wlcron.monitor import Monitor
from wlcron.store import Store

AT_ONCE = 1000
EVERY = timedelta(seconds=1)
# Between two batches: what is due and what has to be started comes first.
BREATH = timedelta(milliseconds=250)
_log = structlog.get_logger("wlcron.notifier")


@dataclass(frozen=True, slots=True)
class Notifier:
    """Empties the outbox; a change is announced after it was told, never before."""

    store: Store
    monitors: Sequence[Monitor] = ()
    every: timedelta = EVERY

    async def tick(self, now: datetime) -> datetime:
        """Tell what nobody was told of; what fails stays in the outbox for the next time."""
        changes = await self.store.unannounced(AT_ONCE)
        told: list[Change] = []
        held: set[str] = set()  # executions whose next change must not overtake a failed one
        for change in changes:
            if change.execution.id not in held and await self._tell(change):
                told.append(change)
            else:
                held.add(change.execution.id)
        if told:
            await self.store.announced(told)
        return now + (BREATH if len(told) == AT_ONCE else self.every)

    async def _tell(self, change: Change) -> bool:
        try:
            for monitor in self.monitors:
                await monitor.signal(change)
        except Exception:  # noqa: BLE001 -- one change that fails must not hold up the others
            _log.exception("change not told", execution=change.execution.id)
            return False
        return True
