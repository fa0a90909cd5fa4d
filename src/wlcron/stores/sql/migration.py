"""Brings the tables of a database to what this version expects."""

import sqlalchemy as sa

from wlcron.errors import StoreError
from wlcron.stores.sql import postgresql

VERSION = "0003"  # the newest file in ../migrations/versions
LOCATION = "wlcron:stores/migrations"


def migrate(connection: sa.Connection) -> None:
    """Create or update the tables in the caller's transaction.

    Raises StoreError when a newer wlcron has written the database.
    """
    # Alembic takes as long to import as all the rest of a start: only who needs it, pays.
    if _version(connection) != VERSION:
        if connection.dialect.name == postgresql.NAME:
            postgresql.wait_for_others(connection)
        _upgrade(connection)


def _version(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return str(connection.scalar(sa.text("SELECT version_num FROM alembic_version")))


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util import CommandError

    config = Config()
    config.set_main_option("script_location", LOCATION)
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        found = _version(connection)
        raise StoreError(
            f"the database was written by a newer wlcron (its tables have version {found},"
            f" this one knows {VERSION}): install that version again"
        ) from error
