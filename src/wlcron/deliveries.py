"""What becomes of a slot that a trigger outside has announced."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from wlcron.bounded import Bounded
from wlcron.core.cron import Cron
from wlcron.core.execution import Status
from wlcron.core.planning import Plan, plan_delivered
from wlcron.schedule import ScheduleError
from wlcron.starting import NOBODY, Starter, commit_and_start
from wlcron.store import Store
from wlcron.trigger import Delivery

AHEAD = timedelta(minutes=1)
TRIES = 5
_CRONS_KEPT = 2000
_LARGEST_KEPT = 16 * 1024  # characters of a cron file
_log = structlog.get_logger("wlcron.deliveries")


class Delivered(StrEnum):
    """What became of a delivery."""

    RECORDED = "recorded"  # the slot has its row now
    DUPLICATE = "duplicate"  # it had one before
    UNKNOWN = "unknown-cron"  # there is no such cron, or none that can be planned
    FOREIGN = "foreign-instance"  # another wlcron's
    EARLY = "early"  # the slot is ahead of our clock: ask again
    BUSY = "busy"  # others changed the cron all the time: ask again


class Deliveries:
    """Has the slots that are announced planned and recorded, each once.

    Crons are remembered as they were last seen, which spares a request for each slot. The commit
    compares their revision, so one that was changed since costs a second try and nothing else.
    """

    def __init__(
        self,
        store: Store,
        starter: Starter = NOBODY,
        instance: str = "default",
        on_pending: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._starter = starter
        self._instance = instance
        self._on_pending = on_pending
        self._seen: Bounded[str, Cron] = Bounded(_CRONS_KEPT)

    async def deliver(self, delivery: Delivery, now: datetime) -> Delivered:
        """Record what is due because of a delivery; `now` is zone-aware.

        It is on record when this returns RECORDED or DUPLICATE. Raises StoreError.
        """
        if delivery.instance != self._instance:
            return Delivered.FOREIGN
        if delivery.slot > now + AHEAD:
            return Delivered.EARLY
        try:
            return await self._deliver(delivery, now)
        except ScheduleError as error:
            # It was checked when it came in; its time zone may have left the machine since.
            _log.error("cron cannot be planned", cron=delivery.cron, problem=str(error))
            return Delivered.UNKNOWN

    async def _deliver(self, delivery: Delivery, now: datetime) -> Delivered:
        cron = self._seen.get(delivery.cron)
        # Only of a cron as it is in the store it is believed that there is nothing to record.
        if cron and await self._record(cron, delivery, now) is Delivered.RECORDED:
            return Delivered.RECORDED
        for _ in range(TRIES):
            cron = await self._store.cron(delivery.cron)
            if cron is None or cron.is_leaving:
                self._seen.take(delivery.cron)
                return Delivered.UNKNOWN
            if (outcome := await self._record(cron, delivery, now)) is not Delivered.BUSY:
                return outcome
        return Delivered.BUSY

    async def _record(self, cron: Cron, delivery: Delivery, now: datetime) -> Delivered:
        """Make rows up to the slot: after an outage there may be many before it."""
        outcome = Delivered.DUPLICATE
        while (planned := _planned(cron, delivery, now)).executions:
            made = await commit_and_start(self._store, self._starter, [planned], now)
            if not made:
                return Delivered.BUSY
            outcome = Delivered.RECORDED
            if any(row.status is Status.PENDING for row in made):
                self._on_pending()
            cron = replace(cron, revision=cron.revision + 1, next_due=planned.next_due)
            if planned.next_due is None or planned.next_due > max(now, delivery.slot):
                break
        self._remember(cron)
        return outcome

    def _remember(self, cron: Cron) -> None:
        self._seen.take(cron.name)
        if len(cron.source) > _LARGEST_KEPT:
            return
        self._seen.put(cron.name, cron)


def _planned(cron: Cron, delivery: Delivery, now: datetime) -> Plan:
    return plan_delivered(cron, delivery.slot, now, is_exact=delivery.is_exact)
