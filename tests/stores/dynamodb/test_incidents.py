"""What DynamoDB does with incidents: what they cost, and how they expire."""

from dataclasses import replace

from tests.samples import DAY, HOUR, NOON, SECOND, make_incident, make_silence
from tests.stores.dynamodb.amazon import Amazon
from tests.stores.dynamodb.conftest import KEEP_FOR, Hands
from tests.stores.incidents import closed, put
from wlcron.core.incident import Condition
from wlcron.stores.dynamodb import DynamoStore
from wlcron.stores.dynamodb.tables import SHARDS, Tables, incident_key

LANES = len(SHARDS)


async def test_an_incident_costs_a_transaction_where_it_opens_or_closes(
    store: DynamoStore, amazon: Amazon
) -> None:
    """And one plain write for each message in between, and after."""
    assert await store.put_incident(make_incident(due_at=NOON))
    assert amazon.calls() == {"TransactWriteItems": 1}
    assert await store.put_incident(make_incident(due_at=NOON + HOUR, revision=1))
    assert await store.put_incident(make_incident(revision=2))
    assert amazon.calls() == {"UpdateItem": 2}
    assert await store.put_incident(closed(make_incident(revision=3), due_at=NOON))
    assert amazon.calls() == {"UpdateItem": 1, "TransactWriteItems": 1}
    assert await store.put_incident(closed(make_incident(revision=4)))
    assert amazon.calls() == {"UpdateItem": 1}


async def test_a_lost_write_costs_one_request(store: DynamoStore, amazon: Amazon) -> None:
    """What was in the way is told with the refusal."""
    await store.put_incident(make_incident())
    amazon.calls()
    assert not await store.put_incident(make_incident())
    assert amazon.calls() == {"TransactWriteItems": 1}
    assert not await store.put_incident(closed(make_incident(revision=7)))
    assert amazon.calls() == {"UpdateItem": 1}


async def test_to_look_for_incidents_costs_little(
    store: DynamoStore, other: DynamoStore, amazon: Amazon
) -> None:
    """A query for what is open, one of each lane for what is due; a read for a hundred found."""
    assert await store.open_incidents() == []
    assert amazon.calls() == {"Query": 1}
    assert await store.untold_incidents(NOON, 100) == []
    assert amazon.calls() == {"Query": LANES}
    for n in range(20):
        await other.put_incident(make_incident(f"c{n}", due_at=NOON))
    amazon.calls()
    assert len(await store.open_incidents()) == 20
    assert amazon.calls() == {"Query": 1, "BatchGetItem": 1}
    assert len(await store.untold_incidents(NOON, 100)) == 20
    assert amazon.calls() == {"Query": LANES, "BatchGetItem": 1}
    await store.incident(make_incident("c1").cron_id, Condition.FAILED)
    assert amazon.calls() == {"GetItem": 1}


async def test_silences_cost_a_request_each(store: DynamoStore, amazon: Amazon) -> None:
    """To put, to list, to delete."""
    await store.put_silence(make_silence())
    assert amazon.calls() == {"UpdateItem": 1}
    assert await store.silences() == [make_silence()]
    assert amazon.calls() == {"Query": 1}
    await store.delete_silence("deploy")
    assert amazon.calls() == {"BatchWriteItem": 1}


async def test_what_was_closed_long_ago_expires_by_itself(
    store: DynamoStore, amazon: Amazon
) -> None:
    """Nobody looks for it, and nothing is deleted."""
    await put(store, closed(make_incident()))
    amazon.calls()
    assert await store.forget_incidents(NOON + 1000 * DAY, 100) == 0
    assert amazon.calls() == {}


async def test_what_has_expired_is_not_seen_and_not_in_the_way(
    store: DynamoStore, amazon: Amazon, clock: Hands
) -> None:
    """DynamoDB may take days to delete it; until then the condition may be met again."""
    old = await put(store, closed(make_incident(), closed_at=NOON))
    clock.now = NOON + KEEP_FOR - SECOND
    assert await store.incident(old.cron_id, old.condition) == old
    assert not await store.put_incident(make_incident())
    clock.now = NOON + KEEP_FOR
    assert await store.incident(old.cron_id, old.condition) is None
    fresh = await put(store, make_incident(reason="again"))
    assert fresh == make_incident(reason="again", revision=1)
    assert await store.open_incidents() == [fresh]
    dynamodb = await amazon.clients.get("dynamodb")
    answer = await dynamodb.get_item(
        TableName=Tables(amazon.tables).crons, Key=incident_key(fresh.row_key)
    )
    assert not {"expires", "closed_at", "closed_by"} & set(answer["Item"])


async def test_what_is_to_be_told_does_not_expire(store: DynamoStore, clock: Hands) -> None:
    """Nor what is opened again before it has."""
    due = await put(store, closed(make_incident(due_at=NOON), closed_at=NOON))
    again = await put(store, closed(make_incident("again"), closed_at=NOON))
    again = await put(store, replace(again, closed_at=None, closed_by=""))
    clock.now = NOON + 2 * KEEP_FOR
    assert await store.incident(due.cron_id, due.condition) == due
    assert await store.open_incidents() == [again]


async def test_no_verb_about_incidents_scans(amazon: Amazon) -> None:
    """Nor uses an operation that a server has no right to."""
    keeper = DynamoStore(amazon.clients, amazon.tables)  # nothing expires by itself
    row = await put(keeper, make_incident(due_at=NOON))
    await put(keeper, closed(row, due_at=None))
    for limit in (0, 1):
        await keeper.open_incidents(limit=limit)
        await keeper.untold_incidents(NOON, limit)
    assert await keeper.forget_incidents(NOON + DAY, 10) == 1
    assert set(amazon.calls()) <= {
        *("BatchGetItem", "BatchWriteItem", "GetItem", "Query"),
        *("TransactWriteItems", "UpdateItem"),
    }
