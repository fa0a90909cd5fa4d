"""Docker, one execution: how long until it runs, and until its end is on record.

A real server and the bare Engine API, in turn, on an engine that has nothing else to do.

- Start: from the request to the API (or from the due second of a slot) to the instant at which
  the daemon saw the job's process start (`State.StartedAt`). The floor is guard and job by
  the same four calls of the Engine API, from the first call to the same instant.
- End: the job ends by itself when it gets a signal, which is sent from here to its process, so
  that the instant is known without asking anybody. Two witnesses are then waited for: the
  engine's `die` event as it arrives at a connection of our own, and the final row in the
  database, which is looked at every half millisecond. Both are counted from the same signal.
"""

import asyncio
import contextlib
import os
import signal
import tempfile
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

from engine_api import EngineApi, find_daemon, until_removed, why_no_daemon
from filling import due_in, once_at
from measuring import Row, at_most, median, milliseconds, not_run, percentile, progress
from pairs import SERVER_FLAGS, Pair, cron_file, remove_leftovers
from rows import Rows, reading
from server import Server, running
from wlcron.engines.docker.request import EXECUTION, job_name

ROUNDS = 30
MEDIAN, TAIL, PAIR, END = 1.10, 1.25, 1.45, 1.20
_JOB = ("sh", "-c", 'trap "exit 0" USR1; sleep 600 & wait')
_AWAKE = 0.3  # seconds until a started shell has set its trap
_LEAD = 0.3  # seconds that a cron is handed in before it is due


@dataclass(slots=True)
class _Seconds:
    """What was measured, round by round."""

    asked: list[float] = field(default_factory=list)
    due: list[float] = field(default_factory=list)
    pair: list[float] = field(default_factory=list)
    alone: list[float] = field(default_factory=list)
    recorded: list[float] = field(default_factory=list)
    died: list[float] = field(default_factory=list)


async def measure() -> list[Row]:
    """Take one of each in turn, so that all meet the same weather."""
    if (host := find_daemon()) is None:
        return [not_run("Docker, one execution", why_no_daemon())]
    with tempfile.TemporaryDirectory() as folder:
        async with EngineApi(host) as api, running(Path(folder) / "data", *SERVER_FLAGS) as server:
            with reading(server.database) as rows:
                bench = _Bench(api, server, rows)
                try:
                    seconds = await bench.take()
                finally:
                    await remove_leftovers(api)
    return [*_start_rows(seconds), *_other_rows(seconds)]


class _Bench:
    """One of each, and what they leave is gone before the next one begins."""

    def __init__(self, api: EngineApi, server: Server, rows: Rows) -> None:
        self._api = api
        self._server = server
        self._rows = rows
        self._seconds = _Seconds()
        self._died: dict[str, float] = {}
        self._heard = asyncio.Event()

    async def take(self) -> _Seconds:
        """Go round; the first round warms everything up and does not count."""
        await self._server.create("asked", cron_file("rate(1 day)", *_JOB))
        async with self._listening():
            for number in range(ROUNDS + 1):
                progress(f"Docker, one execution: round {number} of {ROUNDS}")
                for take in (self._pair, self._asked, self._alone, self._due):
                    await take(number)
                if number == 0:
                    self._seconds = _Seconds()
        return self._seconds

    async def _asked(self, _: int) -> None:
        begin = time.time()
        execution_id = await self._server.run("asked")
        self._seconds.asked.append(await self._follow(execution_id) - begin)

    async def _due(self, number: int) -> None:
        due = due_in(_LEAD)
        await self._server.create(f"due-{number}", cron_file(once_at(due), *_JOB))
        await asyncio.sleep(due.timestamp() - time.time())
        execution_id = await self._rows.newest(f"due-{number}")
        self._seconds.due.append(await self._follow(execution_id) - due.timestamp())

    async def _pair(self, _: int) -> None:
        pair, begin = Pair(*_JOB), time.time()
        await pair.start(self._api)
        self._seconds.pair.append(await self._api.started_at(pair.job) - begin)
        await self._api.remove(pair.job, pair.guard)

    async def _alone(self, _: int) -> None:
        pair, begin = Pair(*_JOB), time.time()
        await pair.start_job_alone(self._api)
        self._seconds.alone.append(await self._api.started_at(pair.job) - begin)
        await self._api.remove(pair.job)

    async def _follow(self, execution_id: str) -> float:
        """See an execution to its end; return when it was started."""
        job = job_name(execution_id)
        await self._rows.until_running(execution_id)
        await asyncio.sleep(_AWAKE)
        state = await self._api.state(job)
        started_at = await self._api.started_at(job)
        begin = time.time()
        os.kill(state["Pid"], signal.SIGUSR1)
        await self._rows.until_over(execution_id)
        self._seconds.recorded.append(time.time() - begin)
        self._seconds.died.append(await self._death(job) - begin)
        await until_removed(self._api, f"{EXECUTION}={execution_id}")
        return started_at

    async def _death(self, name: str) -> float:
        while name not in self._died:
            self._heard.clear()
            await self._heard.wait()
        return self._died.pop(name)

    @contextlib.asynccontextmanager
    async def _listening(self) -> AsyncIterator[None]:
        async with self._api.ends() as names:
            task = asyncio.create_task(self._listen(names))
            yield
            task.cancel()

    async def _listen(self, names: AsyncIterator[str]) -> None:
        async for name in names:
            self._died[name] = time.time()
            self._heard.set()


def _start_rows(seconds: _Seconds) -> list[Row]:
    rows = []
    for what, ours in (
        ("Docker: `wl cron run` until the job runs", seconds.asked),
        ("Docker: due second until the job runs", seconds.due),
    ):
        floor = milliseconds(median(seconds.pair), "guard and job by the bare API")
        rows.append(at_most(f"{what}, median", milliseconds(median(ours)), floor, MEDIAN))
        tail, floor_tail = percentile(ours, 0.95), percentile(seconds.pair, 0.95)
        rows.append(
            at_most(f"{what}, 95th percentile", milliseconds(tail), milliseconds(floor_tail), TAIL)
        )
    return rows


def _other_rows(seconds: _Seconds) -> list[Row]:
    return [
        at_most(
            "Docker: guard and job, started by the bare API",
            milliseconds(median(seconds.pair)),
            milliseconds(median(seconds.alone), "one bare container"),
            PAIR,
        ),
        at_most(
            "Docker: job's exit until the final row is committed",
            milliseconds(median(seconds.recorded)),
            milliseconds(median(seconds.died), "the engine's `die` event"),
            END,
        ),
    ]
