"""SqlStore: the whole port over one database, and how it is opened."""

import asyncio
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from wlcron.errors import StoreError
from wlcron.stores.sql import sqlite
from wlcron.stores.sql.changes import SqlChanges
from wlcron.stores.sql.crons import SqlCrons
from wlcron.stores.sql.database import READERS, Database
from wlcron.stores.sql.executions import SqlExecutions
from wlcron.stores.sql.faults import as_store_error
from wlcron.stores.sql.incidents import SqlIncidents
from wlcron.stores.sql.migration import migrate

PATIENCE = timedelta(seconds=10)


class SqlStore(SqlCrons, SqlExecutions, SqlChanges, SqlIncidents):
    """A store in a database; `open_sql_store` makes it."""

    async def close(self) -> None:
        """Let go of files and connections."""
        await self._database.close()


async def open_sql_store(target: Path | str, patience: timedelta = PATIENCE) -> SqlStore:
    """Open the SQLite database in a file, or the one of an SQLAlchemy URL; make what is missing.

    `patience` is how long a lock of another process is waited for. Raises StoreError when the
    database cannot be opened, or was written by a newer wlcron.
    """
    return SqlStore(Database(await asyncio.to_thread(_open, target, patience)))


def _open(target: Path | str, patience: timedelta) -> sa.Engine:
    url = sqlite.url_of(target) if isinstance(target, Path) else _url(target)
    try:
        engine = _make_engine(url, patience)
        with engine.execution_options(writes=True).begin() as connection:
            migrate(connection)
    except ImportError as error:
        raise StoreError(
            f"{url.drivername} needs the Python package {error.name}: install it"
        ) from error
    except Exception as error:
        raise as_store_error(error, url) from error
    return engine


def _url(text: str) -> sa.URL:
    if "://" not in text:
        return sqlite.url_of(Path(text))
    try:
        return sa.make_url(text)
    except sa.exc.ArgumentError as error:
        raise StoreError("the URL of the database is none: see SQLAlchemy's manual") from error


def _make_engine(url: sa.URL, patience: timedelta) -> sa.Engine:
    if url.get_backend_name() == "sqlite":
        return sqlite.make_engine(url, patience)
    return sa.create_engine(url, pool_size=READERS + 1, pool_pre_ping=True)
