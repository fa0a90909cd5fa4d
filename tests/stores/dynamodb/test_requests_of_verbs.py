"""What each verb costs, in requests; `docs/aws-costs.md` says the same."""

from dataclasses import replace

import pytest

from tests.samples import HOUR, MINUTE, NOON, SECOND, make_cron
from tests.stores.dynamodb.amazon import Amazon
from tests.stores.rows import add, final, known, moved, row
from wlcron.core.cron import Cron, Registration
from wlcron.core.execution import Execution, Kind, Observation, Status
from wlcron.core.planning import Plan, plan_manual
from wlcron.services.recorder import record
from wlcron.store import Retention, Store, Taker
from wlcron.stores.dynamodb import DynamoStore
from wlcron.stores.dynamodb.tables import SHARDS

LANES = len(SHARDS)
TAKER = Taker("ecs:a", NOON + 5 * MINUTE)


def seen(execution: Execution, kind: Kind, **more: object) -> Observation:
    """Return what an engine says of an execution, a minute after its slot."""
    at = execution.slot + MINUTE
    return Observation(execution_id=execution.id, kind=kind, at=at, **more)  # type: ignore[arg-type]  # test data


async def taken(store: Store, cron: Cron) -> Execution:
    """Commit the slot of a cron with a taker."""
    (execution,) = await store.commit([Plan(cron, (row(cron),), NOON + HOUR)], TAKER)
    return execution


async def test_an_execution_costs_three_writes(store: DynamoStore, amazon: Amazon) -> None:
    """Commit and claim, RUNNING, the end: nothing is read in between."""
    cron = await add(store)
    amazon.calls()
    execution = await taken(store, cron)
    assert await record(store, seen(execution, Kind.STARTED, started_at=NOON)) is not None
    assert await record(store, seen(execution, Kind.EXITED, exit_code=0)) is not None
    assert amazon.calls() == {"TransactWriteItems": 3}


async def test_the_next_slot_finds_nothing_in_its_way(store: DynamoStore, amazon: Amazon) -> None:
    """What is over has let go of its cron, with its end."""
    execution = await taken(store, await add(store))
    await record(store, seen(execution, Kind.EXITED, exit_code=0))
    cron = await known(store)
    amazon.calls()
    later = row(cron, NOON + HOUR)
    (made,) = await store.commit([Plan(cron, (later,), NOON + 2 * HOUR)], TAKER)
    assert made.status is Status.STARTING
    assert amazon.calls() == {"TransactWriteItems": 1}


async def test_the_outbox_costs_a_request_for_many_changes(
    store: DynamoStore, amazon: Amazon
) -> None:
    """One query of each lane, and one deletion for 25."""
    crons = [await add(store, f"cron-{n}") for n in range(8)]
    for cron in crons:
        await store.apply(moved(await taken(store, cron), Status.RUNNING, started_at=NOON))
    amazon.calls()
    changes = await store.unannounced(1000)
    assert len(changes) == 16
    await store.announced(changes)
    assert amazon.calls() == {"Query": LANES, "BatchWriteItem": 1}


async def test_plans_share_transactions(store: DynamoStore, amazon: Amazon) -> None:
    """A storm of 66 slots: three writes each, a hundred in a transaction."""
    crons = [await add(store, f"cron-{n}") for n in range(66)]
    amazon.calls()
    made = await store.commit([Plan(cron, (row(cron),), NOON + HOUR) for cron in crons], TAKER)
    assert len(made) == 66
    assert amazon.calls() == {"TransactWriteItems": 2}


async def test_a_manual_slot_costs_one_write(store: DynamoStore, amazon: Amazon) -> None:
    """And the same key again one, and the reading of what is there."""
    cron = await add(store)
    amazon.calls()
    (made,) = await store.commit([plan_manual(cron, NOON, "key")], TAKER)
    assert amazon.calls() == {"TransactWriteItems": 1}
    assert await store.commit([plan_manual(cron, NOON + MINUTE, "key")], TAKER) == []
    assert await store.execution(made.id) == made
    assert amazon.calls() == {"TransactWriteItems": 1, "GetItem": 1}


async def test_an_overlap_costs_three_requests(store: DynamoStore, amazon: Amazon) -> None:
    """The lost try, what is in the way, and the row that is SKIPPED."""
    cron = await add(store)
    await taken(store, cron)
    later = row(cron, NOON + HOUR)
    plan = Plan(await known(store), (later,), NOON + 2 * HOUR)
    amazon.calls()
    (made,) = await store.commit([plan], TAKER)
    assert made.status is Status.SKIPPED
    assert amazon.calls() == {"TransactWriteItems": 2, "GetItem": 1}


async def test_a_cron_costs_one_read(store: DynamoStore, amazon: Amazon) -> None:
    """Once its name and definition are known; to find one that is not costs three."""
    await add(store)
    await known(store)
    amazon.calls()
    await known(store)
    assert amazon.calls() == {"GetItem": 1}
    assert await store.cron("nobody") is None
    assert amazon.calls() == {"GetItem": 1}


