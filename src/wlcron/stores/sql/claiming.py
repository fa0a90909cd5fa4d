"""Executions are taken under a lease."""

from datetime import datetime, timedelta
from operator import attrgetter, itemgetter

import sqlalchemy as sa

from wlcron.core.execution import LONGEST_LEASE, Change, Status, claimed
from wlcron.store import Claim
from wlcron.stores.sql.prepared import Prepared
from wlcron.stores.sql.rows import CRON, EXECUTION, EXECUTION_COLUMNS, Row, cron_of, execution_of
from wlcron.stores.sql.saving import save_changes
from wlcron.stores.sql.schema import crons, definitions, executions, is_pending, is_starting

_STARTABLE = (
    sa.select(*EXECUTION, *CRON)
    .join_from(executions, crons, executions.c.cron_id == crons.c.id)
    .join(
        definitions,
        (definitions.c.cron_id == executions.c.cron_id)
        & (definitions.c.version == executions.c.cron_version),
    )
    .where(executions.c.stop_asked_at.is_(None))
    .order_by(executions.c.slot, executions.c.id)
    .limit(sa.bindparam("at_most"))
    # Where rows can be locked, another server takes the next ones and does not wait for these.
    .with_for_update(of=executions, skip_locked=True)
)
_HELD = _STARTABLE.where(is_starting, executions.c.holder == sa.bindparam("holder"))
# One by one, each has an index: what is held and not abandoned is looked at by none.
_QUESTIONS = (
    _STARTABLE.where(is_pending),
    _HELD.where(executions.c.lease_until <= sa.bindparam("now")),
    _HELD.where(executions.c.lease_until > sa.bindparam("latest")),  # `is_abandoned` says why
)
_HOLD = Prepared(
    sa.update(executions).where(executions.c.id == sa.bindparam("id")),
    *("status", "reason", "attempt", "holder", "lease_until"),
    get=attrgetter,
)
_turn = itemgetter(EXECUTION_COLUMNS.index("slot"), EXECUTION_COLUMNS.index("id"))


def claim_executions(
    connection: sa.Connection, now: datetime, lease: timedelta, limit: int, holder: str
) -> list[Claim]:
    """Take executions to start as the port says."""
    free = _free(connection, now, limit, holder)
    waiting = [execution_of(row[: len(EXECUTION)]) for row in free]
    taken = [claimed(execution, now, lease, holder) for execution in waiting]
    _HOLD.run(connection, *taken)
    # To start once more what was STARTING already is no change of status.
    save_changes(
        connection,
        (
            Change(new, Status.PENDING, now)
            for old, new in zip(waiting, taken, strict=True)
            if old.status is Status.PENDING
        ),
    )
    return [
        Claim(execution, cron_of(row[len(EXECUTION) :]))
        for execution, row in zip(taken, free, strict=True)
    ]


def _free(connection: sa.Connection, now: datetime, limit: int, holder: str) -> list[Row]:
    question = {"at_most": limit, "now": now, "latest": now + LONGEST_LEASE, "holder": holder}
    found: list[Row] = [row for query in _QUESTIONS for row in connection.execute(query, question)]
    return sorted(found, key=_turn)[:limit]
