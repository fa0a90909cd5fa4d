"""Every store: changes wait until they were told."""

from dataclasses import replace

from tests.samples import HOUR, MINUTE, NOON, SECOND
from tests.stores.rows import LEASE, add, announce, commit, end, final, moved, row, start
from wlcron.core.execution import Status
from wlcron.store import Store


async def test_changes_are_told_in_the_order_in_which_they_were_saved(store: Store) -> None:
    """Not in the order of their instants: what happened may be heard of late."""
    cron = await add(store)
    starting = await start(store, row(cron))
    running = moved(starting, Status.RUNNING)
    await store.apply(replace(running, at=NOON - HOUR))
    await store.apply(moved(running.execution, Status.SUCCESS))
    changes = await store.unannounced(10)
    assert [(change.before, change.execution.status) for change in changes] == [
        (None, Status.PENDING),
        (Status.PENDING, Status.STARTING),
        (Status.STARTING, Status.RUNNING),
        (Status.RUNNING, Status.SUCCESS),
    ]


async def test_the_oldest_changes_come_first(store: Store) -> None:
    """No more than were asked for."""
    cron = await add(store)
    made = await commit(store, *(final(cron, NOON + n * HOUR) for n in range(3)))
    changes = await store.unannounced(2)
    assert [change.execution for change in changes] == made[:2]


async def test_what_was_told_is_not_told_again(store: Store) -> None:
    """The others wait on; telling the store twice is no error."""
    cron = await add(store)
    made = await commit(store, *(final(cron, NOON + n * HOUR) for n in range(3)))
    changes = await store.unannounced(10)
    for _ in range(2):
        await store.announced(changes[1:2])
    assert [change.execution for change in await store.unannounced(10)] == [made[0], made[2]]
    await store.announced([])
    assert len(await store.unannounced(10)) == 2


async def test_a_change_says_how_things_were_then(store: Store) -> None:
    """When it is told late, the row may have moved on."""
    starting = await start(store, row(await add(store)))
    running = moved(starting, Status.RUNNING, started_at=NOON + SECOND, reason="running")
    await store.apply(running)
    await announce(store)
    await end(store, starting)
    (change,) = await store.unannounced(10)
    assert change.execution.exit_code == 0
    await store.announced([change])
    assert await store.unannounced(10) == []


async def test_an_earlier_change_knows_nothing_of_the_end(store: Store) -> None:
    """RUNNING is told without the exit code that came later."""
    starting = await start(store, row(await add(store)))
    running = moved(starting, Status.RUNNING, started_at=NOON + SECOND, deadline=NOON + HOUR)
    await store.apply(running)
    await store.apply(moved(running.execution, Status.FAILED, exit_code=3))
    told = {change.execution.status: change.execution for change in await store.unannounced(10)}
    assert told[Status.RUNNING] == running.execution
    assert told[Status.FAILED].exit_code == 3
    assert told[Status.PENDING].started_at is None


async def test_each_change_is_told_once_however_often_it_is_tried(store: Store) -> None:
    """Taking over an expired lease is no change."""
    await commit(store, row(await add(store)))
    for attempt in range(3):
        await store.claim(NOON + attempt * LEASE, LEASE, 1)
    statuses = [change.execution.status for change in await store.unannounced(10)]
    assert statuses == [Status.PENDING, Status.STARTING]


async def test_an_empty_outbox_is_empty(store: Store) -> None:
    """No changes, no error."""
    assert await store.unannounced(10) == []
    await store.announced([])


async def test_a_stop_or_a_renewal_is_no_change(store: Store) -> None:
    """Only moves from one status to another are."""
    starting = await start(store, row(await add(store)))
    await announce(store)
    await store.ask_stop(starting.id, NOON, "enough")
    await store.renew(starting.id, NOON + MINUTE, "pulling")
    assert await store.unannounced(10) == []
