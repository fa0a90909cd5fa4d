"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

# As it was then: a migration must not change with the code, so it imports none of ours.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.BigInteger()


def upgrade() -> None:
    """Create everything."""
    _crons()
    _definitions()
    _executions()
    _execution_indexes()
    _changes()


def _crons() -> None:
    op.create_table(
        "crons",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("name", TEXT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("updated_at", INSTANT, nullable=False),
        sa.Column("next_due", INSTANT),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("revision", sa.BigInteger, nullable=False),
        sa.Column("pause", sa.Text),
        sa.Column("deleted", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("stored", sa.Integer, nullable=False, server_default="0"),
    )
    living, deleted = sa.column("deleted") == sa.false(), sa.column("deleted") == sa.true()
    _index("uq_crons_name", "crons", "name", unique=True, where=living)
    _index("ix_crons_next_due", "crons", "next_due", "id", where=sa.text("next_due IS NOT NULL"))
    _index("ix_crons_deleted", "crons", "id", where=deleted)


def _definitions() -> None:
    op.create_table(
        "definitions",
        sa.Column("cron_id", TEXT, sa.ForeignKey("crons.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("definition", sa.Text, nullable=False),
        sa.Column("source", sa.Text, nullable=False),
    )


def _executions() -> None:
    op.create_table(
        "executions",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("cron_id", TEXT, nullable=False),
        sa.Column("cron_name", TEXT, nullable=False),
        sa.Column("cron_version", sa.Integer, nullable=False),
        sa.Column("slot", INSTANT, nullable=False),
        sa.Column("manual", sa.Boolean, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("start_by", INSTANT, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("holder", TEXT, nullable=False),
        sa.Column("lease_until", INSTANT),
        sa.Column("started_at", INSTANT),
        sa.Column("deadline", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.Column("exit_code", sa.Integer),
        sa.Column("stop_asked_at", INSTANT),
        sa.Column("stop_reason", TEXT, nullable=False),
        sa.Column("overrides", sa.Text),
        sa.ForeignKeyConstraint(
            ["cron_id", "cron_version"], ["definitions.cron_id", "definitions.version"]
        ),
    )


def _execution_indexes() -> None:
    active = sa.text("status IN ('PENDING', 'RUNNING', 'STARTING')")
    pending, starting = sa.text("status IN ('PENDING')"), sa.text("status IN ('STARTING')")
    _index("uq_executions_slot", "executions", "cron_id", "slot", unique=True)
    _index("uq_executions_active", "executions", "cron_id", unique=True, where=active)
    _index("ix_executions_pending", "executions", "slot", "id", where=pending)
    _index("ix_executions_lease", "executions", "holder", "lease_until", where=starting)
    _index("ix_executions_age", "executions", "slot")


def _changes() -> None:
    op.create_table(
        "changes",
        sa.Column("id", NUMBER, primary_key=True),
        sa.Column(
            "execution_id", TEXT, sa.ForeignKey("executions.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("before", sa.Text),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("started_at", INSTANT),
        sa.Column("deadline", INSTANT),
        sa.Column("ended_at", INSTANT),
        sa.Column("exit_code", sa.Integer),
        sa.Column("announced", sa.Boolean, nullable=False, server_default=sa.false()),
    )
    waiting = sa.column("announced") == sa.false()
    _index("uq_changes_step", "changes", "execution_id", "status", unique=True)
    _index("ix_changes_outbox", "changes", "id", where=waiting)


def _index(
    name: str,
    table: str,
    *columns: str,
    unique: bool = False,
    where: sa.ColumnElement[bool] | sa.TextClause | None = None,
) -> None:
    op.create_index(
        name, table, list(columns), unique=unique, sqlite_where=where, postgresql_where=where
    )
