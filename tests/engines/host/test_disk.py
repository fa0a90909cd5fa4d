"""Floods of output and full disks stop neither jobs nor deadlines, and lose no end."""

import asyncio
import subprocess
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import eventually
from tests.contract.engines import execution_of
from tests.engines.host.conftest import Host, cron_of, heard
from tests.engines.host.guards import end_guard
from wlcron.core.execution import Kind
from wlcron.engines.host.engine import HostEngine
from wlcron.engines.host.records import read_record
from wlcron.errors import EngineUnavailableError

LIMIT = 80_000
SOON = timedelta(seconds=0.5)


@pytest.fixture
async def small_host(tmp_path: Path) -> AsyncIterator[Host]:
    """Return a host engine on a disk of 256 kB."""
    size = ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(tmp_path)]
    if subprocess.run(size, check=False, capture_output=True).returncode:  # noqa: ASYNC221, S603 - fixed
        pytest.skip("only root can mount a small disk")
    host = Host(tmp_path / "data")
    yield host
    await host.engine.close()
    end_guard(host.data)
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)  # noqa: ASYNC221, S603, S607 - fixed


def fill(host: Host) -> Path:
    """Leave no room on the disk of a host; return the file that takes it."""
    filler = host.data / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            return filler
    raise AssertionError


async def test_a_flood_of_output_is_kept_within_its_limit(host: Host) -> None:
    """The job is not blocked, head and tail are kept, and the disk is not filled."""
    host.engine = HostEngine(host.data, LIMIT)
    command = "echo first; head -c 50000000 /dev/zero | tr '\\0' x; echo last"
    ended, log = await host.run("sh", "-c", command)
    assert ended.exit_code == 0
    assert log.startswith("first\n")
    assert log.endswith("xlast\n")
    assert "bytes left out" in log
    assert len(log) < 2 * LIMIT


async def test_floods_leave_time_for_the_deadlines_of_all(host: Host) -> None:
    """Who floods is ended at its deadline, and so is everybody beside it."""
    host.engine = HostEngine(host.data, LIMIT)
    floods = [await host.start("yes", timeout=SOON) for _ in range(4)]
    quiet, _ = await host.start("sleep", "300", timeout=SOON)
    for execution in [*(flood for flood, _ in floods), quiet]:
        assert (await host.end(execution)).kind is Kind.TIMED_OUT


async def test_an_end_on_a_full_disk_is_known_at_once_and_written_later(small_host: Host) -> None:
    """The job runs, its end is heard of at once, and a restarted server finds it."""
    host = small_host
    command = "trap 'exit 8' TERM; echo ready; sleep 300 & wait"
    execution, _ = await host.start("sh", "-c", command)
    await host.first_words(execution)
    listening = asyncio.create_task(heard(host, execution))
    filler = fill(host)
    await host.engine.stop(execution)
    assert (await listening).exit_code == 8
    assert read_record(host.data / "executions", execution.id) is None
    assert (await host.truth(execution)).exit_code == 8
    filler.unlink()
    await eventually(lambda: read_record(host.data / "executions", execution.id) is not None)
    assert (await host.truth(execution)).exit_code == 8


async def test_nothing_is_started_that_could_not_be_remembered(small_host: Host) -> None:
    """On a full disk a start is asked for again, and works when there is room."""
    host = small_host
    await host.run("true")
    cron = cron_of("true")
    execution = execution_of(cron)
    filler = fill(host)
    with pytest.raises(EngineUnavailableError, match="No space left"):
        await host.engine.start(execution, cron)
    assert (await host.truth(execution)).kind is Kind.GONE
    filler.unlink()
    await host.engine.start(execution, cron)
    assert (await host.end(execution)).exit_code == 0


async def test_a_guard_that_cannot_begin_says_why(host: Host) -> None:
    """The sentence is the guard's last word."""
    host.data.mkdir()
    (host.data / "guard.journal").mkdir()
    with pytest.raises(EngineUnavailableError, match=r"cannot be started: .*directory"):
        await host.start("true")
