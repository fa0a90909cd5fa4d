"""Data directories, databases and ports that a server cannot stand on."""

import asyncio
import shutil
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.acceptance.crons import begun, create, cron_file, history, over, run
from tests.acceptance.disk import NEEDS_ROOT, a_disk, fill, mount
from tests.acceptance.program import Server, a_server, refused
from tests.conftest import eventually


async def test_a_port_that_is_taken_is_named(host: Server, fresh: Server) -> None:
    """So is the flag that takes another one."""
    fresh.port = host.port
    sentence = refused(await fresh.refuse())
    assert f"127.0.0.1:{host.port}" in sentence
    assert "--listen" in sentence


async def test_a_second_server_on_a_data_directory_is_refused(fresh: Server) -> None:
    """It names the first one's process; the first one is not disturbed."""
    await fresh.start()
    first = fresh.process
    assert first is not None
    second = Server(fresh.data, fresh.home)
    sentence = refused(await second.refuse())
    assert str(first.pid) in sentence
    assert str(fresh.data) in sentence
    assert (await fresh.wl("cron", "list")).code == 0


async def test_a_data_directory_that_is_a_file_is_refused(fresh: Server) -> None:
    """The sentence names it and the flag."""
    fresh.data.write_text("mine")
    sentence = refused(await fresh.refuse())
    assert str(fresh.data) in sentence
    assert "--data-dir" in sentence
    assert fresh.data.read_text() == "mine"


@NEEDS_ROOT
async def test_a_data_directory_that_cannot_be_written_is_refused(
    fresh: Server, small_disk: Path
) -> None:
    """A read-only disk stops root as well."""
    fresh.data = small_disk / "data"
    mount("-o", "remount,ro", str(small_disk))
    sentence = refused(await fresh.refuse())
    assert str(fresh.data) in sentence


async def test_a_corrupt_database_is_refused_and_left_alone(fresh: Server) -> None:
    """The sentence says what to do; the file stays as it is for whoever wants to mend it."""
    fresh.data.mkdir()
    database = fresh.data / "wlcron.db"
    database.write_bytes(b"this was never a database\n" * 1000)
    before = database.read_bytes()
    sentence = refused(await fresh.refuse())
    assert str(database) in sentence
    assert database.read_bytes() == before


async def test_a_database_that_is_damaged_inside_does_not_end_in_a_traceback(
    fresh: Server, name: str
) -> None:
    """Pages of zeros: refused at the start, or told as a problem by a server that stands."""
    await fresh.start()
    await create(fresh, name, cron_file())
    await fresh.stop()
    database = fresh.data / "wlcron.db"
    content = database.read_bytes()
    database.write_bytes(content[:4096] + bytes(len(content) - 4096))
    assert str(database) in refused(await fresh.refuse())


async def test_a_database_of_a_newer_version_is_refused(fresh: Server) -> None:
    """Nothing of it is changed."""
    await fresh.start()
    await fresh.stop()
    with sqlite3.connect(fresh.data / "wlcron.db") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.close()
    assert "newer wlcron" in refused(await fresh.refuse())


async def test_a_database_that_is_locked_for_ever_is_told_in_words(
    fresh: Server, tmp_path: Path, name: str
) -> None:
    """A server that starts is refused; one that runs refuses what it cannot write."""
    await fresh.start()
    await create(fresh, name, cron_file())
    async with a_server(tmp_path / "other", "host") as other:
        other.data.mkdir(parents=True)
        with locked(fresh.data / "wlcron.db"), locked(other.data / "wlcron.db"):
            refusal, start = await asyncio.gather(fresh.wl("cron", "pause", name), other.refuse())
            listed = await fresh.wl("cron", "status", name)
    assert "locked by another process" in refused(refusal)
    assert "locked by another process" in refused(start)
    assert "NEVER RUN" in listed.out


async def test_a_database_that_is_locked_for_a_while_loses_nothing(
    fresh: Server, name: str
) -> None:
    """What was asked for meanwhile is done as soon as it can be, an end in the dark included."""
    await fresh.start()
    done = fresh.home / "done"
    await create(fresh, name, cron_file(f"sleep 1; touch {done}; exit 5"))
    await run(fresh, name)
    await begun(fresh, name)
    with locked(fresh.data / "wlcron.db"):
        asked = asyncio.create_task(fresh.wl("cron", "pause", name))
        await eventually(done.exists)
        assert "RUNNING" in (await fresh.wl("cron", "status", name)).out
    assert (await asked).code == 0
    row = await over(fresh, name)
    assert (row["status"], row["exit_code"]) == ("FAILED", 5)
    assert (await fresh.wl("cron", "run", name, "--wait")).code == 5


@contextmanager
def locked(database: Path) -> Iterator[None]:
    """Keep everybody else from writing, as a backup or a person with a shell may."""
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a disk of 4 MB of its own."""
    with a_disk(tmp_path / "disk", megabytes=4) as place:
        yield place


@NEEDS_ROOT
async def test_a_full_disk_loses_nothing(fresh: Server, name: str, small_disk: Path) -> None:
    """What cannot be kept is refused in words; ends are recorded when there is room again."""
    fresh.data = small_disk / "data"
    await fresh.start()
    done = fresh.home / "done"
    script = f"sleep 2; head -c 100000 /dev/zero; touch {done}; exit 6"
    await create(fresh, name, cron_file(script))
    await run(fresh, name)
    await begun(fresh, name)
    ballast = fill(small_disk)
    large = cron_file() + " # " + "x" * 500_000
    refusal = await fresh.wl("cron", "create", f"{name}-b", "-f", "-", stdin=large)
    assert refusal.code == 1
    database = fresh.data / "wlcron.db"
    assert refusal.err == f"wl: the disk of the database {database} is full: make room on it\n"
    assert "RUNNING" in (await fresh.wl("cron", "status", name)).out
    await eventually(done.exists)
    ballast.unlink()
    row = await over(fresh, name)
    assert (row["status"], row["exit_code"]) == ("FAILED", 6)
    assert (await fresh.wl("cron", "create", f"{name}-b", "-f", "-", stdin=large)).code == 0
    assert (await fresh.wl("cron", "run", name, "--wait")).code == 6
    assert len(await history(fresh, name)) == 2


async def test_only_its_own_user_may_read_what_a_server_keeps(host: Server) -> None:
    """The token, the database and the directory: they hold secrets."""
    for path in (host.data / "token", host.data / "wlcron.db", host.data / "server.lock"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path
    assert stat.S_IMODE(host.data.stat().st_mode) == 0o700


async def test_a_data_directory_may_be_copied_away_and_back(fresh: Server, name: str) -> None:
    """A backup of a server that stands still is the whole of it."""
    await fresh.start()
    await create(fresh, name, cron_file("echo kept"))
    await fresh.wl("cron", "run", name, "--wait")
    await fresh.stop()
    shutil.copytree(fresh.data, fresh.home / "backup", ignore=shutil.ignore_patterns("*.sock"))
    shutil.rmtree(fresh.data)
    (fresh.home / "backup").rename(fresh.data)
    await fresh.start()
    assert (await fresh.wl("cron", "logs", name)).out == "kept\n"
