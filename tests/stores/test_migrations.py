"""The migrations make the tables that the code expects."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from tests.samples import NOON, make_incident, make_silence
from tests.stores import incidents
from tests.stores.rows import known
from wlcron.core.execution import Status
from wlcron.stores.sql import SqlStore, open_sql_store
from wlcron.stores.sql.migration import LOCATION, VERSION
from wlcron.stores.sql.schema import metadata


async def test_the_migrations_make_the_schema(store: SqlStore, path: Path) -> None:
    """Table by table, column by column, index by index."""
    del store
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def _partial_indexes(database: Path) -> dict[str, str]:
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
        )
        return {name: " ".join(sql.split()) for name, sql in found}


async def test_the_migrations_make_the_same_indexes(
    store: SqlStore, path: Path, tmp_path: Path
) -> None:
    """With the same conditions, which Alembic does not compare: promise 2 is one of them."""
    del store
    direct = tmp_path / "direct.db"
    engine = sa.create_engine(f"sqlite:///{direct}")
    metadata.create_all(engine)
    engine.dispose()
    made = {name: sql for name, sql in _partial_indexes(path).items() if "alembic" not in name}
    assert made == {
        name: sql.replace("executions.", "") for name, sql in _partial_indexes(direct).items()
    }


def test_the_newest_migration_is_the_version_of_the_code() -> None:
    """So that a database that is up to date is opened without Alembic."""
    config = Config()
    config.set_main_option("script_location", LOCATION)
    assert ScriptDirectory.from_config(config).get_heads() == [VERSION]


async def test_a_database_is_migrated_once(store: SqlStore, path: Path) -> None:
    """Two servers that open it find the same tables."""
    other = await open_sql_store(path)
    assert await store.crons() == await other.crons() == []
    await other.close()


_THEN = """
    INSERT INTO crons (id, name, created_at, updated_at, next_due, version, revision, stored)
    VALUES ('c', 'tidy', 0, 0, 1795435200000000, 1, 4, 1);
    INSERT INTO definitions VALUES ('c', 1, '{"schedule": "@daily", "description": {}}', 'text');
    INSERT INTO executions
        (id, cron_id, cron_name, cron_version, slot, manual, status, reason, created_at, start_by,
         attempt, holder, stop_reason)
    VALUES ('e', 'c', 'tidy', 1, 0, 0, 'MISSED', 'why', 0, 0, 0, '', '');
    INSERT INTO changes (execution_id, status, at, reason) VALUES ('e', 'MISSED', 0, 'why');
"""


def _as_of(path: Path, version: str) -> None:
    """Make a database as an older wlcron left it."""
    config = Config()
    config.set_main_option("script_location", LOCATION)
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, version)
    engine.dispose()
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(_THEN)


@pytest.mark.parametrize("version", ["0001", "0002"])
async def test_a_database_of_an_older_version_is_migrated(path: Path, version: str) -> None:
    """With all that is in it; what is new can be used at once."""
    _as_of(path, version)
    store = await open_sql_store(path)
    cron = await known(store)
    assert (cron.id, cron.next_due, cron.revision, cron.source) == ("c", NOON, 4, "text")
    (execution,) = await store.find("e")
    assert (execution.status, execution.reason) == (Status.MISSED, "why")
    assert len(await store.unannounced(10)) == 1
    assert await store.open_incidents() == []
    assert await store.silences() == []
    row = await incidents.put(store, make_incident(cron_id=cron.id))
    assert await store.open_incidents() == [row]
    await store.put_silence(make_silence())
    assert await store.silences() == [make_silence()]
    await store.close()
