"""The stores that the contract is tried on."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from tests.stores import postgres
from wlcron.store import Store
from wlcron.stores.memory import MemoryStore
from wlcron.stores.sql import open_sql_store

OpenStore = Callable[[], Awaitable[Store]]


@pytest.fixture(scope="session")
def postgresql() -> Iterator[postgres.Cluster]:
    """Return a PostgreSQL of our own, where its programs and its driver are."""
    try:
        with postgres.running() as cluster:
            yield cluster
    except postgres.MissingError as reason:
        pytest.skip(str(reason))


@pytest.fixture(params=["memory", "sqlite", "postgresql"])
async def open_store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[OpenStore]:
    """Open one database as often as it is called, as several servers would."""
    stores: list[Store] = []

    async def open_again() -> Store:
        stores.append(await open_next())
        return stores[-1]

    match request.param:
        case "memory":
            only = MemoryStore()

            async def open_next() -> Store:
                return only
        case "sqlite":

            async def open_next() -> Store:
                return await open_sql_store(tmp_path / "wlcron.db")
        case _:
            url = request.getfixturevalue("postgresql").new_database()

            async def open_next() -> Store:
                return await open_sql_store(url)

    yield open_again
    for store in stores:
        await store.close()


@pytest.fixture
async def store(open_store: OpenStore) -> Store:
    """Return a store with nothing in it."""
    return await open_store()
