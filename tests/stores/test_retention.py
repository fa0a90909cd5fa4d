"""What the SQL store keeps beside executions is forgotten with them."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from tests.samples import DAY, HOUR, NOON, make_definition
from tests.stores.rows import add, announce, commit, final, known, prune, row
from wlcron.store import Retention, Store

ALL = 10_000
EVERYTHING = Retention(before=NOON + 1000 * DAY, keep=0)


def answer(path: Path, question: str) -> list[tuple[object, ...]]:
    """Return what the database holds."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(question).fetchall()


async def edit(store: Store) -> None:
    """Save another version of the cron."""
    cron = await known(store)
    definition = make_definition(f"{cron.version} * * * *")
    assert await store.put_cron(replace(cron, version=cron.version + 1, definition=definition))


async def test_a_version_that_nothing_ran_with_is_forgotten(store: Store, path: Path) -> None:
    """As soon as the next one is saved."""
    await add(store)
    for _ in range(3):
        await edit(store)
    assert answer(path, "SELECT version FROM definitions") == [(4,)]


async def test_a_version_is_forgotten_with_its_last_execution(store: Store, path: Path) -> None:
    """The current one stays."""
    cron = await add(store)
    await commit(store, *(final(cron, NOON + n * HOUR) for n in range(2)))
    await announce(store)
    await edit(store)
    assert answer(path, "SELECT version FROM definitions") == [(1,), (2,)]
    await prune(store, Retention(before=NOON + HOUR, keep=ALL), ALL)
    assert answer(path, "SELECT version FROM definitions") == [(1,), (2,)]
    await prune(store, EVERYTHING, ALL)
    assert answer(path, "SELECT version FROM definitions") == [(2,)]


async def test_a_deleted_cron_leaves_nothing(store: Store, path: Path) -> None:
    """No table keeps anything of it once its executions are forgotten."""
    cron = await add(store)
    await commit(store, *(final(cron, NOON + n * HOUR) for n in range(3)))
    await announce(store)
    await edit(store)
    await store.delete_cron(await known(store))
    await prune(store, Retention(before=NOON - DAY, keep=ALL), ALL)
    for table in ("crons", "definitions", "executions", "changes"):
        assert answer(path, f"SELECT * FROM {table}") == []  # noqa: S608 -- one of four names


async def test_the_counter_of_a_cron_is_true(store: Store, path: Path) -> None:
    """Retention goes by it, so nothing may be counted that was not made, or not be discounted."""
    cron = await add(store)
    rows = [final(cron, NOON + n * HOUR) for n in range(5)]
    await commit(store, *rows[:3])
    await commit(store, *rows, row(cron, NOON + DAY))
    await announce(store)
    for limit in (1, 3, 100):
        await prune(store, Retention(before=NOON - DAY, keep=2), limit)
        count = "SELECT stored, (SELECT count(*) FROM executions) FROM crons"
        ((stored, there),) = answer(path, count)
        assert stored == there
    assert stored == 2
