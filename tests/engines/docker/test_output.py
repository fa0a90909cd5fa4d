"""Logs come to this side before their container goes."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import eventually
from tests.engines.docker.lab import FOR_LONG, Lab, cron_with, shell
from wlcron.core.execution import Status
from wlcron.engines.docker.memory import Memory
from wlcron.engines.docker.output import Copier
from wlcron.logs import read_log

pytestmark = pytest.mark.docker


async def test_a_log_that_nobody_followed_is_copied_at_the_end(lab: Lab, tmp_path: Path) -> None:
    """Both streams, also a last line without a line feed."""
    execution, _ = await lab.start(cron_with(*shell("echo out; echo err >&2; printf last")))
    await lab.end(execution)
    copier = Copier(lab.connection, Memory(), tmp_path / "again", 1_000_000)
    await copier.finish(execution.id)
    copied = b"".join(read_log(copier.directory(execution.id)))
    assert sorted(copied.replace(b"last", b"last\n").split()) == [b"err", b"last", b"out"]


async def test_a_copy_waits_while_something_is_being_started(lab: Lab, tmp_path: Path) -> None:
    """Somebody waits for a start; the daemon keeps the log meanwhile."""
    execution, _ = await lab.start(cron_with(*shell("echo begun; sleep 300")))
    memory = Memory()
    copier = Copier(lab.connection, memory, tmp_path / "again", 1_000_000)
    with memory.start("another"):
        copier.begin(execution.id)
        await eventually(lambda: has_log(lab.engine.logs(execution)))
        assert list(read_log(copier.directory(execution.id))) == []
    await eventually(lambda: list(read_log(copier.directory(execution.id))) == [b"begun\n"])
    await copier.close()


async def test_whoever_reads_the_log_of_an_end_that_was_told_reads_all_of_it(lab: Lab) -> None:
    """The end is told at once, and its last words come a moment later."""
    for _ in range(3):
        execution, _seen = await lab.start(cron_with(*shell("echo words")))
        await lab.end(execution)
        over = replace(execution, status=Status.SUCCESS)
        assert b"".join([chunk async for chunk in lab.engine.logs(over)]) == b"words\n"


async def test_a_reader_waits_for_a_start_that_is_not_back_from_the_daemon(
    lab: Lab, tmp_path: Path
) -> None:
    """A short job's end may be told first, and its copy begins after its start."""
    execution, _ = await lab.start(cron_with(*shell("echo words")))
    memory = Memory()
    copier = Copier(lab.connection, memory, tmp_path / "again", 1_000_000)
    async with memory.lock(execution.id):
        reader = asyncio.create_task(copier.caught_up(execution.id))
        await asyncio.sleep(0)
        copier.begin(execution.id)
    await reader
    assert list(read_log(copier.directory(execution.id))) == [b"words\n"]
    await copier.close()


async def has_log(log: AsyncIterator[bytes]) -> bool:
    """Whether there is something in a log."""
    return bool([chunk async for chunk in log])


async def test_following_a_log_ends_with_a_job_that_nobody_copies(lab: Lab) -> None:
    """A server that has just been restarted does not know the execution yet."""
    execution, _ = await lab.start(cron_with(*FOR_LONG))
    await lab.restart()
    following = lab.engine.logs(execution, follow=True)
    await lab.engine.stop(execution)
    assert [chunk async for chunk in following] == []
