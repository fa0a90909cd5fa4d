"""Retention by expiry: what is over goes by itself, and is not seen while it is still there."""

from datetime import datetime, timedelta

from tests.samples import DAY, HOUR, MINUTE, NOON
from tests.stores.dynamodb.amazon import Amazon
from tests.stores.dynamodb.conftest import KEEP_FOR, Hands
from tests.stores.rows import add, announce, commit, end, final, row, start
from wlcron.core.execution import Execution
from wlcron.core.planning import plan_manual
from wlcron.store import Retention
from wlcron.stores.dynamodb import DynamoStore
from wlcron.stores.dynamodb.tables import EXPIRY, Item, Tables, row_key

ALL = 10_000


async def stored_item(amazon: Amazon, execution: Execution) -> Item:
    """Return an execution as it lies in the table."""
    dynamodb = await amazon.clients.get("dynamodb")
    table = Tables(amazon.tables).executions
    answer = await dynamodb.get_item(TableName=table, Key=row_key(execution.id))
    item: Item = answer["Item"]
    return item


def expiry(item: Item) -> datetime:
    """Return when DynamoDB is to delete an item."""
    return datetime.fromtimestamp(int(item[EXPIRY]["N"]), NOON.tzinfo)


async def test_an_execution_expires_some_time_after_its_end(
    store: DynamoStore, amazon: Amazon
) -> None:
    """Not while it is active, however long that is; what is over at once has its expiry at once."""
    cron = await add(store)
    starting = await start(store, row(cron))
    assert EXPIRY not in await stored_item(amazon, starting)
    over = await end(store, starting)
    assert over.ended_at is not None
    assert expiry(await stored_item(amazon, over)) == over.ended_at + KEEP_FOR
    (missed,) = await commit(store, final(cron, NOON + HOUR))
    assert expiry(await stored_item(amazon, missed)) == NOON + HOUR + KEEP_FOR


async def test_what_has_expired_is_not_seen(store: DynamoStore, clock: Hands) -> None:
    """DynamoDB may take days to delete it."""
    cron = await add(store)
    old, young = await commit(store, final(cron), final(cron, NOON + DAY))
    clock.now = NOON + KEEP_FOR
    assert await store.execution(old.id) is None
    assert await store.find("", ALL) == [young]
    assert await store.executions([cron.id], ALL) == [young]


async def test_what_expires_is_not_looked_for(store: DynamoStore, clock: Hands) -> None:
    """Its deletion is DynamoDB's, and costs nothing."""
    cron = await add(store)
    await commit(store, *(final(cron, NOON + n * HOUR) for n in range(5)))
    await announce(store)
    clock.now = NOON + KEEP_FOR + DAY
    assert await store.prunable(Retention(before=NOON + DAY, keep=ALL), ALL) == []


async def test_what_is_gone_is_not_counted_as_kept(store: DynamoStore, amazon: Amazon) -> None:
    """The counter knows nothing of what DynamoDB deleted; it is corrected when it seems full."""
    cron = await add(store)
    made = await commit(store, *(final(cron, NOON + n * HOUR) for n in range(6)))
    await announce(store)
    dynamodb = await amazon.clients.get("dynamodb")
    for execution in made[:4]:
        table = Tables(amazon.tables).executions
        await dynamodb.delete_item(TableName=table, Key=row_key(execution.id))
    amazon.calls()
    retention = Retention(before=NOON, keep=3)
    assert await store.prunable(retention, ALL) == []
    looked = amazon.calls()
    assert await store.prunable(retention, ALL) == []
    assert sum(amazon.calls().values()) < sum(looked.values())
    (newest,) = await commit(store, final(cron, NOON + 6 * HOUR))
    more = await commit(store, final(cron, NOON + 7 * HOUR))
    await announce(store)
    assert await store.prunable(retention, ALL) == [made[4].id]
    assert await store.executions([cron.id], 2) == [*more, newest]


async def test_a_change_outlives_its_execution(
    store: DynamoStore, amazon: Amazon, clock: Hands
) -> None:
    """What nobody was told of is told, though retention was faster."""
    cron = await add(store)
    (missed,) = await commit(store, final(cron))
    dynamodb = await amazon.clients.get("dynamodb")
    table = Tables(amazon.tables).executions
    await dynamodb.delete_item(TableName=table, Key=row_key(missed.id))
    clock.now = NOON + KEEP_FOR
    assert [change.execution for change in await announce(store)] == [missed]


async def test_a_slot_that_a_manual_run_took_is_taken_for_days(
    store: DynamoStore, amazon: Amazon
) -> None:
    """That it is taken expires by itself as well; as long as it counts, it is kept."""
    cron = await add(store)
    (manual,) = await store.commit([plan_manual(cron, NOON + MINUTE, "key")])
    slot = row(cron, NOON + MINUTE)
    assert slot.id != manual.id
    assert expiry(await stored_item(amazon, slot)) > NOON + timedelta(days=1)
    assert await store.execution(slot.id) is None
    assert await commit(store, slot) == []
