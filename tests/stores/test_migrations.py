"""The migrations make the tables that the code expects."""

import sqlite3
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

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
