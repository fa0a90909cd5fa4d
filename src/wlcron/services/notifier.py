"""Empties the outbox: alerts are judged here, monitors told beside it; at least once each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from wlcron.core.execution import Change
from wlcron.monitor import Monitor
from wlcron.services.relay import Relay, change_key
from wlcron.store import Store

AT_ONCE = 1000
EVERY = timedelta(seconds=1)
# Between two batches: what is due and what has to be started comes first.
BREATH = timedelta(milliseconds=250)
_log = structlog.get_logger("wlcron.notifier")


@dataclass(slots=True)
class Notifier:
    """A change is announced after everybody was told, never before.

    `listeners` are near (the metrics, the alerts): they are told one after the other, and what
    one fails at stays in the outbox. `relays` lead to others' machines, and wait by themselves.
    """

    store: Store
    listeners: Sequence[Monitor] = ()
    relays: Sequence[Relay] = ()
    every: timedelta = EVERY
    # Told to listeners and not announced yet: relays have still to tell of them.
    _near: set[tuple[str, str]] = field(init=False, default_factory=set)

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
        for relay in self.relays:
            told = relay.take(told)
        if told:
            await self.store.announced(told)
            self._near.difference_update(map(change_key, told))
            for relay in self.relays:
                relay.forget(told)
        return now + (BREATH if len(told) == AT_ONCE else self.every)

    async def _tell(self, change: Change) -> bool:
        if change_key(change) in self._near:
            return True
        try:
            for listener in self.listeners:
                await listener.signal(change)
        except Exception:  # noqa: BLE001 -- one change that fails must not hold up the others
            _log.exception("change not told", execution=change.execution.id)
            return False
        if self.relays:
            self._near.add(change_key(change))
        return True
