"""A database that cannot be used is told in one sentence that says what to do."""

import asyncio
import re
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from tests.samples import MINUTE, NOON, SECOND, make_cron, make_definition
from tests.stores.rows import add, final
from wlcron.core.planning import Plan
from wlcron.errors import StoreError
from wlcron.store import Store
from wlcron.stores.sql import SqlStore, open_sql_store
from wlcron.stores.sql.migration import VERSION


async def refusal(target: Path | str) -> str:
    """Return what is said when a database is opened."""
    with pytest.raises(StoreError) as caught:
        await open_sql_store(target, patience=SECOND / 10)
    sentence = str(caught.value)
    assert "\n" not in sentence
    return sentence


async def test_a_database_is_made_where_none_is(path: Path) -> None:
    """And opened again with what it holds."""
    store = await open_sql_store(path)
    cron = await add(store)
    await store.close()
    store = await open_sql_store(str(path))
    assert await store.crons() == [cron]
    await store.close()


async def test_nobody_else_may_read_a_database(store: Store, path: Path) -> None:
    """It holds the environment of crons."""
    await add(store)
    files = list(path.parent.glob("wlcron.db*"))
    assert len(files) == 3
    assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}


async def test_a_database_of_a_newer_version_is_refused(path: Path) -> None:
    """Its tables may mean something else; nothing is changed in it."""
    await (await open_sql_store(path)).close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    sentence = await refusal(path)
    assert "newer wlcron" in sentence
    assert "9999" in sentence
    assert VERSION in sentence


async def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    """And left as it is."""
    _write(path, 0, b"schedule: '@daily'\n" * 1000)
    assert "is no database" in await refusal(path)
    assert _size(path) == len(b"schedule: '@daily'\n" * 1000)


async def test_a_damaged_database_is_refused(path: Path) -> None:
    """When that is seen at once, as when its first pages are gone."""
    await (await open_sql_store(path)).close()
    _write(path, 100, b"\xff" * 20_000)
    assert "damaged" in await refusal(path)


async def test_a_database_damaged_later_is_told(path: Path) -> None:
    """When that is only seen by who reads the damaged page."""
    store = await open_sql_store(path)
    for number in range(200):
        await add(store, f"cron-{number}", source="x" * 1000)
    await store.close()
    middle = _size(path) // 2
    _write(path, middle, b"\xff" * middle)
    store = await open_sql_store(path)
    with pytest.raises(StoreError, match="damaged"):
        await store.crons()
    await store.close()


@pytest.mark.parametrize("name", ["missing/wlcron.db", "", "file/wlcron.db"])
async def test_a_place_that_cannot_hold_a_database_is_refused(tmp_path: Path, name: str) -> None:
    """A directory that is missing, a directory in place of the file, a file as directory."""
    (tmp_path / "file").touch()
    assert "cannot be opened" in await refusal(tmp_path / name)


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("nonsense://somewhere", "no kind of database"),
        ("http//:://", "URL"),
        ("sqlite://", "kept in a file"),
        ("mysql+nonexistent://u:secret@h/d", "no kind of database"),
        ("postgresql+psycopg://u:secret@/d?host=/nowhere", "cannot be used"),
    ],
)
async def test_a_url_that_leads_nowhere_is_refused(url: str, told: str) -> None:
    """Without telling the password in it."""
    sentence = await refusal(url)
    assert told in sentence
    assert "secret" not in sentence


async def test_a_locked_database_is_waited_for_and_told(path: Path) -> None:
    """By opening, and by writing to one that is open; reading goes on."""
    store = await open_sql_store(path, patience=SECOND / 10)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert "locked by another process" in await refusal(path)
        with pytest.raises(StoreError, match="locked by another process"):
            await store.put_cron(make_cron())
        assert await store.crons() == []
        other.execute("ROLLBACK")
    assert await store.put_cron(make_cron())
    await store.close()


