"""Executions are taken under a lease."""

from datetime import datetime, timedelta

import sqlalchemy as sa

from wlcron.core.execution import Change, Execution, Status, claimed
from wlcron.store import Claim
from wlcron.stores.sql.prepared import Prepared
from wlcron.stores.sql.rows import CRON, EXECUTION, cron_of, execution_of
from wlcron.stores.sql.saving import save_changes
from wlcron.stores.sql.schema import crons, definitions, executions, is_startable

_FREE = (
    sa.select(*EXECUTION, *CRON)
    .join_from(executions, crons, executions.c.cron_id == crons.c.id)
    .join(
        definitions,
        (definitions.c.cron_id == executions.c.cron_id)
        & (definitions.c.version == executions.c.cron_version),
    )
    .where(
        is_startable,
        executions.c.stop_asked_at.is_(None),
        executions.c.lease_until.is_(None) | (executions.c.lease_until <= sa.bindparam("now")),
    )
    .order_by(executions.c.slot, executions.c.id)
    .limit(sa.bindparam("at_most"))
    # Where rows can be locked, another server takes the next ones and does not wait for these.
    .with_for_update(of=executions, skip_locked=True)
)
_HOLD = Prepared(
    sa.update(executions).where(executions.c.id == sa.bindparam("of")),
    *("status", "reason", "attempt", "lease_until"),
)


def claim_executions(
    connection: sa.Connection, now: datetime, lease: timedelta, limit: int
) -> list[Claim]:
    """Take executions to start as the port says."""
    free = connection.execute(_FREE, {"now": now, "at_most": limit}).all()
    if not free:
        return []
    waiting = [execution_of(row[: len(EXECUTION)]) for row in free]
    taken = [claimed(execution, now, lease) for execution in waiting]
    _HOLD.run(connection, *map(_hold_row, taken))
    # To start once more what was STARTING already is no change of status.
    save_changes(
        connection,
        (
            Change(new, old.status, now)
            for old, new in zip(waiting, taken, strict=True)
            if old.status is Status.PENDING
        ),
    )
    return [
        Claim(execution, cron_of(row[len(EXECUTION) :]))
        for execution, row in zip(taken, free, strict=True)
    ]


def _hold_row(execution: Execution) -> dict[str, object]:
    return {
        "of": execution.id,
        "status": execution.status,
        "reason": execution.reason,
        "attempt": execution.attempt,
        "lease_until": execution.lease_until,
    }
