"""A long history: one execution of each cron goes the product's own way, and is then multiplied.

Each copy lies further back in time, under the id that the product would have given it.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

import sqlalchemy as sa

from filling import fill_with_crons, make_crons
from wlcron.core.cron import Cron
from wlcron.core.execution import Change, Execution, Kind, Observation, advance
from wlcron.core.planning import plan
from wlcron.store import Store
from wlcron.stores.sql import open_sql_store
from wlcron.stores.sql.columns import Instant
from wlcron.stores.sql.schema import changes, executions

SCHEDULE = "rate(10 minutes)"
_EVERY = timedelta(minutes=10)
_AGE = timedelta(days=8)  # of the crons: more than a thousand slots
_DELAY = timedelta(milliseconds=20)
_RAN_FOR = timedelta(seconds=4)
_AT_ONCE = 1000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


async def fill_with_history(path: Path, crons: int, executions: int) -> list[Cron]:
    """Make a database with so many crons, and of each so many executions; return the crons."""
    now = datetime.now(UTC)
    made = [
        replace(cron, next_due=cron.schedule().previous(now))
        for cron in make_crons(crons, SCHEDULE, "true", created_at=now - _AGE)
    ]
    await fill_with_crons(path, made)
    store = await open_sql_store(path)
    for first in range(0, crons, _AT_ONCE):
        await _execute(store, made[first : first + _AT_ONCE])
    await store.close()
    await asyncio.to_thread(_multiply, path, executions)
    return made


async def _execute(store: Store, crons: Sequence[Cron]) -> None:
    """Let the slot that is due of each cron end in a success that everybody was told of."""
    now = max(cron.next_due for cron in crons if cron.next_due) + _DELAY
    await store.commit([plan(cron, now) for cron in crons])
    for claim in await store.claim(now, timedelta(minutes=1), len(crons)):
        running = await _see(store, claim.execution, Kind.STARTED, now)
        await _see(store, running.execution, Kind.EXITED, now + _RAN_FOR)
    while untold := await store.unannounced(_AT_ONCE):
        await store.announced(untold)


async def _see(store: Store, execution: Execution, kind: Kind, at: datetime) -> Change:
    seen = Observation(
        execution_id=execution.id,
        kind=kind,
        at=at,
        started_at=execution.started_at or at,
        deadline=execution.deadline or at + timedelta(minutes=10),
        exit_code=0 if kind is Kind.EXITED else None,
    )
    change = advance(execution, seen)
    if change is None or not await store.apply(change):
        raise RuntimeError(f"{execution.id} does not take {kind}")
    return change


def _multiply(path: Path, executions: int) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.create_function("id_of", 2, _id_of, deterministic=True)
        # Nobody else is there, and nothing is lost when it does not come to its end.
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -500000"):
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("BEGIN")
        indexes = _drop_indexes(connection)
        numbers = {"copies": executions - 1, "every": _EVERY // timedelta(microseconds=1)}
        for statement in (_PLAN_COPIES, _COPY_EXECUTIONS, _COPY_CHANGES, _COUNT):
            connection.execute(statement, numbers)
        for statement in indexes:
            connection.execute(statement)
        connection.execute("COMMIT")


def _drop_indexes(connection: sqlite3.Connection) -> list[str]:
    """Drop what is made faster when all rows are there; return how it is made again."""
    found = connection.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        " AND tbl_name IN ('executions', 'changes')"
    ).fetchall()
    for name, _ in found:
        connection.execute(f"DROP INDEX {name}")
    return [statement for _, statement in found]


def _id_of(cron_id: str, slot: int) -> str:
    """Say what `planning.execution_id` says, of the values as they are stored."""
    return str(uuid5(UUID(cron_id), (_EPOCH + timedelta(microseconds=slot)).isoformat()))


def _copy(table: sa.Table, key: str, **others: str) -> str:
    """Return the statement that copies a table's rows, each so far back as is planned."""
    values = {column.name: column.name for column in table.columns}
    values |= {
        column.name: f"{column.name} - back"
        for column in table.columns
        if isinstance(column.type, Instant)
    }
    values |= others
    chosen = {name: value for name, value in values.items() if value}
    return (
        f"INSERT INTO {table.name} ({', '.join(chosen)}) SELECT {', '.join(chosen.values())}"  # noqa: S608 -- our own names
        f" FROM copies CROSS JOIN {table.name} AS model ON model.{key} = copies.model_id"
    )


_PLAN_COPIES = """
    CREATE TEMP TABLE copies AS
    WITH RECURSIVE series(number) AS (
        SELECT 1 WHERE :copies > 0
        UNION ALL SELECT number + 1 FROM series WHERE number < :copies
    )
    SELECT id AS model_id, number * :every AS back,
        id_of(cron_id, slot - number * :every) AS copy_id
    FROM executions CROSS JOIN series
"""
_COPY_EXECUTIONS = _copy(executions, "id", id="copy_id")
_COPY_CHANGES = _copy(changes, "execution_id", execution_id="copy_id", id="")
_COUNT = "UPDATE crons SET stored = :copies + 1"
