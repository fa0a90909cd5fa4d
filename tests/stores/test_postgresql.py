"""PostgreSQL: what people write and read, lost connections, and what servers tell one another."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
import sqlalchemy as sa

from tests.conftest import eventually
from tests.samples import NOON, make_cron, make_incident
from tests.stores import incidents, postgres
from tests.stores.rows import LEASE, add, announce, commit, end, known, row
from tests.stores.test_opening import refusal
from wlcron.app.news import passed_on
from wlcron.core.cron import Registration
from wlcron.core.planning import plan_manual
from wlcron.errors import StoreError
from wlcron.store import HEARING, News, Store, Taker
from wlcron.stores.memory import MemoryStore
from wlcron.stores.sql import SqlStore, open_sql_store
from wlcron.stores.sql.postgresql import Bulletin, make_engine, tell


@pytest.fixture
async def store(postgresql: postgres.Cluster) -> AsyncIterator[SqlStore]:
    """Return a store with nothing in it."""
    made = await open_sql_store(postgresql.emptied())
    yield made
    await made.close()


@pytest.fixture
async def other(postgresql: postgres.Cluster, store: SqlStore) -> AsyncIterator[SqlStore]:
    """Return another server's store over the same database."""
    del store  # the tables are emptied before
    made = await open_sql_store(postgresql.url)
    yield made
    await made.close()


@contextlib.asynccontextmanager
async def hearing(store: Store) -> AsyncIterator[list[str]]:
    """Yield the list to which all news of a store are added, once it listens."""
    heard: list[str] = []
    async with passed_on(store, heard.append):
        await eventually(lambda: len(heard) == len(HEARING))
        heard.clear()
        yield heard


@pytest.mark.parametrize("spelling", ["postgresql", "postgres", "postgresql+psycopg"])
async def test_a_url_is_written_as_people_write_it(
    postgresql: postgres.Cluster, spelling: str
) -> None:
    """Whatever SQLAlchemy would take for its driver."""
    store = await open_sql_store(postgresql.url.replace("postgresql+psycopg", spelling))
    assert isinstance(store, News)
    await store.close()


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://u:secret@127.0.0.1:1/d", "postgresql://u@127.0.0.1:1/d cannot be used"),
        ("postgresql://u:secret@nowhere.invalid/d", "cannot be used"),
        ("postgresql://u:sec@secret@h/d", "more than one @"),
        ("postgresql://h:secret/d", "the URL of the database is none"),
        ("postgresql://u@127.0.0.1:1/d?password=secret", "cannot be used"),
        ("postgresql+asyncpg://u:secret@h/d", "write postgresql:// alone"),
        ("postgresql://u:secret@/d?host=a,b,c&port=1,2", "has a mistake"),
        ("postgresql://u:secret@/d?nonsense=1", "nonsense"),
        ("mysql://u:secret@h/d", "mysql is no kind of database"),
    ],
)
async def test_no_refusal_tells_a_password(url: str, told: str) -> None:
    """Wherever it was written."""
    sentence = await refusal(url)
    assert told in sentence
    assert "secret" not in sentence


@pytest.mark.parametrize(
    ("user", "database", "told"),
    [
        ("wlcron", "missing", "does not exist: make it with CREATE DATABASE missing"),
        ("nobody-here", "postgres", "does not let this user in"),
        ("locked:wrong", "postgres", "does not take this password"),
        ("locked", "postgres", "does not take this password"),
        ("poor", "poor", "make the user the owner"),
        ("wlcron", "latin", "is encoded in LATIN1"),
    ],
)
async def test_what_is_wrong_is_told_in_one_sentence(
    postgresql: postgres.Cluster, user: str, database: str, told: str
) -> None:
    """With what to do about it."""
    with contextlib.suppress(sa.exc.ProgrammingError):  # they are there already
        postgresql.execute(
            "CREATE ROLE locked LOGIN PASSWORD 'right'",
            "CREATE ROLE poor LOGIN",
            "CREATE DATABASE poor",
            "CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0",
        )
    url = postgresql.url.replace("wlcron@/postgres", f"{user}@/{database}")
    sentence = await refusal(url)
    assert told in sentence
    assert "wrong" not in sentence


async def test_a_replica_is_told_apart(postgresql: postgres.Cluster) -> None:
    """By who opens it."""
    postgresql.make_replica()
    assert "is a replica that can only be read" in await refusal(postgresql.url)
    (postgresql.directory / "data" / "standby.signal").unlink()
    postgresql.restart()


