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

CRONS_AT_ONCE = 1000
ROWS_AT_ONCE = 10_000
IDLE = timedelta(minutes=1)
_log = structlog.get_logger("wlcron.scheduler")


@dataclass(slots=True)
class Scheduler:
    """Plans the due slots of all crons, in batches of one transaction each."""

    store: Store
    on_pending: Callable[[], None] = lambda: None

    async def tick(self, now: datetime) -> datetime:
        """Commit what is due at `now`; return when the next slot is due."""
        pending = 0
        while crons := await self.store.due(now, CRONS_AT_ONCE):
            limit = max(1, ROWS_AT_ONCE // len(crons))
            made = await self.store.commit([_plan(cron, now, limit) for cron in crons])
            counts = Counter(execution.status for execution in made)
            # One line a batch, not a row: after an outage there may be a hundred thousand.
            _log.info(
                "slots planned", crons=len(crons), **{str(key): counts[key] for key in counts}
            )
            pending += counts[Status.PENDING]
        # Not before: what is due is on record first, and starts would keep the store from it.
        if pending:
            self.on_pending()
        return await self.store.next_due() or now + IDLE


def _plan(cron: Cron, now: datetime, limit: int) -> Plan:
    try:
        return plan(cron, now, limit)
    except ScheduleError as error:
        # It was checked when it came in; a time zone may have left the machine since. One cron
        # that cannot be planned must not hold up the others.
        _log.error("cron put out of schedule", cron=cron.name, problem=str(error))
        return Plan(cron, (), None)
