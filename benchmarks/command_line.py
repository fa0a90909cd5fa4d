"""The command line: `wl cron status` against a real server, beside Python doing nothing.

Whole processes, from fork to their end, in turn. The cron has ten executions to show.
"""

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

from history_filling import fill_with_history
from measuring import Row, at_most, median, milliseconds, progress
from server import WL, running, user_environment

ROUNDS = 40
MOST = 6.0


async def measure() -> list[Row]:
    """Run both in turn; the medians are compared."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        data.mkdir()
        crons = await fill_with_history(data / "wlcron.db", crons=1, executions=10)
        async with running(data, "--engine", "host") as server:
            environment = user_environment() | {"WL_URL": server.url, "WL_TOKEN": server.token}
            status = [str(WL), "cron", "status", crons[0].name]
            ours, floor = await asyncio.to_thread(_in_turn, status, environment)
    return [
        at_most(
            "`wl cron status`, whole process",
            milliseconds(ours),
            milliseconds(floor, "`python -c pass`"),
            MOST,
        )
    ]


def _in_turn(status: list[str], environment: Mapping[str, str]) -> tuple[float, float]:
    ours, floor = [], []
    for number in range(ROUNDS):
        progress(f"command line: {number + 1} of {ROUNDS}")
        floor.append(_seconds([sys.executable, "-c", "pass"], environment))
        ours.append(_seconds(status, environment))
    return median(ours), median(floor)


def _seconds(command: list[str], environment: Mapping[str, str]) -> float:
    with Path(os.devnull).open("wb") as nowhere:
        begin = time.perf_counter()
        output = [(os.POSIX_SPAWN_DUP2, nowhere.fileno(), 1)]
        pid = os.posix_spawn(command[0], command, environment, file_actions=output)
        _, status = os.waitpid(pid, 0)
        seconds = time.perf_counter() - begin
    if status != 0:
        raise RuntimeError(f"{' '.join(command)} failed")
    return seconds
