"""Runs the migrations on a connection that `wlcron.stores.sql.migration` hands over.

To change a table: change `wlcron/stores/sql/schema.py`, add the next numbered file to `versions`
and raise `migration.VERSION`. A test compares the two.
"""

from alembic import context

from wlcron.stores.sql.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
)
context.run_migrations()
