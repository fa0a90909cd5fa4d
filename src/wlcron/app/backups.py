"""`wl backup` and `wl restore`: which database, and in which order."""

import asyncio
import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa

from wlcron.app.parts import DATABASE, DYNAMODB
from wlcron.config import Settings
from wlcron.errors import ConfigurationError, StoreError
from wlcron.stores.sql import open_sql_store, snapshots
from wlcron.stores.sql.carrying import carry_over
from wlcron.stores.sql.migration import VERSION
from wlcron.stores.sql.snapshots import Content, Tell

__all__ = ["Content", "Restored", "Tell", "back_up", "examine", "restore"]


@dataclass(frozen=True, slots=True)
class Restored:
    """What became of a database."""

    kept: Path | None  # where what was there before is; None: nothing was there
    running: int  # executions that were active before, and are still
    is_served: bool  # whether a server goes on with it


def back_up(settings: Settings, target: Path, tell: Tell, *, force: bool) -> Content:
    """Copy the database of these settings into a file; return what it holds.

    Raises StoreError or ConfigurationError with one sentence, and leaves no half file.
    """
    source = _database_of(settings)
    if not source.exists():
        raise ConfigurationError(
            f"there is no database at {source}: say with --data-dir where the server has it"
        )
    if target.is_dir():
        raise ConfigurationError(f"{target} is a directory: give the name of a file")
    if target.exists() and target.samefile(source):
        raise ConfigurationError(f"{target} is the database itself: give another file")
    if target.exists() and not force:
        raise ConfigurationError(f"{target} is there already: give another file, or --force")
    return snapshots.save(source, target, tell)


def examine(path: Path) -> Content:
    """Return what a backup holds; raises where it cannot be restored."""
    if not path.is_file():
        raise ConfigurationError(f"there is no file {path}: give the one that wl backup has made")
    content = snapshots.examine(path)
    if content.version > VERSION:
        raise StoreError(
            f"{path} was written by a newer wlcron (its tables have version {content.version},"
            f" this one knows {VERSION}): install that version first"
        )
    return content


def restore(settings: Settings, source: Path, tell: Tell) -> Restored:
    """Put a backup, which `examine` has found good, in the place of the database.

    Raises StoreError or ConfigurationError with one sentence; the database is then as it was.
    """
    target = _database_of(settings)
    if target.exists() and target.samefile(source):
        raise ConfigurationError(f"{source} is the database itself: give a backup of it")
    with _alone(settings.data_dir) as is_alone:
        present = _present(target, is_alone=is_alone)
        kept = _keep(target, present)
        fresh = target.with_name(f".{target.name}.{os.getpid()}.restoring")
        try:
            running = _prepare(source, fresh, target if _is_like_ours(present) else None)
            snapshots.put_back(fresh, target, tell)
        finally:
            _remove(fresh)
    return Restored(kept, running, is_served=not is_alone)


def _database_of(settings: Settings) -> Path:
    text = settings.database
    if not text:
        return settings.data_dir / DATABASE
    if text == DYNAMODB:
        raise ConfigurationError(
            "the database is DynamoDB, which AWS backs up: turn on point-in-time recovery there"
        )
    if "://" not in text:
        return Path(text)
    with contextlib.suppress(sa.exc.ArgumentError, ValueError):
        url = sa.make_url(text)
        if url.get_backend_name() == "sqlite" and url.database:
            return Path(url.database)
    raise ConfigurationError(
        "the database is no SQLite file: back up PostgreSQL with pg_dump,"
        " and restore it with pg_restore or psql"
    )


@contextlib.contextmanager
def _alone(data_dir: Path) -> Iterator[bool]:
    """Yield whether no server holds the data directory; then none can, inside the block."""
    try:
        lock = os.open(data_dir / "server.lock", os.O_RDWR)
    except FileNotFoundError:  # no server ever did
        yield True
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_alone = True
    except BlockingIOError:
        is_alone = False
    try:
        yield is_alone
    finally:
        os.close(lock)


def _present(target: Path, *, is_alone: bool) -> Content | None:
    """Return what the database holds; None where it is missing or beyond reading.

    A server can go on only with tables that it knows, and with a database that it can read.
    """
    if not target.exists():
        return None
    try:
        content = examine(target)
    except StoreError as error:
        if is_alone and "newer wlcron" not in str(error):
            return None
        raise
    if content.version != VERSION and not is_alone:
        raise ConfigurationError(
            f"a server of another version runs on {target}: stop it, then restore"
        )
    return content


def _keep(target: Path, present: Content | None) -> Path | None:
    """Keep what is there beside it, under a name with the time."""
    if not target.exists():
        return None
    kept = target.with_name(f"{target.name}.before-restore-{datetime.now(UTC):%Y%m%dT%H%M%SZ}")
    if present is not None:
        snapshots.save(target, kept, lambda _done, _all: None)
        return kept
    for suffix in ("", "-wal", "-shm"):  # it cannot be read, so it is kept as it is
        with contextlib.suppress(FileNotFoundError):
            target.with_name(target.name + suffix).rename(kept.with_name(kept.name + suffix))
    return kept


def _is_like_ours(present: Content | None) -> bool:
    return present is not None and present.version == VERSION


def _prepare(source: Path, fresh: Path, present: Path | None) -> int:
    """Make what is to be put back: the backup with today's tables and with what runs now."""
    os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    snapshots.copy(source, fresh, lambda _done, _all: None)
    asyncio.run(_migrate(fresh))
    return carry_over(present, fresh) if present is not None else 0


async def _migrate(path: Path) -> None:
    await (await open_sql_store(path)).close()


def _remove(path: Path) -> None:
    for suffix in ("", "-journal", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
