"""Databases for the tests of the SQL store."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.stores import postgres
from wlcron.stores.sql import SqlStore, open_sql_store


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Return where the database is."""
    return tmp_path / "wlcron.db"


@pytest.fixture
async def store(path: Path) -> AsyncIterator[SqlStore]:
    """Return a store in an SQLite file."""
    store = await open_sql_store(path)
    yield store
    await store.close()


@pytest.fixture(scope="module")
def postgresql() -> Iterator[postgres.Cluster]:
    """Return a PostgreSQL that the tests of a module may break."""
    yield from postgres.running_or_skipped()
