"""SqlStore: the whole port over one database, and how it is opened."""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from wlcron.errors import StoreError
from wlcron.stores.sql import postgresql, sqlite
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


class PostgresqlStore(SqlStore):
    """A store in PostgreSQL, which several servers may have open."""

    def __init__(self, database: Database, bulletin: postgresql.Bulletin) -> None:
        super().__init__(database)
        self._bulletin = bulletin

    def news(self) -> AsyncGenerator[str, None]:
        """Yield the name of a duty that another server wrote something for."""
        return self._bulletin.news()


async def open_sql_store(target: Path | str, patience: timedelta = PATIENCE) -> SqlStore:
    """Open the SQLite database in a file, or the one of a URL; make what is missing.

    `patience` is how long a lock of another process is waited for in SQLite. Raises StoreError
    when the database cannot be opened, or was written by a newer wlcron.
    """
    engine = await asyncio.to_thread(_open, target, patience)
    if engine.dialect.name == postgresql.NAME:
        bulletin = postgresql.Bulletin(engine)
        return PostgresqlStore(Database(engine), bulletin)
    return SqlStore(Database(engine))


def _open(target: Path | str, patience: timedelta) -> sa.Engine:
    url = sqlite.url_of(target) if isinstance(target, Path) else _url(target)
    engine = _make_engine(url, patience)
    try:
        with engine.execution_options(writes=True).begin() as connection:
            if engine.dialect.name == postgresql.NAME:
                postgresql.check(connection)
            migrate(connection)
    except Exception as error:
        engine.dispose()
        raise as_store_error(error, url) from error
    return engine


def _url(text: str) -> sa.URL:
    if "://" not in text:
        return sqlite.url_of(Path(text))
    try:
        url = sa.make_url(text)
    except (sa.exc.ArgumentError, ValueError):
        # The error repeats what stands where a port should be, which may be a password.
        raise StoreError(
            "the URL of the database is none: write postgresql://user@host:5432/name;"
            " in a password, write :/@# as %3A %2F %40 %23"
        ) from None
    return postgresql.url_of(url) if postgresql.is_meant(url) else url


def _make_engine(url: sa.URL, patience: timedelta) -> sa.Engine:
    match url.get_backend_name():
        case "sqlite":
            return sqlite.make_engine(url, patience)
        case postgresql.NAME:
            return _make_postgresql(url)
        case kind:
            raise StoreError(
                f"{kind} is no kind of database that wlcron knows:"
                " give the path of a file, or postgresql://…"
            )


def _make_postgresql(url: sa.URL) -> sa.Engine:
    try:
        return postgresql.make_engine(url, READERS + 1)
    except ImportError as error:
        raise StoreError(
            f"PostgreSQL needs the Python package {error.name}: install wlcron[postgresql]"
        ) from error
    except sa.exc.ArgumentError as error:
        raise as_store_error(error, url) from error
