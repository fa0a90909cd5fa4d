"""Incidents, the times in which nobody wants to be told of them, and images."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

# As it was then: a migration must not change with the code, so it imports none of ours.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
INSTANT = sa.BigInteger()


def upgrade() -> None:
    """Create both tables, and the column for what an execution ran."""
    op.add_column(
        "executions", sa.Column("image", TEXT, nullable=False, server_default=sa.text("''"))
    )
    _incidents()
    _incident_indexes()
    _silences()


def _incidents() -> None:
    op.create_table(
        "incidents",
        sa.Column("row_key", TEXT, primary_key=True),
        sa.Column("cron_id", TEXT, nullable=False),
        sa.Column("cron_name", TEXT, nullable=False),
        sa.Column("condition", sa.Text, nullable=False),
        sa.Column("severity", sa.Text, nullable=False),
        sa.Column("number", sa.Integer, nullable=False),
        sa.Column("opened_at", INSTANT, nullable=False),
        sa.Column("execution_id", TEXT, nullable=False),
        sa.Column("slot", INSTANT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
        sa.Column("judged", INSTANT, nullable=False),
        sa.Column("closed_at", INSTANT),
        sa.Column("closed_by", TEXT, nullable=False),
        sa.Column("is_held", sa.Boolean, nullable=False),
        sa.Column("tellings", sa.Text, nullable=False),
        sa.Column("due_at", INSTANT),
        sa.Column("revision", sa.BigInteger, nullable=False),
    )


def _incident_indexes() -> None:
    is_open, is_due = sa.text("closed_at IS NULL"), sa.text("due_at IS NOT NULL")
    is_told = sa.text("closed_at IS NOT NULL AND due_at IS NULL")
    _index("ix_incidents_open", "row_key", where=is_open)
    _index("ix_incidents_due", "due_at", "row_key", where=is_due)
    _index("ix_incidents_told", "closed_at", "row_key", where=is_told)


def _silences() -> None:
    op.create_table(
        "silences",
        sa.Column("id", TEXT, primary_key=True),
        sa.Column("scope", sa.Text, nullable=False),
        sa.Column("since", INSTANT, nullable=False),
        sa.Column("until", INSTANT, nullable=False),
        sa.Column("reason", TEXT, nullable=False),
    )


def _index(name: str, *columns: str, where: sa.TextClause) -> None:
    op.create_index(name, "incidents", list(columns), sqlite_where=where, postgresql_where=where)
