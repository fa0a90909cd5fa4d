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
    # How many of the listeners were told of a change that is not announced yet.
    _told: dict[tuple[str, str], int] = field(init=False, default_factory=dict)

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
        # Each of them is shown all of it: one that is away must not keep it from the next.
        over = [set(map(change_key, relay.take(told))) for relay in self.relays]
        told = [each for each in told if all(change_key(each) in keys for keys in over)]
        if told:
            await self.store.announced(told)
            for change in told:
                self._told.pop(change_key(change), None)
            for relay in self.relays:
                relay.forget(told)
        return now + (BREATH if len(told) == AT_ONCE else self.every)

    async def _tell(self, change: Change) -> bool:
        key = change_key(change)
        for listener in self.listeners[self._told.get(key, 0) :]:
            try:
                await listener.signal(change)
            except Exception:  # noqa: BLE001 -- one change that fails must not hold up the others
                _log.exception("change not told", execution=change.execution.id)
                return False
            self._told[key] = self._told.get(key, 0) + 1
        return True
