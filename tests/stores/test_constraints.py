"""The promises are constraints: whoever goes around the code is refused by the database."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.samples import HOUR, NOON, make_incident
from tests.stores import incidents
from tests.stores.rows import add, announce, commit, final, moved, row, start, stored
from wlcron.core.cron import Cron
from wlcron.core.execution import Status
from wlcron.errors import StoreError
from wlcron.stores.sql import SqlStore

ACTIVE = [status for status in Status if status.is_active]


@pytest.fixture
async def cron(store: SqlStore) -> Cron:
    """Return a cron in the database."""
    return await add(store)


@pytest.fixture
def database(path: Path, store: SqlStore) -> Iterator[sqlite3.Connection]:
    """Return a connection that knows nothing of our code."""
    del store
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        yield connection


def copy(database: sqlite3.Connection, **changes: object) -> None:
    """Insert the only execution once more, with other values in some columns."""
    database.row_factory = sqlite3.Row
    values = dict(database.execute("SELECT * FROM executions").fetchone()) | changes
    names = ", ".join(f":{name}" for name in values)
    database.execute(f"INSERT INTO executions VALUES ({names})", values)  # noqa: S608 -- names of columns


async def test_a_second_row_of_a_slot_is_refused(
    store: SqlStore, cron: Cron, database: sqlite3.Connection
) -> None:
    """Promise 1, whatever its id and its status."""
    await commit(store, final(cron))
    with pytest.raises(sqlite3.IntegrityError, match=r"executions\.cron_id, executions\.slot"):
        copy(database, id="other", status="SKIPPED")
    copy(database, id="other", slot=0)


async def test_a_second_row_of_an_id_is_refused(
    store: SqlStore, cron: Cron, database: sqlite3.Connection
) -> None:
    """Promise 1: starting goes by the id, so it has to mean one slot."""
    await commit(store, final(cron))
    with pytest.raises(sqlite3.IntegrityError, match=r"executions\.id"):
        copy(database, slot=0)


@pytest.mark.parametrize("first", ACTIVE)
@pytest.mark.parametrize("second", ACTIVE)
async def test_a_second_active_execution_is_refused(
    store: SqlStore, cron: Cron, database: sqlite3.Connection, first: Status, second: Status
) -> None:
    """Promise 2, for each pair of statuses that are active."""
    await commit(store, row(cron, status=first))
    with pytest.raises(sqlite3.IntegrityError, match=r"executions\.cron_id"):
        copy(database, id="other", slot=0, status=second)
    copy(database, id="other", slot=0, status="SKIPPED")


async def test_a_second_change_to_a_status_is_refused(
    store: SqlStore, cron: Cron, database: sqlite3.Connection
) -> None:
    """Promise 4: no change can be announced twice."""
    await commit(store, row(cron))
    with pytest.raises(sqlite3.IntegrityError, match=r"changes\.execution_id, changes\.status"):
        database.execute(
            "INSERT INTO changes (execution_id, status, at, reason)"
            " SELECT execution_id, status, at, reason FROM changes"
        )


async def test_an_execution_of_no_definition_is_refused(
    store: SqlStore, cron: Cron, database: sqlite3.Connection
) -> None:
    """What cannot be started because nobody knows how is not written."""
    await commit(store, final(cron))
    for strange in ({"cron_id": "unknown"}, {"cron_version": 2}):
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            copy(database, id="other", slot=0, **strange)


async def test_a_definition_in_use_cannot_be_deleted(
    store: SqlStore, cron: Cron, database: sqlite3.Connection
) -> None:
    """Nor its cron."""
    await commit(store, final(cron))
    for table in ("definitions", "crons"):
        with pytest.raises(sqlite3.IntegrityError, match="FOREIGN KEY"):
            database.execute(f"DELETE FROM {table}")  # noqa: S608 -- one of two names


async def test_a_status_is_not_saved_without_its_change(
    store: SqlStore, cron: Cron, database: sqlite3.Connection
) -> None:
    """Promise 6: when the change cannot be written, the row stays as it was."""
    starting = await start(store, row(cron))
    await announce(store)
    database.execute(
        "CREATE TRIGGER power_cut BEFORE INSERT ON changes BEGIN SELECT RAISE(ABORT, 'gone'); END"
    )
    for attempt in (
        store.apply(moved(starting, Status.RUNNING)),
        commit(store, final(cron, NOON + HOUR)),
    ):
        with pytest.raises(StoreError):
            await attempt
    assert await stored(store, starting) == starting
    assert await store.executions([cron.id], 10) == [starting]
    assert await store.unannounced(10) == []


async def test_a_claim_is_not_made_without_its_change(
    store: SqlStore, cron: Cron, database: sqlite3.Connection
) -> None:
    """Promise 6: the execution stays PENDING, to be claimed by whoever can write."""
    (pending,) = await commit(store, row(cron))
    database.execute(
        "CREATE TRIGGER power_cut BEFORE INSERT ON changes BEGIN SELECT RAISE(ABORT, 'gone'); END"
    )
    with pytest.raises(StoreError):
        await store.claim(NOON, HOUR, 10)
    assert await stored(store, pending) == pending
    database.execute("DROP TRIGGER power_cut")
    assert len(await store.claim(NOON, HOUR, 10)) == 1


async def test_a_second_incident_of_a_cron_and_condition_is_refused(
    store: SqlStore, database: sqlite3.Connection
) -> None:
    """So that of servers that open one at the same time one does."""
    await incidents.put(store, make_incident())
    with pytest.raises(sqlite3.IntegrityError, match=r"incidents\.row_key"):
        database.execute("INSERT INTO incidents SELECT * FROM incidents")
