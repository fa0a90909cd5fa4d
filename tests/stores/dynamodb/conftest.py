"""DynamoDB, as the laboratory stands in for it."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime

import pytest

from tests.aws_lab.process import Lab, running_lab
from tests.samples import DAY, NOON
from tests.stores.dynamodb.amazon import Amazon, an_amazon
from wlcron.stores.dynamodb import DynamoStore, open_dynamo_store

KEEP_FOR = 30 * DAY


@dataclass
class Hands:
    """A clock that tests set."""

    now: datetime = NOON

    def __call__(self) -> datetime:
        """Return what it shows."""
        return self.now


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """Return what stands in for AWS."""
    with running_lab("--engine", "host") as lab:
        yield lab


@pytest.fixture
async def amazon(lab: Lab) -> AsyncIterator[Amazon]:
    """Return empty tables."""
    async with an_amazon(lab) as amazon:
        yield amazon


@pytest.fixture
def clock() -> Hands:
    """Return a clock that shows noon until it is set."""
    return Hands()


@pytest.fixture
async def store(amazon: Amazon, clock: Hands) -> DynamoStore:
    """Return a store whose executions expire."""
    store = await open_dynamo_store(amazon.clients, amazon.tables, KEEP_FOR, clock)
    amazon.calls()
    return store


@pytest.fixture
async def other(amazon: Amazon, clock: Hands) -> DynamoStore:
    """Return another server's store on the same tables."""
    return DynamoStore(amazon.clients, amazon.tables, KEEP_FOR, clock)
