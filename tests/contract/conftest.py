"""The stores that the contract is tried on."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.aws_lab.process import Lab, running_lab
from tests.stores import postgres
from tests.stores.dynamodb.amazon import Amazon, an_amazon
from wlcron.store import Store
from wlcron.stores.dynamodb import open_dynamo_store
from wlcron.stores.memory import MemoryStore
from wlcron.stores.sql import open_sql_store

OpenStore = Callable[[], Awaitable[Store]]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[postgres.Cluster]:
    """Return a PostgreSQL of our own, where its programs and its driver are."""
    yield from postgres.running_or_skipped()


@pytest.fixture(scope="session")
def empty_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an SQLite database with wlcron's tables and nothing in them."""

    async def migrate(path: Path) -> None:
        await (await open_sql_store(path)).close()

    path = tmp_path_factory.mktemp("sqlite") / "empty.db"
    asyncio.run(migrate(path))
    return path


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """Return what stands in for AWS."""
    with running_lab("--engine", "host") as lab:
        yield lab


@pytest.fixture
async def amazon(lab: Lab) -> AsyncIterator[Amazon]:
    """Return empty tables in DynamoDB."""
    async with an_amazon(lab) as amazon:
        yield amazon


@pytest.fixture(params=["memory", "sqlite", "postgresql", "dynamodb"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str | Amazon | None:
    """Return where an empty database is; None: in memory."""
    match request.param:
        case "dynamodb":
            amazon: Amazon = request.getfixturevalue("amazon")
            return amazon
        case "memory":
            return None
        case "sqlite":
            empty: Path = request.getfixturevalue("empty_file")
            return shutil.copy(empty, tmp_path / "wlcron.db")
        case _:
            cluster: postgres.Cluster = request.getfixturevalue("postgresql")
            return cluster.emptied()


@pytest.fixture
async def open_store(database: Path | str | Amazon | None) -> AsyncIterator[OpenStore]:
    """Open one database as often as it is called, as several servers would."""
    stores: list[Store] = [MemoryStore()] if database is None else []

    async def open_again() -> Store:
        if isinstance(database, Amazon):
            stores.append(await open_dynamo_store(database.clients, database.tables))
        elif database is not None:
            stores.append(await open_sql_store(database))
        return stores[-1]

    yield open_again
    for store in stores:
        await store.close()


@pytest.fixture
async def store(open_store: OpenStore) -> Store:
    """Return a store with nothing in it."""
    return await open_store()
