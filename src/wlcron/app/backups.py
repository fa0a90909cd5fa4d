"""`wl backup` and `wl restore`: which database, and in which order."""

import asyncio
import contextlib
import fcntl
import os
import stat
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
from wlcron.stores.sql.snapshots import Content, Tell, UnfitError

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
    with snapshots.explained(source):
        if not source.exists():
            raise ConfigurationError(
                f"there is no database at {source}: say with --data-dir where the server has it"
            )
    with snapshots.explained(target):
        is_there = _is_ordinary(target)
        file = Path(os.path.realpath(target))  # a link stays, and leads to the backup
    kept = {
        Path(os.path.realpath(path) + suffix)
        for path in (source, settings.data_dir / DATABASE)
        for suffix in snapshots.PARTS
    }
    if file in kept or (is_there and file.samefile(source)):
        raise ConfigurationError(f"{target} is the database itself: give another file")
    if is_there and _is_the_servers(file, settings.data_dir):
        raise ConfigurationError(f"{target} belongs to the server: give another file")
    if is_there and not force:
        raise ConfigurationError(f"{target} is there already: give another file, or --force")
    return snapshots.save(source, file, tell)


def _is_ordinary(target: Path) -> bool:
    """Return whether a file is there; raises where it is of a kind that nobody replaces."""
    try:
        mode = target.stat().st_mode
    except FileNotFoundError:
        return False
    if stat.S_ISDIR(mode):
        raise ConfigurationError(f"{target} is a directory: give the name of a file")
    if not stat.S_ISREG(mode):
        raise ConfigurationError(f"{target} is no ordinary file: give another one")
    return True


def _is_the_servers(file: Path, data_dir: Path) -> bool:
    """Return whether the data directory holds it for another end than as a backup."""
    if not file.is_relative_to(os.path.realpath(data_dir)):
        return False
    with contextlib.suppress(StoreError):
        snapshots.examine(file)
        return False
    return True


def examine(path: Path) -> Content:
    """Return what a backup holds; raises where it cannot be restored."""
    with snapshots.explained(path):
        if not path.is_file():
            raise ConfigurationError(
                f"there is no file {path}: give the one that wl backup has made"
            )
    content = snapshots.examine(path)
    _refuse_newer(path, content)
    return content


def _refuse_newer(path: Path, content: Content) -> None:
    if content.version > VERSION:
        raise StoreError(
            f"{path} was written by a newer wlcron (its tables have version {content.version},"
            f" this one knows {VERSION}): install that version first"
        )


def restore(settings: Settings, source: Path, tell: Tell) -> Restored:
    """Put a backup, which `examine` has found good, in the place of the database.

    Raises StoreError or ConfigurationError with one sentence; the database is then as it was.
    """
    target = _database_of(settings)
    with _alone(settings.data_dir) as is_alone, snapshots.explained(target):
        if target.exists() and target.samefile(source):
            raise ConfigurationError(f"{source} is the database itself: give a backup of it")
        present = _present(target, is_alone=is_alone)
        kept = _keep(target, present)
        fresh = target.with_name(f".{target.name}.{os.getpid()}.restoring")
        with snapshots.removed(fresh):
            running = _prepare(source, fresh, target if _is_like_ours(present) else None)
            snapshots.put_back(fresh, target, tell)
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
    """Yield whether no server holds the data directory; then none can, inside the block.

    The directory and its lock are made where they are missing, as a server makes them.
    """
    try:
        data_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(data_dir / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ConfigurationError(
            f"the data directory {data_dir} cannot be used: {error.strerror};"
            " give another one with --data-dir"
        ) from error
    try:
        yield _take(lock)
    finally:
        os.close(lock)


def _take(lock: int) -> bool:
    """Return whether nobody had it; the kernel lets go when it is closed."""
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _present(target: Path, *, is_alone: bool) -> Content | None:
    """Return what the database holds; None where it is missing or beyond reading.

    A server can go on only with tables that it knows, and with a database that it can read.
    """
    if not target.exists():
        return None
    try:
        content = snapshots.examine(target)
    except UnfitError as error:
        if is_alone:
            return None
        raise StoreError(
            f"{target} cannot be read, and a server runs on it: stop it, then restore"
        ) from error
    _refuse_newer(target, content)
    if content.version != VERSION and not is_alone:
        raise ConfigurationError(
            f"a server of another version runs on {target}: stop it, then restore"
        )
    return content


def _keep(target: Path, present: Content | None) -> Path | None:
    """Keep what is there beside it, under a name with the time."""
    if not target.exists():
        return None
    # To the microsecond: two restores in one second must not keep one copy.
    now = datetime.now(UTC)
    kept = target.with_name(f"{target.name}.before-restore-{now:%Y%m%dT%H%M%S.%fZ}")
    if present is not None:
        snapshots.save(target, kept, lambda _done, _all: None)
        return kept
    for suffix in snapshots.PARTS:  # it cannot be read, so it is kept as it is
        with contextlib.suppress(FileNotFoundError):
            target.with_name(target.name + suffix).rename(kept.with_name(kept.name + suffix))
    return kept


def _is_like_ours(present: Content | None) -> bool:
    return present is not None and present.version == VERSION


def _prepare(source: Path, fresh: Path, present: Path | None) -> int:
    """Make what is to be put back: the backup with today's tables and with what runs now."""
    snapshots.copy(source, fresh, lambda _done, _all: None)
    asyncio.run(_migrate(fresh))
    return carry_over(present, fresh) if present is not None else 0


async def _migrate(path: Path) -> None:
    await (await open_sql_store(path)).close()
