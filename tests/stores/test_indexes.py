"""No question of the store walks through all executions, changes, crons or incidents."""

import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from tests.samples import DAY, HOUR, MINUTE, NOON, SECOND, make_incident, make_silence
from tests.stores import incidents
from tests.stores.rows import LEASE, add, announce, commit, end, final, known, prune, row, start
from wlcron.core.planning import Plan
from wlcron.store import Retention, Store
from wlcron.stores.sql import SqlStore, open_sql_store, sqlite
from wlcron.stores.sql.database import Database
from wlcron.stores.sql.schema import metadata

# These hold only what is asked for; `uq_crons_name` is walked by retention, which asks each
# cron's counter whether it has too many executions.
PARTIAL = [
    ["ix_executions_pending"],
    ["uq_executions_active"],
    ["ix_changes_outbox"],
    ["ix_crons_deleted"],
    ["uq_crons_name"],
    ["ix_incidents_open"],
]
SMALL = {"silences"}  # and always asked for all of it

Statement = tuple[str, tuple[Any, ...]]


@pytest.fixture
def statements() -> list[Statement]:
    """Return what the database was asked."""
    return []


@pytest.fixture
async def store(path: Path, statements: list[Statement]) -> AsyncIterator[SqlStore]:
    """Return a store that notes what it asks."""
    await (await open_sql_store(path)).close()
    engine = sqlite.make_engine(sqlite.url_of(path), SECOND)

    @sa.event.listens_for(engine, "before_cursor_execute")
    def note(*seen: Any) -> None:  # noqa: ANN401 -- SQLAlchemy's event
        _connection, _cursor, statement, values, _context, many = seen
        statements.append((statement, values[0] if many else values))

    store = SqlStore(Database(engine))
    yield store
    await store.close()


async def ask_everything(store: Store) -> None:
    """Use each verb, on each of its ways."""
    cron = await add(store)
    await start(store, row(cron))
    await commit(store, final(cron, NOON + HOUR), row(cron, NOON + DAY))
    await commit(store, final(cron, NOON + HOUR))
    await store.claim(NOON, LEASE, 1)
    await store.renew(row(cron).id, NOON + LEASE, "pulling")
    for _ in range(2):
        await store.ask_stop(row(cron).id, NOON, "enough")
    await end(store, row(cron))
    await store.commit([Plan(cron, (), None)])
    await store.put_cron(replace(await known(store), version=2))
    await read_everything(store, cron.id)
    await announce(store)
    await prune(store, Retention(NOON + MINUTE, keep=1), 10)
    await store.delete_cron(await known(store))
    await prune(store, Retention(NOON, keep=100), 10)
    await ask_of_incidents(store)


async def ask_of_incidents(store: Store) -> None:
    """Use each verb about what is wrong."""
    row = await incidents.put(store, make_incident(due_at=NOON))
    await store.open_incidents("a")
    await store.untold_incidents(NOON, 10)
    await incidents.put(store, incidents.closed(row))
    await store.forget_incidents(NOON + DAY, 10)
    await store.put_silence(make_silence())
    await store.silences()
    await store.delete_silence("deploy")


async def read_everything(store: Store, cron_id: str) -> None:
    """Use each verb that only reads."""
    await store.cron("tidy")
    await store.crons("a")
    await store.due(NOON, 10)
    await store.next_due()
    await store.find("0")
    await store.executions([cron_id], 10)
    await store.executions([cron_id], 10, before=NOON)
    await store.active()
    await store.active(cron_ids=[cron_id], asked_to_stop=True)


async def test_every_question_has_its_index(
    store: SqlStore, path: Path, statements: list[Statement]
) -> None:
    """Rows are searched for; only indexes that hold nothing else are walked through."""
    await ask_everything(store)
    assert len(dict(statements)) > 25
    with closing(sqlite3.connect(path)) as connection:
        for sql, values in dict(statements).items():
            if sql.startswith(("SELECT", "UPDATE", "DELETE")):
                plan = connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)
                assert not [step for *_, step in plan if walks_through_a_table(step)], sql


def walks_through_a_table(step: str) -> bool:
    """Whether a step of SQLite's plan looks at rows that were not asked for."""
    verb, table, *rest = step.split()
    is_large = table in metadata.tables and table not in SMALL
    return verb == "SCAN" and is_large and rest[-1:] not in PARTIAL


@pytest.mark.parametrize(
    ("table", "condition", "index"),
    [
        ("incidents", "closed_at IS NULL", "ix_incidents_open"),
        ("incidents", "due_at <= ?", "ix_incidents_due"),
        ("incidents", "closed_at < ?", "ix_incidents_told"),
    ],
)
async def test_what_is_asked_for_again_and_again_has_an_index_of_its_own(
    store: SqlStore, path: Path, statements: list[Statement], table: str, condition: str, index: str
) -> None:
    """In which there is nothing else, however many rows were closed and told."""
    await ask_of_incidents(store)
    asked = [each for each in dict(statements).items() if f"{table}.{condition}" in each[0]]
    assert asked
    with closing(sqlite3.connect(path)) as connection:
        for sql, values in asked:
            plan = [step for *_, step in connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
            assert any(index in step for step in plan), plan
