"""What a server remembers is never what it decides by: another one may have been there."""

import asyncio
from dataclasses import replace

from tests.samples import HOUR, MINUTE, NOON, SECOND, make_cron
from tests.stores.dynamodb.amazon import Amazon
from tests.stores.rows import add, commit, known, moved, row, start, stored
from wlcron.core.execution import Execution, Kind, Observation, Status
from wlcron.services.recorder import record
from wlcron.stores.dynamodb import DynamoStore


def exited(execution: Execution, code: int = 0) -> Observation:
    """Return that an execution has exited, a minute after its slot."""
    at = execution.slot + MINUTE
    return Observation(execution_id=execution.id, kind=Kind.EXITED, at=at, exit_code=code)


async def running(store: DynamoStore) -> Execution:
    """Return an execution that runs, and that the store remembers."""
    starting = await start(store, row(await add(store)))
    change = moved(starting, Status.RUNNING, started_at=NOON + SECOND)
    assert await store.apply(change)
    return change.execution


async def test_a_stop_that_another_server_was_asked_for_is_seen(
    store: DynamoStore, other: DynamoStore
) -> None:
    """The end is STOPPED, not FAILED, though this server's row knows of no stop."""
    execution = await running(store)
    assert await other.ask_stop(execution.id, NOON + 2 * SECOND, "enough")
    change = await record(store, exited(execution, 143))
    assert change is not None
    assert (change.execution.status, change.execution.reason) == (Status.STOPPED, "enough")
    assert (await stored(other, execution)).status is Status.STOPPED


async def test_an_end_that_another_server_recorded_stays(
    store: DynamoStore, other: DynamoStore
) -> None:
    """What comes second says nothing new, and announces nothing."""
    execution = await running(store)
    assert await record(other, exited(execution)) is not None
    await other.announced(await other.unannounced(100))
    assert await record(store, exited(execution, 1)) is None
    assert (await stored(store, execution)).status is Status.SUCCESS
    assert await store.unannounced(100) == []


async def test_a_start_that_another_server_recorded_is_seen(
    store: DynamoStore, other: DynamoStore
) -> None:
    """It is remembered as STARTING here; the end keeps the start that is on record."""
    starting = await start(store, row(await add(store)))
    change = moved(starting, Status.RUNNING, started_at=NOON + SECOND, handle="arn:task")
    assert await other.apply(change)
    assert await record(store, exited(starting)) is not None
    (ended,) = await other.find(starting.id)
    assert (ended.status, ended.started_at, ended.handle) == (
        Status.SUCCESS,
        NOON + SECOND,
        "arn:task",
    )


async def test_a_refusal_shows_the_row(
    store: DynamoStore, other: DynamoStore, amazon: Amazon
) -> None:
    """So that to have remembered wrongly costs no more than to have remembered nothing."""
    starting = await start(store, row(await add(store)))
    assert await other.apply(moved(starting, Status.RUNNING))
    amazon.calls()
    assert await record(store, exited(starting)) is not None
    assert amazon.calls() == {"TransactWriteItems": 2}


async def test_who_waits_is_told_the_truth_the_second_time(
    store: DynamoStore, other: DynamoStore
) -> None:
    """A row is given out from memory once."""
    execution = await running(store)
    assert await record(other, exited(execution)) is not None
    await store.execution(execution.id)
    assert (await stored(store, execution)).status is Status.SUCCESS


async def test_an_abandoned_start_is_taken_over_once(amazon: Amazon, store: DynamoStore) -> None:
    """Servers that find it at the same time compare the lease, since the status stays."""
    await start(store, row(await add(store)))
    servers = [DynamoStore(amazon.clients, amazon.tables) for _ in range(6)]
    later = NOON + HOUR
    taken = await asyncio.gather(*(server.claim(later, MINUTE, 10) for server in servers))
    assert [claim.execution.attempt for claims in taken for claim in claims] == [2]


async def test_a_name_is_that_of_its_newest_cron(store: DynamoStore, other: DynamoStore) -> None:
    """One that was deleted and created again elsewhere is not taken for the old one."""
    old = await add(store)
    assert await other.delete_cron(await known(other))
    assert await store.cron(old.name) is None
    new = await add(other, id=make_cron("another").id)
    assert await known(store) == new
    assert await store.delete_cron(new)
    assert await other.cron(old.name) is None


async def test_a_definition_of_another_server_is_read(
    store: DynamoStore, other: DynamoStore
) -> None:
    """Each version is known by its number, and none is ever another."""
    cron = await add(store)
    assert await other.put_cron(replace(cron, version=2, source="new"))
    assert (await known(store)).source == "new"


async def test_old_versions_go_but_not_the_one_that_runs(store: DynamoStore) -> None:
    """A cron that is changed every day must not grow for ever."""
    cron = await add(store)
    await commit(store, row(cron))
    for version in range(2, 16):
        read = await known(store)
        assert await store.put_cron(replace(read, version=version, source=f"{version}"))
    found = await store._shelf.database.query(  # noqa: SLF001 -- what lies there has no verb
        store._shelf.crons,  # noqa: SLF001 -- likewise
        KeyConditionExpression="pk = :of AND begins_with(sk, :v)",
        ExpressionAttributeValues={":of": {"S": cron.id}, ":v": {"S": "v#"}},
    )
    numbers = [int(item["sk"]["S"][2:]) for item in found]
    assert numbers[0] == 1
    assert numbers[1:] == list(range(5, 16))
    (claim,) = await store.claim(NOON + HOUR, MINUTE, 1)
    assert (claim.cron.version, claim.cron.source) == (1, cron.source)
