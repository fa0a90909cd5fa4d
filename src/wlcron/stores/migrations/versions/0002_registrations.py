"""What is made for a cron outside, and what an engine calls an execution."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

# As it was then: a migration must not change with the code, so it imports none of ours.
TEXT = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")


def upgrade() -> None:
    """Add columns."""
    op.add_column("crons", sa.Column("registration", sa.Text))
    op.add_column(
        "crons", sa.Column("unsettled", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.add_column(
        "executions", sa.Column("handle", TEXT, nullable=False, server_default=sa.text("''"))
    )
    unsettled = sa.column("unsettled") == sa.true()
    op.create_index(
        "ix_crons_unsettled",
        "crons",
        ["id"],
        sqlite_where=unsettled,
        postgresql_where=unsettled,
    )
