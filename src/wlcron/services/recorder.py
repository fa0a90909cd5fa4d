"""record(store, observation): the one gate for every change of a status."""

from dataclasses import dataclass

import structlog

from wlcron.core.execution import LEASE, Change, Execution, Kind, Observation, advance
from wlcron.store import Store

_log = structlog.get_logger("wlcron.recorder")


@dataclass(frozen=True, slots=True)
class Recorded:
    """What came of an observation."""

    seen: Observation
    change: Change | None = None  # None: it says nothing new
    execution: Execution | None = None  # as it is now, where that was looked at

    @property
    def is_unwanted(self) -> bool:
        """Whether something was started whose row is over, as of one that never was started.

        Its lease was lost while the start was on its way: the server stood still, or clocks
        differ. Somebody else gave it up, and the next slot of its cron may run beside it.
        """
        row = self.execution
        is_over = row is not None and row.is_final and row.started_at is None
        return self.seen.kind is Kind.STARTED and self.change is None and is_over


async def record(store: Store, seen: Observation, known: Execution | None = None) -> Change | None:
    """Save the change that an observation makes; None when it says nothing new (`recorded`)."""
    return (await recorded(store, seen, known)).change


async def recorded(store: Store, seen: Observation, known: Execution | None = None) -> Recorded:
    """Save the change that an observation makes, and return what came of it.

    `known` is the execution as the caller last saw it, which spares the reading of a start: when
    the row has moved on meanwhile, the store refuses the change and the row decides. An end is
    judged by the row as it is, since a stop may have been asked for meanwhile.
    """
    if seen.kind is Kind.PROGRESS:
        await store.renew(seen.execution_id, seen.at + LEASE, seen.reason)
        return Recorded(seen)
    if seen.kind is Kind.ACCEPTED:
        return Recorded(seen)  # its lease lasts until it should have been heard of
    execution = known if seen.kind is Kind.STARTED else None
    execution = execution or await store.execution(seen.execution_id)
    while execution is not None:
        change = advance(execution, seen)
        if change is None:
            return Recorded(seen, None, execution)
        if await store.apply(change):
            _tell(change)
            return Recorded(seen, change, change.execution)
        execution = await store.execution(seen.execution_id)
    return Recorded(seen)


def _tell(change: Change) -> None:
    execution = change.execution
    _log.info(
        "execution changed",
        cron=execution.cron_name,
        execution=execution.id,
        slot=execution.slot.isoformat(),
        before=change.before,
        status=execution.status,
        exit_code=execution.exit_code,
        reason=execution.reason,
    )
