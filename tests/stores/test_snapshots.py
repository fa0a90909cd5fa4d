"""Copies of an SQLite database are whole, hold nobody up, and are put back under open stores."""

import asyncio
import sqlite3
import stat
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.samples import HOUR, MINUTE, NOON, SECOND
from tests.stores.rows import LEASE, add, commit, end, final, known, moved, row, start, stored
from wlcron.core.execution import Status
from wlcron.core.planning import plan_manual
from wlcron.errors import StoreError
from wlcron.stores.sql import SqlStore, open_sql_store
from wlcron.stores.sql.carrying import carry_over
from wlcron.stores.sql.migration import VERSION
from wlcron.stores.sql.snapshots import Content, UnfitError, examine, put_back, save


def nobody(_done: int, _pages: int) -> None:
    """Be told how far a copy is, and do nothing."""


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """Return where a copy goes."""
    return tmp_path / "backups" / "b.db"


@pytest.fixture(autouse=True)
def folder(backup: Path) -> None:
    """Make its folder, in which nothing else may stay."""
    backup.parent.mkdir()


async def test_a_copy_holds_what_was_committed(store: SqlStore, path: Path, backup: Path) -> None:
    """It is one file that nobody else may read, and says what it holds."""
    cron = await add(store)
    await commit(store, final(cron))
    content = save(path, backup, nobody)
    size, mode = _size_and_mode(backup)
    assert content == Content(1, 1, NOON, VERSION, size)
    assert stat.S_IMODE(mode) == 0o600
    assert list(backup.parent.iterdir()) == [backup]
    copied = await open_sql_store(backup)
    assert await copied.crons() == [cron]
    assert await stored(copied, final(cron)) == final(cron)
    await copied.close()


async def test_a_copy_does_not_begin_again_when_somebody_writes(
    store: SqlStore, path: Path, backup: Path
) -> None:
    """It is of the moment at which it began, and the writer does not wait for its end."""
    cron = await add(store, source="x" * 30_000_000)
    steps: list[int] = []
    with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as writer:

        def write(done: int, pages: int) -> None:
            assert done <= pages
            assert len(steps) < 100
            steps.append(done)
            writer.execute("UPDATE crons SET name = 'step-' || ?", (len(steps),))

        save(path, backup, write)
    assert len(steps) > 2
    assert steps == sorted(set(steps))
    copied = await open_sql_store(backup)
    assert await copied.crons() == [cron]
    await copied.close()
    assert await store.cron(f"step-{len(steps)}")


async def test_a_copy_is_one_state_beside_one_who_writes_all_the_time(
    store: SqlStore, path: Path, backup: Path
) -> None:
    """What is counted in it fits."""
    cron = await add(store)
    ended = asyncio.Event()

    async def write() -> int:
        count = 0
        while not ended.is_set():
            count += 1
            await commit(store, final(cron, NOON + count * MINUTE))
        return count

    writing = asyncio.create_task(write())
    for _ in range(5):
        content = await asyncio.to_thread(save, path, backup, nobody)
        with closing(sqlite3.connect(backup)) as connection:
            [(counted,)] = connection.execute("SELECT stored FROM crons").fetchall()
        assert counted == content.executions
    ended.set()
    assert await writing > content.executions


async def test_a_copy_of_what_is_damaged_is_not_made(path: Path, backup: Path) -> None:
    """Nor left half; the one that was there stays."""
    store = await open_sql_store(path)
    for number in range(200):
        await add(store, f"cron-{number}", source="x" * 1000)
    await store.close()
    save(path, backup, nobody)
    before = examine(backup)
    _damage(path)
    with pytest.raises(StoreError, match=r"wlcron\.db is damaged .*: stop the server"):
        save(path, backup, nobody)
    assert list(backup.parent.iterdir()) == [backup]
    assert examine(backup) == before


