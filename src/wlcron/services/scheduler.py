"""Turns slots that are due into rows."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from wlcron.core.cron import Cron
from wlcron.core.execution import Status
from wlcron.core.planning import Plan, plan
from wlcron.schedule import ScheduleError
from wlcron.starting import NOBODY, Starter, commit_and_start
from wlcron.store import Store

CRONS_AT_ONCE = 5000
ROWS_AT_ONCE = 10_000
CRONS_AHEAD = 10_000
LOOK_AHEAD = timedelta(seconds=2)
IDLE = timedelta(minutes=1)
_log = structlog.get_logger("wlcron.scheduler")


@dataclass(frozen=True, slots=True)
class _Ahead:
    """Plans made before their slots are due, to be committed when they are."""

    due: datetime
    plans: list[Plan]

    def is_worth(self, now: datetime) -> bool:
        """Whether there are plans, and still about now: the machine may have slept meanwhile."""
        return bool(self.plans) and now < self.due + LOOK_AHEAD


@dataclass(slots=True)
class Scheduler:
    """Plans the due slots of all crons, in batches of one transaction each.

    Reading and planning take longer than the commit. So the crons that are due next are planned
    a moment ahead; what was changed since (paused, say) is left out by the commit and read again.

    Where somebody else says what is due, `lag` is how long that is waited for: what nobody spoke
    of until then is planned nevertheless.
    """

    store: Store
    starter: Starter = NOBODY
    on_pending: Callable[[], None] = lambda: None
    lag: timedelta = timedelta(0)
    at_once: int = CRONS_AT_ONCE
    at_most_ahead: int = CRONS_AHEAD
    _ahead: _Ahead | None = field(init=False, default=None)

    async def tick(self, now: datetime) -> datetime:
        """Commit what is due at `now`; return when to go on, which may be `now`."""
        pending, is_behind = 0, False
        while not is_behind and (plans := await self._due(now)):
            pending += await self._commit(plans, now)
            # After an outage a cron may have many slots to catch up on. Those of others that
            # come due meanwhile must not wait for it, so the time is looked at again.
            is_behind = any(plan.next_due is not None and plan.next_due <= now for plan in plans)
        # Not before: what is due is on record first, and starts would keep the store from it.
        if pending:
            self.on_pending()
        return now if is_behind else await self._look_ahead(now)

    async def _due(self, now: datetime) -> list[Plan]:
        ahead = self._ahead
        if ahead is not None and ahead.due <= now:
            if ahead.is_worth(now):
                plans = ahead.plans[: self.at_once]
                del ahead.plans[: self.at_once]
                return plans
            self._ahead = None
        crons = await self.store.due(now - self.lag, self.at_once)
        limit = max(1, ROWS_AT_ONCE // max(1, len(crons)))
        return [_plan(cron, now, limit) for cron in crons]

    async def _look_ahead(self, now: datetime) -> datetime:
        slot = await self.store.next_due()
        if slot is None:
            return now + IDLE
        due = slot + self.lag
        if now < due - LOOK_AHEAD:
            # Not for longer: another server may have taken a cron that is due sooner.
            return min(due - LOOK_AHEAD, now + IDLE)
        if now < due and (self._ahead is None or self._ahead.due != due):
            crons = await self.store.due(slot, self.at_most_ahead)
            self._ahead = _Ahead(due, [_plan(cron, due, 1) for cron in crons])
        return due

    async def _commit(self, plans: list[Plan], now: datetime) -> int:
        """Commit plans and return how many executions wait for their start now."""
        made = await commit_and_start(self.store, self.starter, plans, now)
        counts = Counter(row.status for row in made)
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
