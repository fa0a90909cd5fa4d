"""A store is opened on tables that are there and are its own."""

import asyncio
from dataclasses import replace
from datetime import datetime

import pytest

from tests.aws_lab.process import Lab
from tests.samples import HOUR, MINUTE, NOON, SECOND
from tests.stores.dynamodb.amazon import Amazon, an_amazon
from tests.stores.dynamodb.conftest import Hands
from tests.stores.rows import add, announce, known, moved, row, start
from wlcron.core.execution import Status
from wlcron.core.planning import Plan
from wlcron.errors import StoreError
from wlcron.stores.dynamodb import DynamoStore, open_dynamo_store
from wlcron.stores.dynamodb.tables import row_key, state_key


async def test_a_missing_table_is_named(lab: Lab) -> None:
    """With what makes it."""
    async with an_amazon(lab) as amazon:
        with pytest.raises(StoreError, match=r"no table elsewhere-crons .* `wl aws bootstrap`"):
            await open_dynamo_store(amazon.clients, "elsewhere")


async def test_a_table_of_another_make_is_refused(amazon: Amazon) -> None:
    """It is said before anything is written into it."""
    dynamodb = await amazon.clients.get("dynamodb")
    for name in ("strange-crons", "strange-executions"):
        await dynamodb.create_table(
            TableName=name,
            BillingMode="PAY_PER_REQUEST",
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        )
    with pytest.raises(StoreError, match=r"strange-crons is not one .*it lacks due"):
        await open_dynamo_store(amazon.clients, "strange")


async def test_a_table_that_has_gone_is_named(amazon: Amazon, store: DynamoStore) -> None:
    """Also while a server runs, and whatever it was doing."""
    cron = await add(store)
    dynamodb = await amazon.clients.get("dynamodb")
    await dynamodb.delete_table(TableName=f"{amazon.tables}-executions")
    await dynamodb.create_table(
        TableName=f"{amazon.tables}-executions",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": "other", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "other", "KeyType": "HASH"}],
    )
    with pytest.raises(StoreError):
        await store.commit([Plan(cron, (row(cron),), NOON + HOUR)])


async def test_a_row_that_has_gone_is_in_nobodys_way(store: DynamoStore, amazon: Amazon) -> None:
    """Should somebody have deleted it by hand, though its cron calls it active."""
    active = await start(store, row(await add(store)))
    dynamodb = await amazon.clients.get("dynamodb")
    await dynamodb.delete_item(TableName=f"{amazon.tables}-executions", Key=row_key(active.id))
    cron = await known(store)
    assert await store.active(cron_ids=[cron.id]) == []
    (made,) = await store.commit([Plan(cron, (row(cron, NOON + HOUR),), None)])
    assert made.status is Status.PENDING
    assert await store.active(cron_ids=[cron.id]) == [made]


async def test_an_end_is_recorded_though_its_cron_has_gone(
    store: DynamoStore, amazon: Amazon
) -> None:
    """Should somebody have deleted that by hand: what is over is over."""
    starting = await start(store, row(await add(store)))
    dynamodb = await amazon.clients.get("dynamodb")
    await dynamodb.delete_item(TableName=f"{amazon.tables}-crons", Key=state_key(starting.cron_id))
    assert await store.apply(moved(starting, Status.FAILED))
    assert await store.active() == []


async def test_changes_are_told_in_order_though_clocks_differ(
    store: DynamoStore, amazon: Amazon, clock: Hands
) -> None:
    """One server's clock is behind: the end that it wrote still comes after the start."""

    def behind() -> datetime:
        return clock.now - 10 * SECOND

    slow = DynamoStore(amazon.clients, amazon.tables, clock=behind)
    starting = await start(store, row(await add(store)))
    running = moved(starting, Status.RUNNING)
    assert await store.apply(running)
    assert await slow.apply(moved(running.execution, Status.SUCCESS))
    assert [change.execution.status for change in await store.unannounced(10)] == [
        Status.PENDING,
        Status.STARTING,
        Status.RUNNING,
        Status.SUCCESS,
    ]


async def test_an_outbox_of_many_pages_is_emptied(store: DynamoStore) -> None:
    """A page of an answer is 1 MB."""
    cron = await add(store)
    rows = [row(cron, NOON - n * MINUTE, status=Status.MISSED) for n in range(1, 400)]
    long = [replace(each, reason="x" * 5000, ended_at=NOON) for each in rows]
    await store.commit([Plan(cron, tuple(long), cron.next_due)])
    assert len(await announce(store)) == 399
    assert await store.unannounced(10) == []


async def test_another_server_may_note_that_changes_were_told(
    store: DynamoStore, other: DynamoStore
) -> None:
    """One that never read where they wait finds that out."""
    cron = await add(store)
    await store.commit([Plan(cron, (row(cron),), None)])
    changes = await store.unannounced(10)
    await other.announced(changes)
    await asyncio.gather(store.announced(changes), other.announced(changes))
    assert await store.unannounced(10) == []