async def test_a_store_that_became_read_only_says_so(
    postgresql: postgres.Cluster, store: SqlStore
) -> None:
    """As after a failover to which the address did not follow; it is no reason to end."""
    await add(store)
    postgresql.execute("ALTER DATABASE postgres SET default_transaction_read_only = on")
    postgresql.restart()
    with pytest.raises(StoreError, match="is a replica that can only be read"):
        await store.put_cron(make_cron("other"))
    postgresql.execute(
        "SET default_transaction_read_only = off",
        "ALTER DATABASE postgres RESET default_transaction_read_only",
    )
    postgresql.restart()
    assert await store.put_cron(make_cron("other"))


async def test_a_store_goes_on_after_the_database_was_restarted(
    postgresql: postgres.Cluster, store: SqlStore
) -> None:
    """What was committed is there; while it is away, that is told; nobody opens it again."""
    cron = await add(store)
    postgresql.stop()
    with pytest.raises(StoreError, match="cannot be used, see whether it runs"):
        await store.crons()
    with pytest.raises(StoreError, match="cannot be used, see whether it runs"):
        await store.put_cron(make_cron("other"))
    postgresql.start()
    assert await store.crons() == [cron]
    assert await store.put_cron(make_cron("other"))


async def test_other_servers_hear_for_whom_something_was_written(
    store: SqlStore, other: SqlStore
) -> None:
    """Each duty by what is its own to do."""
    async with hearing(other) as heard:
        cron = await add(store, registration=Registration(), next_due=NOON)
        await eventually(lambda: heard == ["registrar", "scheduler"])
        waiting = row(cron)
        await commit(store, waiting)
        await eventually(lambda: heard[2:] == ["launcher"])
        await store.ask_stop(waiting.id, NOON, "why")
        await eventually(lambda: heard[3:] == ["observer"])
        await incidents.put(store, make_incident(due_at=NOON))
        await eventually(lambda: heard[4:] == ["teller"])


async def test_what_is_nobody_elses_is_told_to_nobody(store: SqlStore, other: SqlStore) -> None:
    """Rows that were taken at once, ends, announcements: they would wake others for nothing."""
    cron = await add(store)
    async with hearing(other) as heard:
        plan = plan_manual(cron, NOON, "key")
        [mine] = await store.commit([plan], Taker("host:me", NOON + LEASE))
        await end(store, mine)
        await announce(store)
        await add(store, "sign")
        await eventually(lambda: bool(heard))
        assert heard == ["scheduler"]


async def test_a_server_does_not_hear_itself(store: SqlStore, other: SqlStore) -> None:
    """It has woken its own duties already."""
    async with hearing(store) as heard:
        await add(store)
        await add(other, "sign")
        await commit(other, row(await known(other, "sign")))
        await eventually(lambda: "launcher" in heard)
        assert heard == ["scheduler", "launcher"]


async def test_a_transaction_tells_each_duty_once(store: SqlStore, other: SqlStore) -> None:
    """However many wrote in it: writers that wait at the same time share one."""
    async with hearing(other) as heard:
        crons = [make_cron(f"cron-{number}") for number in range(100)]
        assert all(await asyncio.gather(*map(store.put_cron, crons)))
        await add(store, "sign", registration=Registration())
        await eventually(lambda: "registrar" in heard)
        assert heard.count("scheduler") <= 20


async def test_what_was_not_committed_is_not_told(
    postgresql: postgres.Cluster, store: SqlStore
) -> None:
    """Nobody is woken for what is not there."""
    engine = make_engine(sa.make_url(postgresql.url), 1)
    Bulletin(engine)
    async with hearing(store) as heard:
        with engine.connect() as connection:
            with connection.begin() as transaction:
                tell(connection, "observer")
                transaction.rollback()
            with connection.begin():
                tell(connection, "launcher")
        await eventually(lambda: "launcher" in heard)
        assert heard == ["launcher"]
    engine.dispose()


def test_a_connection_that_is_lost_within_a_transaction_is_told_as_what_it_is(
    postgresql: postgres.Cluster,
) -> None:
    """Not as a mistake in what is done then."""
    engine = make_engine(sa.make_url(postgresql.url), 1)
    Bulletin(engine)
    with engine.connect() as connection:
        tell(connection, "observer")
        pid = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
        postgresql.execute(f"SELECT pg_terminate_backend({pid})")
        with pytest.raises(sa.exc.OperationalError):
            connection.exec_driver_sql("SELECT 1")
    engine.dispose()


async def test_news_are_heard_again_after_the_connection_was_lost(
    postgresql: postgres.Cluster, store: SqlStore, other: SqlStore
) -> None:
    """And every duty looks then, since nobody knows what was told meanwhile."""
    async with hearing(other) as heard:
        postgresql.restart()
        await eventually(lambda: heard == list(HEARING))
        await add(store)
        await eventually(lambda: heard[len(HEARING) :] == ["scheduler"])


def test_other_stores_have_no_news() -> None:
    """They belong to one server, or to a vendor who tells of nothing."""
    assert not isinstance(MemoryStore(), News)