async def test_a_lock_that_is_let_go_in_time_is_no_error(path: Path) -> None:
    """The write waits and is done."""
    store = await open_sql_store(path, patience=MINUTE)
    locking = f"""
import sqlite3, sys
connection = sqlite3.connect({str(path)!r}, isolation_level=None)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", locking, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert other.stdout is not None
    assert other.stdin is not None
    assert await other.stdout.readline() == b"locked\n"
    other.stdin.close()
    assert await store.put_cron(make_cron())
    assert await other.wait() == 0
    await store.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a directory on a disk of half a megabyte, where the user may mount one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", str(disk)]
    try:
        done = subprocess.run(mount, check=False, capture_output=True)  # noqa: S603 -- fixed words
    except OSError:
        pytest.skip("there is no mount command to make a small disk with")
    if done.returncode != 0:
        pytest.skip("only root can mount the small disk that this fills")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)  # noqa: S603, S607 -- fixed words


async def test_a_full_disk_is_told_and_survived(small_disk: Path) -> None:
    """What was committed stays; with room again everything goes on."""
    store = await open_sql_store(small_disk / "wlcron.db")
    cron = await add(store)
    ballast = small_disk / "ballast"
    with ballast.open("wb") as file, pytest.raises(OSError, match="No space"):
        file.write(b"x" * 1024**2)
    rows = tuple(final(cron, NOON - n * MINUTE) for n in range(1000))
    with pytest.raises(StoreError, match=re.escape("is full: make room")):
        await store.commit([Plan(cron, rows, None)])
    assert await store.crons() == [cron]
    ballast.unlink()
    assert await store.put_cron(replace(cron, source="room again"))
    await store.close()


async def test_a_disk_that_is_full_from_the_start_is_told(small_disk: Path) -> None:
    """The tables do not fit."""
    with (small_disk / "ballast").open("wb") as file, pytest.raises(OSError, match="No space"):
        file.write(b"x" * 1024**2)
    assert "is full" in await refusal(small_disk / "wlcron.db")


async def test_a_closed_store_says_so(path: Path) -> None:
    """To who writes and to who reads; closing twice is no error."""
    store: SqlStore = await open_sql_store(path)
    await store.close()
    await store.close()
    with pytest.raises(StoreError, match="was closed"):
        await store.put_cron(make_cron())
    with pytest.raises(StoreError, match="was closed"):
        await store.crons()


async def test_text_that_is_no_unicode_is_refused(store: Store) -> None:
    """In one sentence, wherever it stands in a definition."""
    broken = make_definition(labels={"team": "\ud800"})
    for cron in (make_cron(source="\ud800"), make_cron(definition=broken)):
        with pytest.raises(StoreError, match="not Unicode"):
            await store.put_cron(cron)
        assert await store.crons() == []


def _write(path: Path, at: int, content: bytes) -> None:
    path.touch()
    with path.open("r+b") as file:
        file.seek(at)
        file.write(content)


def _size(path: Path) -> int:
    return path.stat().st_size


MISSING = """
import asyncio, sys
sys.modules["psycopg"] = None
from wlcron.stores.sql import open_sql_store
try:
    asyncio.run(open_sql_store("postgresql://u:secret@h/d"))
except Exception as error:
    print(error)
"""


def test_a_driver_that_is_missing_is_named_with_its_extra() -> None:
    """So that one command brings it."""
    done = subprocess.run(  # noqa: S603 -- our own program
        [sys.executable, "-c", MISSING], capture_output=True, text=True, check=True
    )
    assert done.stdout == (
        "PostgreSQL needs the Python package psycopg: install wlcron[postgresql]\n"
    )


UNUSED = """
import asyncio, sys
from pathlib import Path
from wlcron.stores.sql import open_sql_store
asyncio.run(open_sql_store(Path(sys.argv[1])))
print({"psycopg", "alembic"} & set(sys.modules))
"""


async def test_who_does_not_use_postgresql_does_not_load_it(store: Store, path: Path) -> None:
    """Nor what migrates, where there is nothing to migrate: that makes a start fast."""
    del store
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", UNUSED, str(path), stdout=subprocess.PIPE
    )
    assert (await process.communicate())[0] == b"set()\n"
