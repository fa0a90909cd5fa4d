"""Copies of an SQLite database, made and put back while a server uses it."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import monotonic
from urllib.parse import quote

from wlcron.errors import StoreError
from wlcron.stores.sql import sqlite

Tell = Callable[[int, int], None]  # pages that are done, and pages in all
PARTS = ("", "-journal", "-wal", "-shm")  # the files that SQLite makes of one name

_PATIENCE = timedelta(seconds=60)  # for a server's own writing, which takes far less
_PAGES = 2000  # in one step, after which it is told how far it is
_FORBIDDEN = "this user may not use {path}: run wl as the server's user, or give another one"
_ANOTHER = "take another backup"
_UNFIT = {
    sqlite3.SQLITE_CORRUPT: "is damaged",
    sqlite3.SQLITE_ERROR: "is no database of wlcron",  # it has not our tables
    sqlite3.SQLITE_IOERR: "cannot be read from its disk",
    sqlite3.SQLITE_NOTADB: "is no database",
}
_COUNTS = (
    "SELECT (SELECT count(*) FROM crons WHERE NOT deleted), (SELECT count(*) FROM executions),"
    " (SELECT max(slot) FROM executions), (SELECT version_num FROM alembic_version)"
)


@dataclass(frozen=True, slots=True)
class Content:
    """What a database of ours holds."""

    crons: int
    executions: int
    newest_slot: datetime | None
    version: str  # of its tables
    size: int  # in bytes


class UnfitError(StoreError):
    """It is damaged, or no database of ours: nothing can be taken from it."""

    def __init__(self, path: Path, problem: str, advice: str) -> None:
        super().__init__(f"{path} {problem}: {advice}")
        self.problem = problem


def examine(path: Path) -> Content:
    """Return what a database holds; UnfitError where it is damaged, or none of ours."""
    with explained(path), closing(_reading(path)) as connection:
        try:
            [(verdict,), *_] = connection.execute("PRAGMA integrity_check(1)").fetchall()
            if verdict != "ok":
                found = verdict.splitlines()[-1]  # before it stands where
                raise UnfitError(path, f"is damaged ({found})", _ANOTHER)
            crons, executions, newest, version = connection.execute(_COUNTS).fetchone()
            if version is None:  # a migration that never came to its end
                raise UnfitError(path, _UNFIT[sqlite3.SQLITE_ERROR], _ANOTHER)
        except sqlite3.DatabaseError as error:
            problem = _UNFIT.get(sqlite.code_of(error))
            if problem is None:
                raise
            raise UnfitError(path, problem, _ANOTHER) from error
    slot = datetime.fromtimestamp(newest / 1_000_000, UTC) if newest is not None else None
    return Content(crons, executions, slot, str(version), path.stat().st_size)


def save(source: Path, target: Path, tell: Tell) -> Content:
    """Copy a database into a file, which is there whole or not at all; return what it holds.

    Others may write meanwhile, and are not held up: what is copied is one state of the database.
    """
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    with explained(target), removed(part):
        copy(source, part, tell)
        content = _examine_copy(part, source)
        _settle(part)
        part.replace(target)
        _settle(target.parent)
    return content


def _examine_copy(copied: Path, source: Path) -> Content:
    try:
        return examine(copied)
    except UnfitError as error:  # what is wrong with the copy was wrong before
        advice = "stop the server, then put an older backup back with wl restore"
        raise UnfitError(source, error.problem, advice) from error


def copy(source: Path, target: Path, tell: Tell) -> None:
    """Copy a database into a new file, without the files that SQLite keeps beside it.

    Nobody else may read it; OSError where it cannot be made.
    """
    os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    with (
        explained(source),
        closing(_reading(source)) as reading,
        closing(sqlite3.connect(target, isolation_level=None)) as writing,
    ):
        # One state of it from here on. A copy in steps without a transaction would have to begin
        # again whenever somebody writes, and would come to no end beside a busy server.
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM sqlite_master").fetchone()
        _run(reading, writing, tell)
        writing.execute("PRAGMA journal_mode = DELETE")


def put_back(source: Path, target: Path, tell: Tell) -> None:
    """Make a database what another one is, in one transaction, whoever has it open.

    Who reads meanwhile sees what was there before, who writes waits; SQLite has statements that
    were prepared before looked at anew.
    """
    with explained(target):
        target.touch(mode=0o600)  # where it is missing, SQLite would let others read it
    with (
        explained(target),
        closing(_reading(source)) as reading,
        closing(sqlite3.connect(target, isolation_level=None)) as writing,
    ):
        sqlite.set_up(writing)
        _run(reading, writing, tell)


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Say in one sentence what is wrong with a file, as StoreError."""
    try:
        yield
    except sqlite3.Error as error:
        if sqlite.code_of(error) == sqlite3.SQLITE_CANTOPEN:  # it is there: its users see to that
            raise StoreError(_FORBIDDEN.format(path=path)) from error
        raise StoreError(sqlite.sentence(error, str(path))) from error
    except PermissionError as error:
        raise StoreError(_FORBIDDEN.format(path=path)) from error
    except OSError as error:
        raise StoreError(f"{path} cannot be used: {error.strerror}: give another one") from error


def _run(reading: sqlite3.Connection, writing: sqlite3.Connection, tell: Tell) -> None:
    until = monotonic() + _PATIENCE.total_seconds()

    def progress(status: int, left: int, pages: int) -> None:
        if status in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED} and monotonic() > until:
            raise StoreError("another process kept the database locked: end that one first")
        tell(pages - left, pages)

    reading.backup(writing, pages=_PAGES, progress=progress, sleep=0.01)


def _reading(path: Path) -> sqlite3.Connection:
    # By a URI alone nothing is made where nothing is.
    uri = f"file:{quote(str(path.absolute()))}?mode=ro"
    return sqlite3.connect(uri, uri=True, isolation_level=None)


def _settle(path: Path) -> None:
    """Have what was written survive a power cut."""
    file = os.open(path, os.O_RDONLY)
    try:
        os.fsync(file)
    finally:
        os.close(file)


@contextmanager
def removed(part: Path) -> Iterator[None]:
    """Leave nothing of a database that is needed inside the block alone."""
    try:
        yield
    finally:
        for suffix in PARTS:
            part.with_name(part.name + suffix).unlink(missing_ok=True)