async def test_definitions_cost_one_write(store: DynamoStore, amazon: Amazon) -> None:
    """Create, update, delete: a transaction each."""
    await store.put_cron(make_cron(registration=Registration()))
    assert amazon.calls() == {"TransactWriteItems": 1}
    cron = await known(store)
    amazon.calls()
    await store.put_cron(replace(cron, registration=Registration(settled=True)))
    await store.put_cron(replace(cron, revision=2, version=2, source="new"))
    await store.delete_cron(replace(cron, revision=3))
    assert amazon.calls() == {"TransactWriteItems": 3}


async def test_what_is_due_costs_a_query_of_each_lane(
    store: DynamoStore, other: DynamoStore, amazon: Amazon
) -> None:
    """And one read for a hundred crons that are, two where their definitions are not known."""
    for n in range(20):
        await add(other, f"cron-{n}")
    amazon.calls()
    assert len(await store.due(NOON, 1000)) == 20
    assert amazon.calls() == {"Query": LANES, "BatchGetItem": 2}  # crons, their definitions
    assert len(await store.due(NOON, 1000)) == 20
    assert amazon.calls() == {"Query": LANES, "BatchGetItem": 1}
    assert await store.next_due() == NOON
    assert await store.due(NOON - SECOND, 1000) == []
    assert amazon.calls() == {"Query": 2 * LANES}


async def test_to_look_for_work_costs_little(store: DynamoStore, amazon: Amazon) -> None:
    """Two queries of each lane, at most every few seconds, however often launchers wake up."""
    await store.claim(NOON, MINUTE, 10, "ecs:a")
    amazon.calls()
    for n in range(10):
        assert await store.claim(NOON + n * SECOND, MINUTE, 10, "ecs:a") == []
    assert amazon.calls() == {"Query": 2 * 2 * LANES}


async def test_what_was_left_waiting_is_claimed_at_once(store: DynamoStore, amazon: Amazon) -> None:
    """By the process that wrote it, though it has just found nothing."""
    cron = await add(store)
    assert await store.claim(NOON, MINUTE, 10) == []
    await store.commit([Plan(cron, (row(cron),), None)])
    amazon.calls()
    assert len(await store.claim(NOON, MINUTE, 10)) == 1
    writes = amazon.calls()["TransactWriteItems"]
    assert writes == 1


async def test_history_costs_a_query_and_a_read(store: DynamoStore, amazon: Amazon) -> None:
    """A query for each cron, a read for a hundred rows."""
    cron = await add(store)
    await store.commit([Plan(cron, tuple(final(cron, NOON - n * HOUR) for n in range(5)), None)])
    amazon.calls()
    assert len(await store.executions([cron.id], 3)) == 3
    assert amazon.calls() == {"Query": 1, "BatchGetItem": 1}
    assert len(await store.active(cron_ids=[cron.id])) == 0
    assert amazon.calls() == {"GetItem": 1}


async def test_a_stop_costs_one_write(store: DynamoStore, amazon: Amazon) -> None:
    """A renewal a read as well."""
    execution = await taken(store, await add(store))
    amazon.calls()
    await store.renew(execution.id, NOON + HOUR)
    assert amazon.calls() == {"GetItem": 1, "UpdateItem": 1}
    assert await store.ask_stop(execution.id, NOON, "enough")
    assert amazon.calls() == {"UpdateItem": 1}


async def test_retention_costs_nothing_while_nothing_is_too_much(
    store: DynamoStore, amazon: Amazon
) -> None:
    """A query of each lane of crons, and what was deleted, to look and to prune."""
    cron = await add(store)
    await store.commit([Plan(cron, tuple(final(cron, NOON - n * HOUR) for n in range(9)), None)])
    await store.announced(await store.unannounced(100))
    amazon.calls()
    assert await store.prunable(Retention(NOON, keep=10), 100) == []
    await store.prune([])
    assert amazon.calls() == {"Query": LANES + 2}


@pytest.mark.parametrize("limit", [0, 1])
async def test_no_verb_scans(store: DynamoStore, amazon: Amazon, limit: int) -> None:
    """Not even where nothing, or anything, is asked for."""
    execution = await taken(store, await add(store, registration=Registration()))
    await store.crons(limit=limit)
    await store.due(NOON, limit)
    await store.next_due()
    await store.unregistered(limit)
    await store.claim(NOON + HOUR, MINUTE, limit, "ecs:a")
    await store.find("", limit)
    await store.find(execution.id[:1], limit)
    await store.executions([execution.cron_id], limit + 1)
    await store.active()
    await store.active(asked_to_stop=True)
    await store.announced(await store.unannounced(limit))
    await store.apply(moved(await _row(store, execution), Status.SUCCESS))
    await store.announced(await store.unannounced(10))
    await store.delete_cron(await known(store))
    await store.prune(await store.prunable(Retention(NOON + HOUR, 0), limit + 1))
    operations = set(amazon.calls())
    assert operations <= {
        "BatchGetItem",
        "BatchWriteItem",
        "GetItem",
        "Query",
        "TransactWriteItems",
        "UpdateItem",
    }


async def _row(store: Store, execution: Execution) -> Execution:
    found = await store.find(execution.id)
    return found[0]
