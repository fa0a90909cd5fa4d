"""The tables. What the store promises is a constraint here, not a check in code.

Promise 1, one row for each (cron, slot): `uq_executions_slot`.
Promise 2, at most one active execution of a cron: `uq_executions_active`.
Each change once: `uq_changes_step`.
One incident of a cron and condition: the primary key of `incidents`.
"""

from typing import Any

import sqlalchemy as sa

from wlcron.core.cron import Definition, Pause, Registration, Severity
from wlcron.core.execution import ACTIVE, Overrides, Status
from wlcron.core.incident import Condition, Telling
from wlcron.core.silence import Scope
from wlcron.stores.sql.columns import Instant, Json, Number, OneOf, Text

metadata = sa.MetaData()

crons = sa.Table(
    "crons",
    metadata,
    sa.Column("id", Text, primary_key=True),
    sa.Column("name", Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Column("next_due", Instant),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sa.Column("pause", Json(Pause)),
    sa.Column("registration", Json(Registration)),
    sa.Column("unsettled", sa.Boolean, nullable=False, server_default=sa.false()),
    # A deleted cron stays for as long as executions refer to it, without its name.
    sa.Column("deleted", sa.Boolean, nullable=False, server_default=sa.false()),
    # How many executions it has: retention finds who has too many without counting them.
    sa.Column("stored", sa.Integer, nullable=False, server_default="0"),
)

definitions = sa.Table(
    "definitions",
    metadata,
    sa.Column("cron_id", Text, sa.ForeignKey("crons.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("definition", Json(Definition), nullable=False),
    sa.Column("source", sa.Text, nullable=False),
)

executions = sa.Table(
    "executions",
    metadata,
    sa.Column("id", Text, primary_key=True),
    sa.Column("cron_id", Text, nullable=False),
    sa.Column("cron_name", Text, nullable=False),
    sa.Column("cron_version", sa.Integer, nullable=False),
    sa.Column("slot", Instant, nullable=False),
    sa.Column("manual", sa.Boolean, nullable=False),
    sa.Column("status", OneOf(Status), nullable=False),
    sa.Column("reason", Text, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("start_by", Instant, nullable=False),
    sa.Column("attempt", sa.Integer, nullable=False),
    sa.Column("holder", Text, nullable=False),
    sa.Column("lease_until", Instant),
    sa.Column("started_at", Instant),
    sa.Column("deadline", Instant),
    sa.Column("ended_at", Instant),
    sa.Column("exit_code", sa.Integer),
    sa.Column("stop_asked_at", Instant),
    sa.Column("stop_reason", Text, nullable=False),
    sa.Column("overrides", Json(Overrides)),
    sa.Column("handle", Text, nullable=False, server_default=sa.text("''")),
    sa.Column("image", Text, nullable=False, server_default=sa.text("''")),
    sa.ForeignKeyConstraint(
        ["cron_id", "cron_version"], ["definitions.cron_id", "definitions.version"]
    ),
)

changes = sa.Table(
    "changes",
    metadata,
    sa.Column("id", Number, primary_key=True),  # in the order in which they were saved
    sa.Column(
        "execution_id", Text, sa.ForeignKey("executions.id", ondelete="CASCADE"), nullable=False
    ),
    sa.Column("before", OneOf(Status)),
    sa.Column("status", OneOf(Status), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("reason", Text, nullable=False),
    sa.Column("started_at", Instant),
    sa.Column("deadline", Instant),
    sa.Column("ended_at", Instant),
    sa.Column("exit_code", sa.Integer),
    sa.Column("announced", sa.Boolean, nullable=False, server_default=sa.false()),
)

# A cron that was deleted does not take its incidents along: what is open has to be closed and told.
incidents = sa.Table(
    "incidents",
    metadata,
    sa.Column("row_key", Text, primary_key=True),  # of cron and condition
    sa.Column("cron_id", Text, nullable=False),
    sa.Column("cron_name", Text, nullable=False),
    sa.Column("condition", OneOf(Condition), nullable=False),
    sa.Column("severity", OneOf(Severity), nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("execution_id", Text, nullable=False),
    sa.Column("slot", Instant, nullable=False),
    sa.Column("reason", Text, nullable=False),
    sa.Column("judged", Instant, nullable=False),
    sa.Column("closed_at", Instant),
    sa.Column("closed_by", Text, nullable=False),
    sa.Column("is_held", sa.Boolean, nullable=False),
    sa.Column("tellings", Json(tuple[Telling, ...]), nullable=False),
    sa.Column("due_at", Instant),
    sa.Column("revision", sa.BigInteger, nullable=False),
)

silences = sa.Table(
    "silences",
    metadata,
    sa.Column("id", Text, primary_key=True),
    sa.Column("scope", Json(Scope), nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Column("reason", Text, nullable=False),
)


def _is_any_of(*statuses: Status) -> sa.ColumnElement[bool]:
    # Literals, not parameters: only then does a database see that a partial index fits.
    values = [sa.literal_column(f"'{status}'", sa.Text) for status in sorted(statuses)]
    return executions.c.status.in_(values)


is_active = _is_any_of(*ACTIVE)
is_pending = _is_any_of(Status.PENDING)
is_starting = _is_any_of(Status.STARTING)
is_unannounced = changes.c.announced == sa.false()
is_deleted = crons.c.deleted == sa.true()
is_unsettled = crons.c.unsettled == sa.true()
is_living = crons.c.deleted == sa.false()
is_open = incidents.c.closed_at.is_(None)
is_told = sa.and_(incidents.c.closed_at.is_not(None), incidents.c.due_at.is_(None))


def _index(
    name: str,
    *columns: sa.Column[Any],
    unique: bool = False,
    where: sa.ColumnElement[bool] | None = None,
) -> None:
    sa.Index(name, *columns, unique=unique, sqlite_where=where, postgresql_where=where)


_index("uq_crons_name", crons.c.name, unique=True, where=is_living)
_index("ix_crons_next_due", crons.c.next_due, crons.c.id, where=crons.c.next_due.is_not(None))
_index("ix_crons_deleted", crons.c.id, where=is_deleted)
_index("ix_crons_unsettled", crons.c.id, where=is_unsettled)
_index("uq_executions_slot", executions.c.cron_id, executions.c.slot, unique=True)  # and history
_index("uq_executions_active", executions.c.cron_id, unique=True, where=is_active)
_index("ix_executions_pending", executions.c.slot, executions.c.id, where=is_pending)
_index("ix_executions_lease", executions.c.holder, executions.c.lease_until, where=is_starting)
_index("ix_executions_age", executions.c.slot)
_index("uq_changes_step", changes.c.execution_id, changes.c.status, unique=True)
_index("ix_changes_outbox", changes.c.id, where=is_unannounced)
_index("ix_incidents_open", incidents.c.row_key, where=is_open)
_index(
    "ix_incidents_due",
    incidents.c.due_at,
    incidents.c.row_key,
    where=incidents.c.due_at.is_not(None),
)
_index("ix_incidents_told", incidents.c.closed_at, incidents.c.row_key, where=is_told)