def _size_and_mode(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_size, found.st_mode


def _damage(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(size // 2)
        file.write(b"\xff" * (size // 4))


def test_a_database_of_somebody_else_is_told_apart(tmp_path: Path) -> None:
    """Before anything is done with it."""
    other = tmp_path / "other.db"
    with closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE crons (id)")
    with pytest.raises(UnfitError, match="no database of wlcron"):
        examine(other)
    with closing(sqlite3.connect(other)) as connection:
        connection.executescript(
            "DROP TABLE crons; CREATE TABLE crons (deleted); CREATE TABLE executions (slot);"
            "CREATE TABLE alembic_version (version_num)"
        )
    with pytest.raises(UnfitError, match="no database of wlcron"):
        examine(other)


def test_a_database_that_is_locked_is_not_unfit(path: Path) -> None:
    """Nobody moves it away for that."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("CREATE TABLE crons (id)")
        with pytest.raises(StoreError, match="locked") as told:
            examine(path)
    assert not isinstance(told.value, UnfitError)


async def test_what_is_put_back_is_seen_by_who_has_it_open(
    store: SqlStore, path: Path, backup: Path
) -> None:
    """Statements and connections that were made before serve on, and what they had read is old."""
    cron = await add(store)
    save(path, backup, nobody)
    await commit(store, final(cron))
    await add(store, "younger")
    assert await store.put_cron(cron)
    newer = await known(store)
    await asyncio.to_thread(put_back, backup, path, nobody)
    assert await store.crons() == [cron]
    assert await store.executions([cron.id], 10) == []
    assert not await store.put_cron(newer)
    assert await store.commit([plan_manual(cron, NOON, "key")])
    assert await store.put_cron(await known(store))
    other = await open_sql_store(path)
    assert len(await other.executions([cron.id], 10)) == 1
    await other.close()


async def test_what_is_put_back_waits_for_who_writes(
    store: SqlStore, path: Path, backup: Path
) -> None:
    """And writers wait for it: one after the other, none fails."""
    cron = await add(store)
    save(path, backup, nobody)

    def put_back_again_and_again() -> None:
        for _ in range(10):
            put_back(backup, path, nobody)

    async def write() -> None:
        for number in range(50):
            await add(store, f"cron-{number}")

    await asyncio.gather(asyncio.to_thread(put_back_again_and_again), write())
    assert await known(store) == cron


async def test_what_runs_is_carried_over(store: SqlStore, path: Path, backup: Path) -> None:
    """With its changes and its version, which the copy does not know."""
    cron = await add(store)
    save(path, backup, nobody)
    assert await store.put_cron(replace(cron, version=2))
    running = await start(store, row(await known(store)))
    assert carry_over(path, backup) == 1
    copied = await open_sql_store(backup)
    assert await stored(copied, running) == running
    assert [change.execution.status for change in await copied.unannounced(10)] == [
        Status.PENDING,
        Status.STARTING,
    ]
    assert await copied.active() == [running]
    assert (await known(copied)).version == 1
    assert await copied.apply(moved(running, Status.SUCCESS, exit_code=0))
    await copied.close()


async def test_what_ran_then_has_the_end_that_it_had(
    store: SqlStore, path: Path, backup: Path
) -> None:
    """And makes room for what runs now."""
    cron = await add(store)
    then = await start(store, row(cron))
    save(path, backup, nobody)
    over = await end(store, then)
    now = await start(store, row(cron, NOON + HOUR))
    await commit(store, final(cron, NOON + HOUR + SECOND))
    assert carry_over(path, backup) == 1
    copied = await open_sql_store(backup)
    assert await copied.executions([cron.id], 10) == [now, over]
    await copied.close()


async def test_nothing_of_an_unknown_cron_is_carried_over(
    store: SqlStore, path: Path, backup: Path
) -> None:
    """It is not there to be run; and where nothing runs, the copy stays as it is."""
    await add(store)
    save(path, backup, nobody)
    await start(store, row(await add(store, "younger")))
    assert carry_over(path, backup) == 0
    assert examine(backup).executions == 0


async def test_counters_are_right_afterwards(store: SqlStore, path: Path, backup: Path) -> None:
    """Retention goes by them."""
    cron = await add(store)
    await commit(store, final(cron, NOON - HOUR))
    save(path, backup, nobody)
    claims = await store.commit([plan_manual(await known(store), NOON, "key")])
    await store.claim(NOON, LEASE, 10)
    carry_over(path, backup)
    with closing(sqlite3.connect(backup)) as connection:
        assert connection.execute("SELECT stored FROM crons").fetchall() == [(2,)]
    assert len(claims) == 1
