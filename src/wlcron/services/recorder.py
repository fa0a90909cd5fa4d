"""record(store, observation): the one gate for every change of a status."""

import structlog

from wlcron.core.execution import LEASE, Change, Execution, Kind, Observation, advance
from wlcron.store import Store

_log = structlog.get_logger("wlcron.recorder")


async def record(store: Store, seen: Observation, known: Execution | None = None) -> Change | None:
    """Save the change that an observation makes; None when it says nothing new.

    `known` is the execution as the caller last saw it, which spares the reading of a start: when
    the row has moved on meanwhile, the store refuses the change and the row decides. An end is
    judged by the row as it is, since a stop may have been asked for meanwhile.
    """
    if seen.kind is Kind.PROGRESS:
        await store.renew(seen.execution_id, seen.at + LEASE, seen.reason)
        return None
    if seen.kind is Kind.ACCEPTED:
        return None  # its lease lasts until it should have been heard of
    execution = known if seen.kind is Kind.STARTED else None
    execution = execution or await store.execution(seen.execution_id)
    while execution is not None:
        change = advance(execution, seen)
        if change is None:
            return None
        if await store.apply(change):
            _tell(change)
            return change
        execution = await store.execution(seen.execution_id)
    return None


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
