"""Indexes lag behind: what this server has just written it finds nevertheless."""

from dataclasses import replace
from typing import Any

import pytest

from tests.samples import HOUR, MINUTE, NOON, SECOND, make_incident
from tests.stores import incidents
from tests.stores.dynamodb.amazon import Amazon
from tests.stores.dynamodb.conftest import KEEP_FOR, Hands
from tests.stores.rows import add, commit, known, moved, row, start
from wlcron.aws.clients import AwsClients
from wlcron.core.execution import Status
from wlcron.core.planning import Plan
from wlcron.stores.dynamodb import DynamoStore


class Lagging(AwsClients):
    """Clients of a DynamoDB whose indexes show nothing, for as long as they lag."""

    def __init__(self, clients: AwsClients) -> None:
        super().__init__()
        self.lags = True
        self._whole = clients
        self._client: Any = None

    async def get(self, service: str) -> "Lagging":
        """Return the client, which is this."""
        self._client = await self._whole.get(service)
        return self

    def __getattr__(self, operation: str) -> Any:  # noqa: ANN401 -- botocore's operations
        return getattr(self._client, operation)

    async def query(self, **asked: Any) -> Any:  # noqa: ANN401 -- likewise
        """Find nothing in an index that lags."""
        if self.lags and "IndexName" in asked:
            return {"Items": []}
        return await self._client.query(**asked)

    async def batch_get_item(self, **asked: Any) -> Any:  # noqa: ANN401 -- likewise
        """Answer in an order that nobody has asked for."""
        answer = await self._client.batch_get_item(**asked)
        answer["Responses"] = {name: all_[::-1] for name, all_ in answer["Responses"].items()}
        return answer


@pytest.fixture
def lagging(amazon: Amazon) -> Lagging:
    """Return clients of a DynamoDB whose indexes lag."""
    return Lagging(amazon.clients)


@pytest.fixture
def here(lagging: Lagging, amazon: Amazon, clock: Hands) -> DynamoStore:
    """Return the store of a server that sees nothing in indexes."""
    return DynamoStore(lagging, amazon.tables, KEEP_FOR, clock)


async def test_what_was_just_committed_is_claimed(here: DynamoStore) -> None:
    """The launcher is woken for it at once, and looks again only after seconds."""
    cron = await add(here)
    (pending,) = await commit(here, row(cron))
    (claim,) = await here.claim(NOON, MINUTE, 10)
    assert claim.execution.id == pending.id
    assert await here.claim(NOON, MINUTE, 10) == []


async def test_no_more_is_claimed_than_was_asked_for(here: DynamoStore) -> None:
    """However much was just committed."""
    for name in ("a", "b", "c"):
        await commit(here, row(await add(here, name)))
    assert [len(await here.claim(NOON, MINUTE, limit)) for limit in (2, 0, 2)] == [2, 0, 1]


async def test_a_stop_that_was_just_asked_for_is_seen(here: DynamoStore) -> None:
    """By the observer that is woken for it; not any more when it is over."""
    starting = await start(here, row(await add(here)))
    assert await here.ask_stop(starting.id, NOON, "enough")
    (asked,) = await here.active(asked_to_stop=True)
    assert asked.id == starting.id
    assert await here.apply(moved(asked, Status.LOST))
    assert await here.active(asked_to_stop=True) == []


async def test_after_a_while_the_index_alone_is_asked(
    here: DynamoStore, lagging: Lagging, clock: Hands, amazon: Amazon
) -> None:
    """What was written is not read again for ever."""
    await commit(here, row(await add(here)))
    clock.now += MINUTE
    amazon.calls()
    assert await here.claim(clock.now, MINUTE, 10) == []
    assert "GetItem" not in amazon.calls()
    lagging.lags = False
    assert len(await here.claim(clock.now + 10 * SECOND, MINUTE, 10)) == 1


async def test_an_end_lets_the_next_slot_go_at_once(store: DynamoStore, amazon: Amazon) -> None:
    """The cron is let go of with the end itself, not when the next slot finds it held."""
    cron = await add(store)
    ended = await start(store, row(cron))
    assert await store.apply(moved(ended, Status.SUCCESS, exit_code=0))
    read = await known(store)
    amazon.calls()
    (made,) = await store.commit([Plan(read, (row(cron, NOON + HOUR),), NOON + 2 * HOUR)])
    assert made.status is Status.PENDING
    assert amazon.calls() == {"TransactWriteItems": 1}


async def test_an_incident_that_was_just_opened_is_told(here: DynamoStore) -> None:
    """By who is woken for it; not any more when it is told, or put off."""
    row = await incidents.put(here, make_incident(due_at=NOON))
    assert await here.untold_incidents(NOON, 10) == [row]
    row = await incidents.put(here, replace(row, due_at=NOON + 5 * SECOND))
    assert await here.untold_incidents(NOON, 10) == []
    assert await here.untold_incidents(NOON + 5 * SECOND, 10) == [row]
    await incidents.put(here, replace(row, due_at=None))
    assert await here.untold_incidents(NOON + MINUTE, 10) == []
    assert len(await here.open_incidents()) == 1  # that needs no index


async def test_what_the_index_will_show_in_time_is_not_remembered(
    here: DynamoStore, amazon: Amazon
) -> None:
    """A reminder of tomorrow is not looked at until then."""
    await incidents.put(here, make_incident(due_at=NOON + HOUR))
    amazon.calls()
    assert await here.untold_incidents(NOON, 10) == []
    assert "GetItem" not in amazon.calls()


async def test_incidents_are_in_order_whatever_the_order_of_answers(here: DynamoStore) -> None:
    """DynamoDB returns a batch in any."""
    rows = [
        await incidents.put(here, make_incident(cron_id=known, due_at=NOON)) for known in "abcd"
    ]
    assert await here.open_incidents() == rows
    assert await here.untold_incidents(NOON, 10) == rows
