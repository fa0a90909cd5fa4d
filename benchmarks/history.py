"""History: what `wl cron status` asks the API for, among 1,000,000 executions.

A thousand crons with a thousand executions each, which is what retention keeps. A real server,
HTTP over one connection that is kept, each time another cron. The peer is a server with a
ten-thousandth of the executions, asked in turn.
"""

import random
import tempfile
import time
from pathlib import Path

from history_filling import fill_with_history
from measuring import Row, below, median, milliseconds, progress
from server import Server, running
from wlcron.core.cron import Cron

CRONS = 1000
EXECUTIONS = 1000  # of each
FEW = 10
ROUNDS = 500
LONGEST = milliseconds(0.005)


async def measure() -> list[Row]:
    """Ask both servers in turn; medians are compared."""
    with tempfile.TemporaryDirectory() as folder:
        many, few = Path(folder) / "many", Path(folder) / "few"
        many.mkdir()
        few.mkdir()
        progress(f"history: writing {CRONS * EXECUTIONS:,} executions")
        crons = await fill_with_history(many / "wlcron.db", CRONS, EXECUTIONS)
        others = await fill_with_history(few / "wlcron.db", FEW, FEW)
        async with (
            running(many, "--engine", "host") as server,
            running(few, "--engine", "host") as small,
        ):
            progress("history: asking")
            ours, floor = [], []
            for _ in range(ROUNDS):
                ours.append(await _status_seconds(server, crons))
                floor.append(await _status_seconds(small, others))
    return [
        below(
            f"status of one cron among {CRONS * EXECUTIONS:,} executions",
            milliseconds(median(ours)),
            LONGEST,
            milliseconds(median(floor), f"among {FEW * FEW} executions"),
        )
    ]


async def _status_seconds(server: Server, crons: list[Cron]) -> float:
    name = random.choice(crons).name  # noqa: S311 -- which one is no secret
    begin = time.perf_counter()
    await server.get(f"/v1/crons/{name}/executions?limit=10")
    return time.perf_counter() - begin
