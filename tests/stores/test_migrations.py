"""The migrations make the tables that the code expects."""

import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from uuid import uuid4

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from tests.samples import HOUR, MINUTE, NOON, make_incident, make_silence
from tests.stores import incidents, postgres, schemas
from tests.stores.rows import end
from tests.stores.test_opening import refusal
from wlcron.core.cron import Pause
from wlcron.core.execution import Overrides, Status
from wlcron.stores.sql import SqlStore, open_sql_store
from wlcron.stores.sql.migration import LOCATION, VERSION
from wlcron.stores.sql.schema import metadata

Make = Callable[[str], str]


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


@pytest.fixture(params=schemas.KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    """Return each kind of database in turn."""
    kind: str = request.param
    return kind


@pytest.fixture
def as_of(request: pytest.FixtureRequest, kind: str, path: Path) -> Make:
    """Return what makes a database as a version of wlcron left it, and says where it is."""

    def make(version: str) -> str:
        if kind == "sqlite":
            schemas.make_sqlite(version, path)
            return f"sqlite:///{path}"
        cluster: postgres.Cluster = request.getfixturevalue("postgresql")
        url = cluster.without_tables(f"old_{uuid4().hex}")
        schemas.make_postgresql(version, url)
        return url

    return make


def rows_of(url: str) -> dict[str, list[dict[str, object]]]:
    """Return all rows of all tables as they are stored, by table."""
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    found = sa.MetaData()
    with engine.connect() as connection:
        found.reflect(connection)
        return {
            name: sorted(
                (dict(row._mapping) for row in connection.execute(sa.select(table))),  # noqa: SLF001 -- SQLAlchemy's public name
                key=str,
            )
            for name, table in found.tables.items()
        }


def test_every_version_is_kept_as_it_was() -> None:
    """One that has no statements yet gets them by `python -m tests.stores.schemas`."""
    config = Config()
    config.set_main_option("script_location", LOCATION)
    known = {script.revision for script in ScriptDirectory.from_config(config).walk_revisions()}
    kept = {path.name for path in schemas.FOLDER.iterdir()}
    assert kept == {f"{version}.{kind}.sql" for version in known for kind in schemas.KINDS}


@pytest.mark.parametrize("version", schemas.VERSIONS)
def test_what_is_kept_has_rows_in_every_table(as_of: Make, version: str) -> None:
    """Else it would show nothing."""
    rows = rows_of(as_of(version))
    assert [name for name, found in rows.items() if not found] == []
    assert {row["status"] for row in rows["executions"]} == set(Status)


@pytest.mark.parametrize("version", schemas.VERSIONS)
async def test_a_database_of_any_version_is_migrated(as_of: Make, version: str) -> None:
    """With all that is in it, value by value, and to the same tables as a new one."""
    url = as_of(version)
    before = rows_of(url)
    store = await open_sql_store(url)
    await store.close()
    after = rows_of(url)
    for name in before.keys() - {"alembic_version"}:
        columns = before[name][0].keys()
        kept = [{key: row[key] for key in columns} for row in after[name]]
        assert sorted(kept, key=str) == before[name]
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.connect() as connection:
        # PostgreSQL tells of collations as if they were types.
        options = {"compare_server_default": True, "compare_type": url.startswith("sqlite")}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


@pytest.mark.parametrize("version", schemas.VERSIONS)
async def test_all_of_it_can_be_read_and_used_afterwards(as_of: Make, version: str) -> None:
    """Through the store; what is new is empty and can be used at once."""
    store = await open_sql_store(as_of(version))
    crons = {cron.name: cron for cron in await store.crons()}
    assert crons.keys() == {status.lower() for status in Status} | {"paused", "outside"}
    assert crons["paused"].pause == Pause(NOON, NOON + HOUR, "ü")
    assert crons["outside"].next_due == NOON
    assert (crons["success"].version, crons["success"].source) == (2, "new")
    for status in Status:
        [found] = await store.executions([crons[status.lower()].id], 1, NOON + MINUTE)
        assert found.status is status
        assert await store.execution(found.id) == found
    [untold] = await store.unannounced(10)
    assert (untold.execution.cron_name, untold.execution.reason) == ("missed", "untold")
    [asked] = await store.active(asked_to_stop=True)
    assert (asked.cron_name, asked.stop_reason, asked.exit_code) == ("running", "enough", 3)
    [claim] = await store.claim(NOON, MINUTE, 10)
    assert claim.execution.overrides == Overrides(arguments=("a",), env={"B": "c"})
    await end(store, claim.execution)
    await store.close()


@pytest.mark.parametrize("version", schemas.VERSIONS)
async def test_incidents_are_kept_or_can_be_opened(as_of: Make, version: str) -> None:
    """And silences."""
    store = await open_sql_store(as_of(version))
    known = await store.open_incidents()
    assert [incident.cron_name for incident in known] == (["tidy"] if version >= "0003" else [])
    assert len(await store.silences()) == len(known)
    row = await incidents.put(store, make_incident("another"))
    assert row in await store.open_incidents()
    await store.put_silence(make_silence())
    assert await store.silences() == [make_silence()]
    await store.close()


@pytest.mark.parametrize("version", schemas.VERSIONS)
async def test_servers_that_begin_at_once_migrate_once(as_of: Make, version: str) -> None:
    """One after the other, and each goes on."""
    url = as_of(version)
    stores = await asyncio.gather(*(open_sql_store(url) for _ in range(4)))
    for store in stores:
        assert len(await store.crons()) == len(Status) + 2
        await store.close()
    assert rows_of(url)["alembic_version"] == [{"version_num": VERSION}]


async def test_a_migration_that_fails_leaves_what_was_there(as_of: Make) -> None:
    """All of it: here the last table that it makes is in its way."""
    url = as_of("0001")
    engine = sa.create_engine(url, poolclass=sa.pool.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE silences (id INTEGER)")
    before = rows_of(url)
    assert "silences" in await refusal(url)
    assert rows_of(url) == before
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE silences")
    await (await open_sql_store(url)).close()
    assert rows_of(url)["alembic_version"] == [{"version_num": VERSION}]
