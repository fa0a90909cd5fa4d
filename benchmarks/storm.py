"""Storm: 10,000 crons due in the same second, and an engine that takes them as fast as they come.

The whole service runs in this process, over SQLite on disk. That slots are committed is known
from the store, whose `commit` returns after it; that they are handed over, from the engine. Jobs
are over ten seconds after their start. Everything is counted from the due second on.

The floor is SQLite itself: the same rows into the same tables, in as many transactions.
"""

import asyncio
import contextlib
import logging
import os
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import structlog

from filling import due_in, fill_with_crons, make_crons, once_at
from measuring import Figure, Row, above, below, median, milliseconds, progress, rate
from wlcron.app import calm_garbage_collection
from wlcron.clock import system_clock
from wlcron.core.cron import Cron
from wlcron.core.execution import Execution, Observation
from wlcron.core.planning import Plan
from wlcron.engines.fake import FakeEngine, Script
from wlcron.monitors.metrics import Metrics
from wlcron.service import Outside, build_service
from wlcron.services.scheduler import CRONS_AT_ONCE
from wlcron.store import Taker
from wlcron.stores.sql import SqlStore
from wlcron.stores.sql.database import Database
from wlcron.stores.sql.sqlite import make_engine, url_of

CRONS = 10_000
ROUNDS = 3
LONGEST = milliseconds(0.5)
SLOWEST = rate(2000, "executions")
_PATIENCE = 120.0  # seconds for a round
_RUN_FOR = timedelta(seconds=10)


class _Store(SqlStore):
    """Notes when it has committed what was planned."""

    committed_at = 0.0

    async def commit(self, plans: Sequence[Plan], taker: Taker | None = None) -> list[Execution]:
        made = await super().commit(plans, taker)
        self.committed_at = time.time()
        return made


class _Engine(FakeEngine):
    """Notes when the last execution was handed to it."""

    def __init__(self) -> None:
        super().__init__(lambda _: Script(run_for=_RUN_FOR))
        self.handed_at = 0.0
        self.has_all = asyncio.Event()

    async def start(self, execution: Execution, cron: Cron) -> Observation:
        self.handed_at = time.time()
        seen = await super().start(execution, cron)
        if self.starts.total() == CRONS:
            self.has_all.set()
        return seen


async def measure() -> list[Row]:
    """Let the storm come a few times; the medians are handed in."""
    calm_garbage_collection()
    committed, handed, floor = [], [], []
    for number in range(ROUNDS):
        progress(f"storm of {CRONS:,} slots: round {number + 1} of {ROUNDS}")
        with tempfile.TemporaryDirectory() as folder, _quiet_log():
            database = Path(folder) / "wlcron.db"
            seconds_committed, seconds_handed = await _storm(database)
            committed.append(seconds_committed)
            handed.append(CRONS / seconds_handed)
            floor.append(_write_again(database))
    by_hand = Figure(median(floor), f"{milliseconds(median(floor)).text} (SQLite alone)")
    ours = rate(median(handed), "executions")
    return [
        below(
            f"storm, {CRONS:,} slots: all committed",
            milliseconds(median(committed)),
            LONGEST,
            by_hand,
        ),
        above(f"storm, {CRONS:,} slots: handed to the engine", ours, SLOWEST),
    ]


async def _storm(database: Path) -> tuple[float, float]:
    """Return the seconds from the due one until all is committed, and handed to the engine."""
    due = due_in(3)
    await fill_with_crons(database, make_crons(CRONS, once_at(due), "true"))
    store = _Store(Database(make_engine(url_of(database), timedelta(seconds=10))))
    engine = _Engine()
    service = build_service(store, engine, system_clock, Outside(monitors=[Metrics()]))
    async with asyncio.timeout(_PATIENCE), service.at_work():
        await engine.has_all.wait()
    await store.close()
    begin = due.timestamp()
    return store.committed_at - begin, engine.handed_at - begin


def _write_again(database: Path) -> float:
    """Write the rows of a storm's plans once more, with nothing but SQLite; return the seconds."""
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA synchronous = FULL")
        rows = connection.execute("SELECT * FROM executions").fetchall()
        changes = connection.execute("SELECT * FROM changes WHERE before IS NULL").fetchall()
        crons = connection.execute("SELECT id, revision FROM crons").fetchall()
        connection.execute("DELETE FROM executions")
        connection.execute("DELETE FROM changes")
        begin = time.perf_counter()
        for first in range(0, CRONS, CRONS_AT_ONCE):
            batch = slice(first, first + CRONS_AT_ONCE)
            connection.execute("BEGIN IMMEDIATE")
            connection.executemany(_insert("executions", rows[0]), rows[batch])
            connection.executemany(_insert("changes", changes[0]), changes[batch])
            connection.executemany(_ADVANCE, crons[batch])
            connection.execute("COMMIT")
        return time.perf_counter() - begin


_ADVANCE = (
    "UPDATE crons SET next_due = NULL, revision = revision + 1, stored = stored + 1"
    " WHERE id = ? AND revision = ?"
)


def _insert(table: str, row: Sequence[object]) -> str:
    return f"INSERT INTO {table} VALUES ({', '.join('?' * len(row))})"  # noqa: S608 -- our own names


@contextlib.contextmanager
def _quiet_log() -> Iterator[None]:
    """Have the log written as a server writes it, to where nobody reads it."""
    with Path(os.devnull).open("w") as nowhere:
        structlog.configure(
            processors=[
                structlog.processors.add_log_level,
                structlog.processors.TimeStamper(fmt="iso", utc=True),
                structlog.processors.JSONRenderer(),
            ],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
            logger_factory=structlog.PrintLoggerFactory(nowhere),
        )
        yield
    structlog.reset_defaults()
