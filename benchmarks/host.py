"""Host: 1,000 crons due in the same second, from that instant until the last job has started.

Each contender starts the same small program, which writes down when it was started. The floor
is a loop of posix_spawn in C; it is taken beside every round of everybody. The server is a real
one, over SQLite on disk; each slot's row is committed before its job is started. Its guard is
there already, as it is from the first execution on. Peers keep no rows.
"""

import tempfile
from collections.abc import Awaitable, Callable
from datetime import timedelta
from pathlib import Path

from filling import due_in, fill_with_crons, make_crons
from host_peers import AbsentError, apscheduler_seconds, cron_seconds, cronstable_seconds
from load import Load, compile_load, floor_seconds
from measuring import Row, at_most, median, milliseconds, not_run, progress, told
from rows import reading
from server import Server, running
from waiting import until

JOBS = 1000
ROUNDS = 5
PEER_ROUNDS = 2
MOST = 2.0
_LEAD = 6.0  # seconds for a server to start
_FIRST = "{schedule: rate(1 day), description: {arguments: ['true']}}"
_WHAT = f"host: {JOBS:,} due at once, until the last has started"

Contender = Callable[[Load], Awaitable[float]]


async def measure() -> list[Row]:
    """Let all contenders do the same."""
    with tempfile.TemporaryDirectory() as folder:
        load = await compile_load(JOBS, Path(folder))
        if load is None:
            return [not_run(_WHAT, "it takes a C compiler (cc)")]
        ours, floor = await _beside_floor("wlcron", wlcron_seconds, load, ROUNDS)
        rows = [
            at_most(_WHAT, milliseconds(ours), milliseconds(floor, "posix_spawn in C"), MOST),
        ]
        for name, contender, rounds in _PEERS:
            what = f"{_WHAT}: {name}"
            try:
                theirs, floor = await _beside_floor(name, contender, load, rounds)
            except AbsentError as absent:
                rows.append(not_run(what, str(absent)))
            except TimeoutError:
                rows.append(not_run(what, "it did not start them all"))
            else:
                rows.append(told(what, milliseconds(theirs), milliseconds(floor)))
    return [*rows, Row(f"{_WHAT}: supercronic", "not run: built from source", ratio=2.6)]


async def wlcron_seconds(load: Load) -> float:
    """Run the load on a server with a database of its own."""
    data = Path(tempfile.mkdtemp(dir=load.stamps.parent))
    database = data / "wlcron.db"
    due = due_in(_LEAD)
    created_at = due - timedelta(hours=1)
    crons = make_crons(load.count, "rate(1 hour)", *load.command, created_at=created_at)
    await fill_with_crons(database, crons)
    async with running(data, "--engine", "host") as server:
        await _start_guard(server)
        seconds = await load.last_start() - due.timestamp()
        with reading(database) as rows:
            await until(lambda: rows.count("SUCCESS") == load.count + 1)
    return seconds


async def _start_guard(server: Server) -> None:
    await server.create("first", _FIRST)
    await server.run("first")


async def _beside_floor(
    name: str, contender: Contender, load: Load, rounds: int
) -> tuple[float, float]:
    theirs, floor = [], []
    for number in range(rounds):
        progress(f"host, {JOBS:,} at once: {name}, round {number + 1} of {rounds}")
        floor.append(await floor_seconds(load))
        theirs.append(await contender(load.fresh()))
        floor.append(await floor_seconds(load))
    return median(theirs), median(floor)


_PEERS: tuple[tuple[str, Contender, int], ...] = (
    ("APScheduler 3.11", apscheduler_seconds, PEER_ROUNDS),
    ("cronstable 1.2", cronstable_seconds, PEER_ROUNDS),
    ("Debian's cron", cron_seconds, 1),
)
