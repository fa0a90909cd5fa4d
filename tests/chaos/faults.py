"""What is done to a server: killed, or stopped for a while."""

import asyncio
import contextlib
import os
import random
import signal
import subprocess
from datetime import UTC, datetime

from tests.acceptance.program import Server
from tests.chaos.trial import Trial, answered
from tests.conftest import eventually

UNREADY = 1.5  # seconds; a server is ready after one, on a machine that has time
STARTS_WITHIN = 0.15  # seconds from a slot until its job is recorded as running
LONGEST_START = 120.0  # seconds, on a machine that has none
LONGEST_LIFE = 2.5  # seconds from when a server is ready to its end


async def kill_again_and_again(trial: Trial, kills: int, dice: random.Random) -> None:
    """Kill the server at random moments, one in four maybe before it is ready; leave it alive."""
    server = trial.server
    for _ in range(kills):
        if dice.random() < 1 / 4:
            await live(server, dice.uniform(0, UNREADY))
        else:
            await eventually(lambda: answered(server, "GET", "/readyz"), within=LONGEST_START)
            await live(server, dice.uniform(0, LONGEST_LIFE))
        if dice.random() < 1 / 2:  # slots are whole seconds: in the middle of a start
            await live(server, -datetime.now(UTC).timestamp() % 1 + dice.uniform(0, STARTS_WITHIN))
        await server.kill()
        trial.faults["kills"] += 1
        server.launch()


async def live(server: Server, seconds: float) -> None:
    """Let so much time pass, and see that the server does not end by itself."""
    assert server.process is not None
    with contextlib.suppress(subprocess.TimeoutExpired):
        await asyncio.to_thread(server.process.wait, seconds)
        raise AssertionError(server.log)


async def freeze(trial: Trial, seconds: float) -> None:
    """Stop the server's process for a while, as a debugger or a starved machine would."""
    process = trial.server.process
    assert process is not None
    os.kill(process.pid, signal.SIGSTOP)
    try:
        await asyncio.sleep(seconds)
    finally:
        os.kill(process.pid, signal.SIGCONT)
    trial.faults["freezes"] += 1


async def rest(trial: Trial, until: datetime) -> None:
    """Let the server live until an instant."""
    await live(trial.server, max(0.0, (until - datetime.now(UTC)).total_seconds()))
