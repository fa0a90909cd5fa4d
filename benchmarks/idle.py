"""Idle: a server with 100,000 crons that are due in an hour, beside one with 10.

Real servers, at the same time, each with a database of its own. Their CPU is what the kernel
counts for all their threads, in nanoseconds, once their start has settled; it is so little that
a thousandth of a core is allowed for noise. The start is counted from its exec to the first 200
from /readyz; the database was there.
"""

import asyncio
import tempfile
import time
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

from filling import due_in, fill_with_crons, make_crons, once_at
from measuring import Figure, Row, below, median, milliseconds, progress
from server import Server, running

MANY, FEW = 100_000, 10
STARTS = 5
SETTLE = 15.0  # seconds
WATCHED = 20.0  # seconds
NOISE = 0.001  # of a core
MOST_MEMORY = 120
LONGEST_START = 2.0


async def measure() -> list[Row]:
    """Start both servers a few times, then watch them do nothing."""
    with tempfile.TemporaryDirectory() as folder:
        many, few = await _fill(Path(folder), MANY), await _fill(Path(folder), FEW)
        starts = await _start(many), await _start(few)
        async with AsyncExitStack() as servers:
            busy = await servers.enter_async_context(running(many, "--engine", "host"))
            bored = await servers.enter_async_context(running(few, "--engine", "host"))
            progress("idle: watching two servers")
            await asyncio.sleep(SETTLE)
            begin = _cpu_seconds(busy.pid), _cpu_seconds(bored.pid)
            await asyncio.sleep(WATCHED)
            used = _cpu_seconds(busy.pid) - begin[0], _cpu_seconds(bored.pid) - begin[1]
            memory = _memory(busy), _memory(bored)
    return [_cpu_row(*used), _memory_row(*memory), _start_row(*starts)]


async def _fill(folder: Path, count: int) -> Path:
    progress(f"idle: writing {count:,} crons")
    data = folder / str(count)
    data.mkdir()
    due = due_in(timedelta(hours=1).total_seconds())
    await fill_with_crons(data / "wlcron.db", make_crons(count, once_at(due), "true"))
    return data


async def _start(data: Path) -> float:
    seconds = []
    for number in range(STARTS):
        progress(f"idle: start {number + 1} of {STARTS} with {data.name} crons")
        async with running(data, "--engine", "host") as server:
            seconds.append(server.ready_after)
    return median(seconds)


def _cpu_row(many: float, few: float) -> Row:
    ours, floor = many / WATCHED, few / WATCHED
    return Row(
        f"CPU of an idle server with {MANY:,} crons",
        f"{ours:.2%} of a core",
        f"{floor:.2%} ({FEW} crons)",
        ours / floor,
        f"no more, give or take {NOISE:.1%}",
        ours <= floor + NOISE,
    )


def _memory_row(many: float, few: float) -> Row:
    return below(
        f"resident memory with {MANY:,} crons",
        _mebibytes(many),
        _mebibytes(MOST_MEMORY),
        _mebibytes(few, f" ({FEW} crons)"),
    )


def _start_row(many: float, few: float) -> Row:
    return below(
        f"start with {MANY:,} crons until ready",
        milliseconds(many),
        milliseconds(LONGEST_START),
        milliseconds(few, f"{FEW} crons"),
    )


def _mebibytes(number: float, note: str = "") -> Figure:
    return Figure(number, f"{number:.0f} MB{note}")


def _cpu_seconds(pid: int) -> float:
    """Return what all threads of a process have used: clock_getcpuclockid(3), by hand."""
    return time.clock_gettime((~pid << 3) | 2)


def _memory(server: Server) -> float:
    for line in Path(f"/proc/{server.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise RuntimeError("the server has ended")
