"""Turns slots that are due into rows."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from wlcron.core.cron import Cron
from wlcron.core.execution import Status
from wlcron.core.planning import Plan, plan
from wlcron.schedule import ScheduleError
from wlcron.store import Store

CRONS_AT_ONCE = 5000
ROWS_AT_ONCE = 10_000
IDLE = timedelta(minutes=1)
_log = structlog.get_logger("wlcron.scheduler")


@dataclass(slots=True)
class Scheduler:
    """Plans the due slots of all crons, in batches of one transaction each."""

    store: Store
    on_pending: Callable[[], None] = lambda: None

    async def tick(self, now: datetime) -> datetime:
        """Commit what is due at `now`; return when the next slot is due, or `now` to go on."""
        pending, is_behind = 0, False
        while not is_behind and (crons := await self.store.due(now, CRONS_AT_ONCE)):
            limit = max(1, ROWS_AT_ONCE // len(crons))
            plans = [_plan(cron, now, limit) for cron in crons]
            pending += await self._commit(plans)
            # After an outage a cron may have many slots to catch up on. Those of others that
            # come due meanwhile must not wait for it, so the time is looked at again.
            is_behind = any(plan.next_due is not None and plan.next_due <= now for plan in plans)
        # Not before: what is due is on record first, and starts would keep the store from it.
        if pending:
            self.on_pending()
        return now if is_behind else await self.store.next_due() or now + IDLE

    async def _commit(self, plans: list[Plan]) -> int:
        """Commit plans and return how many executions wait for their start now."""
        counts = Counter(row.status for row in await self.store.commit(plans))
        # One line a batch, not a row: after an outage there may be a hundred thousand.
        _log.info("slots planned", crons=len(plans), **{str(key): counts[key] for key in counts})
        return counts[Status.PENDING]


def _plan(cron: Cron, now: datetime, limit: int) -> Plan:
    try:
        return plan(cron, now, limit)
    except ScheduleError as error:
        # It was checked when it came in; a time zone may have left the machine since. One cron
        # that cannot be planned must not hold up the others.
        _log.error("cron put out of schedule", cron=cron.name, problem=str(error))
        return Plan(cron, (), None)
