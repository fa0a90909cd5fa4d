"""Everything that is SQLite's alone."""

import contextlib
import sqlite3
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from wlcron.errors import StoreError

CONNECTIONS = 5
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",  # readers and the writer do not wait for one another
    "PRAGMA synchronous = FULL",  # what was committed survives a power cut
    "PRAGMA foreign_keys = ON",
)
_SENTENCES = {
    sqlite3.SQLITE_BUSY: "the database {path} is locked by another process: end that one first",
    sqlite3.SQLITE_CANTOPEN: "the database {path} cannot be opened:"
    " its directory has to exist and has to be writable",
    sqlite3.SQLITE_CORRUPT: "the database {path} is damaged:"
    " stop the server, then put a backup back with wl restore, or move it away to begin anew",
    sqlite3.SQLITE_FULL: "the disk of the database {path} is full: make room on it",
    sqlite3.SQLITE_IOERR: "the disk of the database {path} cannot be read or written: check it",
    sqlite3.SQLITE_NOTADB: "{path} is no database:"
    " give another path, or stop the server and put a backup back with wl restore",
    sqlite3.SQLITE_READONLY: "the database {path} cannot be written:"
    " give this user the right to write it and its directory",
}
_SENTENCES[sqlite3.SQLITE_LOCKED] = _SENTENCES[sqlite3.SQLITE_BUSY]
_SENTENCES[sqlite3.SQLITE_PERM] = _SENTENCES[sqlite3.SQLITE_READONLY]


def url_of(path: Path) -> sa.URL:
    """Return the URL of the database in a file."""
    return sa.URL.create("sqlite", database=str(path))


def make_engine(url: sa.URL, patience: timedelta) -> sa.Engine:
    """Return an engine that waits for locks of other processes for so long."""
    if url.database in {None, "", ":memory:"}:
        raise StoreError("an SQLite database is kept in a file: give its path")
    # The file holds the environment of crons, secrets too: nobody else may read it. If it
    # cannot be made, SQLite says so itself in a moment.
    with contextlib.suppress(OSError):
        Path(str(url.database)).touch(mode=0o600)
    engine = sa.create_engine(
        url,
        connect_args={"timeout": patience.total_seconds(), "check_same_thread": False},
        pool_size=CONNECTIONS,
        hide_parameters=True,  # the environment of crons must not get into a log
    )
    sa.event.listen(engine, "connect", _prepare)
    sa.event.listen(engine, "begin", _begin)
    return engine


def sentence(error: sqlite3.Error, path: str) -> str:
    """Return what a person is told of an error of the database in this file."""
    known = _SENTENCES.get(code_of(error))
    return known.format(path=path) if known else f"the database {path} refused: {error}"


def code_of(error: sqlite3.Error) -> int:
    """Return SQLite's number of an error; 0 where Python's module refused by itself."""
    return int(getattr(error, "sqlite_errorcode", 0)) & 0xFF  # the rest of it is detail


def set_up(connection: sqlite3.Connection) -> None:
    """Have a connection work as all of ours do."""
    for pragma in _PRAGMAS:
        connection.execute(pragma)


def _prepare(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # transactions begin below, not when Python thinks best
    set_up(connection)


def _begin(connection: sa.Connection) -> None:
    # Whoever is going to write takes the lock first: a transaction that has read already cannot
    # wait for it, it would have to start again.
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
