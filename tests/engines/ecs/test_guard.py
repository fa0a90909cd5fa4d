"""The guard's script, in a real shell: it tells its time-out from every other end."""

import asyncio
import signal
from asyncio.subprocess import DEVNULL, Process, create_subprocess_exec

import pytest

from tests.conftest import DEADLINE
from wlcron.engines.ecs.guard import AT_DEADLINE, SCRIPT, TIMEOUT


async def guard(timeout: str) -> Process:
    """Start a guard."""
    return await create_subprocess_exec(
        "/bin/sh",
        "-c",
        f"echo ready; {SCRIPT}",
        env={"PATH": "/usr/bin:/bin", TIMEOUT: timeout},
        stdout=asyncio.subprocess.PIPE,
        stderr=DEVNULL,
    )


async def code(process: Process) -> int:
    """Return the exit code."""
    return await asyncio.wait_for(process.wait(), DEADLINE)


async def test_at_its_deadline_it_says_so() -> None:
    """124 and nothing else ends the job as TIMEOUT."""
    assert await code(await guard("0.05")) == AT_DEADLINE


async def test_told_to_end_it_ends_at_once() -> None:
    """The job has ended: nobody waits for the guard, and it says nothing of a deadline."""
    process = await guard("300")
    assert process.stdout is not None
    await process.stdout.readline()
    while process.returncode is None:
        # Until the trap is set, a first process would not hear it, and another is ended by it.
        process.send_signal(signal.SIGTERM)
        await asyncio.wait([asyncio.ensure_future(process.wait())], timeout=0.1)
    assert process.returncode in {0, -signal.SIGTERM}


@pytest.mark.parametrize("timeout", ["", "soon"])
async def test_a_sleep_that_fails_is_no_deadline(timeout: str) -> None:
    """The job is ended, because it would have no guard, but not as one that took too long."""
    assert await code(await guard(timeout)) not in {0, AT_DEADLINE}
