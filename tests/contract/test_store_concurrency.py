"""Every store: many servers on one database do together what one alone would have done."""

import asyncio
import itertools

from tests.contract.conftest import OpenStore
from tests.samples import HOUR, MINUTE, NOON, make_cron
from tests.stores import postgres
from tests.stores.rows import (
    LEASE,
    add,
    announce,
    commit,
    final,
    known,
    moved,
    prune,
    row,
    start,
    stored,
)
from wlcron.core.execution import Execution, Status
from wlcron.core.planning import Plan, plan_manual
from wlcron.store import Retention, Store
from wlcron.stores.sql import SqlStore, open_sql_store

SERVERS = 3
TIMES = 10


async def servers(open_store: OpenStore) -> list[Store]:
    """Open the same database several times, each to be asked more than once at a time."""
    return [await open_store() for _ in range(SERVERS)] * TIMES


async def test_a_slot_ends_in_one_row(open_store: OpenStore) -> None:
    """However many plan it at the same time, one has made it (promise 1)."""
    stores = await servers(open_store)
    cron = await add(stores[0])
    plan = Plan(cron, (row(cron),), NOON + HOUR)
    made = await asyncio.gather(*(store.commit([plan]) for store in stores))
    assert [rows for rows in made if rows] == [[row(cron)]]
    assert await stores[0].executions([cron.id], 10) == [row(cron)]
    assert (await known(stores[0])).revision == cron.revision + 1


async def test_a_cron_has_one_active_execution(open_store: OpenStore) -> None:
    """However many runs are asked for at the same time (promise 2)."""
    stores = await servers(open_store)
    cron = await add(stores[0])

    async def run(store: Store, number: int) -> list[Execution]:
        made: list[Execution] = []
        while not made:
            planned = plan_manual(await known(store), NOON + number * MINUTE, str(number))
            made = await store.commit([planned])
        return made

    made = await asyncio.gather(*(run(store, n) for n, store in enumerate(stores)))
    statuses = [execution.status for rows in made for execution in rows]
    assert statuses.count(Status.PENDING) == 1
    assert statuses.count(Status.SKIPPED) == len(stores) - 1
    assert len(await stores[0].active(cron_ids=[cron.id])) == 1


async def test_a_storm_of_slots_is_made_once(open_store: OpenStore) -> None:
    """Schedulers that plan the same crons at the same time make each slot once."""
    stores = [await open_store() for _ in range(SERVERS)]
    crons = [await add(stores[0], f"cron-{n}") for n in range(50)]
    plans = [Plan(cron, (row(cron),), NOON + HOUR) for cron in crons]
    orders = [plans, plans[::-1], plans[25:] + plans[:25]]
    made = await asyncio.gather(
        *(store.commit(order) for store, order in zip(stores, orders, strict=True))
    )
    assert sorted(execution.id for rows in made for execution in rows) == sorted(
        row(cron).id for cron in crons
    )
    assert len(await announce(stores[0])) == len(crons)


async def test_an_execution_is_claimed_once(open_store: OpenStore) -> None:
    """Launchers that claim at the same time share the executions."""
    stores = await servers(open_store)
    crons = [await add(stores[0], f"cron-{n}") for n in range(20)]
    await stores[0].commit([Plan(cron, (row(cron),), None) for cron in crons])
    taken = await asyncio.gather(*(store.claim(NOON, LEASE, 3) for store in stores))
    claimed = [claim.execution.id for claims in taken for claim in claims]
    assert sorted(claimed) == sorted(row(cron).id for cron in crons)


async def test_a_move_is_made_once(open_store: OpenStore) -> None:
    """Of many that saw the same status, one moves it, and one change is announced."""
    stores = await servers(open_store)
    starting = await start(stores[0], row(await add(stores[0])))
    await announce(stores[0])
    ends = itertools.cycle([Status.SUCCESS, Status.FAILED, Status.LOST])
    changes = [moved(starting, next(ends)) for _ in stores]
    won = await asyncio.gather(
        *(store.apply(change) for store, change in zip(stores, changes, strict=True))
    )
    (winner,) = [change for change, first in zip(changes, won, strict=True) if first]
    assert await stored(stores[0], starting) == winner.execution
    assert await stores[0].unannounced(10) == [winner]


async def test_a_cron_is_created_by_one(open_store: OpenStore) -> None:
    """Of many that create the same name, one does."""
    stores = await servers(open_store)
    crons = [make_cron("same", id=make_cron(f"id-{n}").id) for n in range(len(stores))]
    created = await asyncio.gather(
        *(store.put_cron(cron) for store, cron in zip(stores, crons, strict=True))
    )
    assert created.count(True) == 1


async def test_an_execution_is_forgotten_once(open_store: OpenStore) -> None:
    """Janitors that prune the same at the same time count it once."""
    stores = await servers(open_store)
    cron = await add(stores[0])
    rows = [final(cron, NOON + n * MINUTE) for n in range(30)]
    await commit(stores[0], *rows[:24])
    await announce(stores[0])
    retention = Retention(before=NOON - HOUR, keep=20)
    await asyncio.gather(*(prune(store, retention) for store in stores))
    await commit(stores[0], *rows[24:])
    await announce(stores[0])
    assert sorted(await prune(stores[0], retention)) == sorted(each.id for each in rows[4:10])


async def test_servers_that_find_a_new_database_at_once_make_it_once(
    postgresql: postgres.Cluster,
) -> None:
    """The others wait for who makes its tables."""
    url = postgresql.without_tables("fresh")
    opened = await asyncio.gather(*(open_sql_store(url) for _ in range(4)), return_exceptions=True)
    stores = [store for store in opened if isinstance(store, SqlStore)]
    for store in stores:
        await store.close()
    assert len(stores) == 4
