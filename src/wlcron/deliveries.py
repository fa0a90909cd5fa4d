"""What becomes of a slot that a trigger outside announces."""

from collections import OrderedDict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import Enum

import structlog

from wlcron.core.cron import Cron
from wlcron.core.planning import Plan, plan_delivered
from wlcron.starting import NOBODY, Starter, commit_and_start
from wlcron.store import Store
from wlcron.trigger import Delivery

TRIES = 5
AHEAD = timedelta(minutes=1)
REMEMBERED = 10_000
_log = structlog.get_logger("wlcron.deliveries")


class Delivered(Enum):
    """What became of a delivery."""

    RECORDED = "recorded"
    DUPLICATE = "duplicate"  # its slot has its row, or is none of the schedule's
    UNKNOWN = "unknown"  # there is no such cron (any more): to ask again would change nothing
    EARLY = "early"  # by our clock it is not due yet: ask again
    BUSY = "busy"  # others changed the cron all the time: ask again

    @property
    def is_done(self) -> bool:
        """Whether there is nothing to ask again for."""
        return self not in {Delivered.EARLY, Delivered.BUSY}


@dataclass(slots=True)
class Deliveries:
    """Records delivered slots; remembers crons, so that a delivery costs one commit.

    What is remembered may be out of date. Then the commit, which compares revisions, refuses the
    plan, and it is made again from what the store says.
    """

    store: Store
    instance: str
    starter: Starter = NOBODY
    _known: OrderedDict[str, Cron] = field(init=False, default_factory=OrderedDict)

    async def deliver(self, delivery: Delivery, now: datetime) -> Delivered:
        """Record a slot; `now` is zone-aware. Raises StoreError."""
        if delivery.instance != self.instance:
            return Delivered.UNKNOWN
        if delivery.slot > now + AHEAD:
            return Delivered.EARLY
        known = self._known.get(delivery.cron)
        if known is not None and await self._try(known, delivery, now):
            return Delivered.RECORDED
        return await self._record(delivery, now)

    async def _record(self, delivery: Delivery, now: datetime) -> Delivered:
        for _ in range(TRIES):
            cron = await self._read(delivery.cron)
            if cron is None:
                return Delivered.UNKNOWN
            if not _planned(cron, delivery, now).executions:
                return Delivered.DUPLICATE
            if await self._try(cron, delivery, now):
                return Delivered.RECORDED
        return Delivered.BUSY

    async def _try(self, cron: Cron, delivery: Delivery, now: datetime) -> bool:
        plan = _planned(cron, delivery, now)
        if not plan.executions:
            return False
        if not await commit_and_start(self.store, self.starter, [plan], now):
            self._known.pop(cron.name, None)
            return False
        self._remember(replace(cron, next_due=plan.next_due, revision=cron.revision + 1))
        return True

    async def _read(self, name: str) -> Cron | None:
        cron = await self.store.cron(name)
        if cron is None or cron.is_leaving:
            self._known.pop(name, None)
            return None
        self._remember(cron)
        return cron

    def _remember(self, cron: Cron) -> None:
        self._known[cron.name] = cron
        self._known.move_to_end(cron.name)
        while len(self._known) > REMEMBERED:
            self._known.popitem(last=False)


def _planned(cron: Cron, delivery: Delivery, now: datetime) -> Plan:
    return plan_delivered(cron, delivery.slot, now, is_exact=delivery.is_exact)
