"""Docker, 32 due at once: how many containers a second, beside the best of the bare Engine API.

The server decides how many starts are in flight; the bare API is tried at each of 1, 2, 4, 8 and
16. The best of these is then taken in turn with the server. A burst is counted from its due
second (or the first call) until the last job's process has started; each job has its guard.
"""

import asyncio
import itertools
import tempfile
import time
from pathlib import Path

from engine_api import EngineApi, find_daemon, until_removed, why_no_daemon
from filling import due_in, once_at
from measuring import Row, at_least, median, not_run, progress, rate
from pairs import SERVER_FLAGS, Pair, cron_file, remove_leftovers
from rows import Rows, reading
from server import Server, running
from waiting import until
from wlcron.engines.docker.request import INSTANCE

JOBS = 32
CONTAINERS = 2 * JOBS
CONCURRENCIES = (1, 2, 4, 8, 16)
ROUNDS = 2
LEAST = 0.95
_LEAD = 3  # seconds to hand in the crons
_SLEEP = ("sleep", "600")
_names = itertools.count()


async def measure() -> list[Row]:
    """Find the best concurrency of the bare API, then compare."""
    what = f"Docker: {JOBS} due at once"
    if (host := find_daemon()) is None:
        return [not_run(what, why_no_daemon())]
    with tempfile.TemporaryDirectory() as folder:
        async with EngineApi(host) as api, running(Path(folder) / "data", *SERVER_FLAGS) as server:
            with reading(server.database) as rows:
                try:
                    ours, best, concurrency = await _compare(api, server, rows)
                finally:
                    await remove_leftovers(api)
    floor = rate(best, "containers", f"bare API, {concurrency} at once")
    return [at_least(what, rate(ours, "containers"), floor, LEAST)]


async def _compare(api: EngineApi, server: Server, rows: Rows) -> tuple[float, float, int]:
    bare: dict[int, list[float]] = {}
    for concurrency in CONCURRENCIES:
        progress(f"Docker, {JOBS} at once: the bare API, {concurrency} at a time")
        bare[concurrency] = [await _bare(api, concurrency)]
    best = max(bare, key=lambda concurrency: bare[concurrency][0])
    ours, again = [], []
    for number in range(ROUNDS):
        progress(f"Docker, {JOBS} at once: round {number + 1} of {ROUNDS}")
        ours.append(await _due(api, server, rows))
        again.append(await _bare(api, best))
    # The best of five tries is a lucky one: what it does again counts.
    return median(ours), median(again), best


async def _bare(api: EngineApi, concurrency: int) -> float:
    """Return the containers a second with so many starts in flight."""
    pairs = [Pair(*_SLEEP) for _ in range(JOBS)]
    waiting = iter(pairs)

    async def start_some() -> None:
        for pair in waiting:
            await pair.start(api)

    begin = time.time()
    await asyncio.gather(*(start_some() for _ in range(concurrency)))
    last = max([await api.started_at(pair.job) for pair in pairs])
    await _remove(api, [name for pair in pairs for name in (pair.job, pair.guard)])
    return CONTAINERS / (last - begin)


async def _due(api: EngineApi, server: Server, rows: Rows) -> float:
    """Return the containers a second of a server."""
    due = due_in(_LEAD)
    for _ in range(JOBS):
        await server.create(f"burst-{next(_names)}", cron_file(once_at(due), *_SLEEP))
    await until(lambda: rows.count("RUNNING") == JOBS)
    instance = (server.data / "instance").read_text().strip()
    names = await api.names(f"{INSTANCE}={instance}")
    jobs = [name for name in names if not name.endswith("-guard")]
    last = max([await api.started_at(name) for name in jobs])
    await _remove(api, jobs)
    await until(lambda: rows.count("RUNNING") == 0)
    await until_removed(api, f"{INSTANCE}={instance}")
    return CONTAINERS / (last - due.timestamp())


async def _remove(api: EngineApi, names: list[str]) -> None:
    waiting = iter(names)

    async def remove_some() -> None:
        for name in waiting:
            await api.remove(name)

    await asyncio.gather(*(remove_some() for _ in range(4)))
