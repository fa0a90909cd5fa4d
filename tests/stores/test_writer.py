"""Writers that wait at the same time share a commit, and nothing else."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
import sqlalchemy as sa

from wlcron.errors import StoreError
from wlcron.stores.sql.writer import Writer


@pytest.fixture
def engine(path: Path) -> sa.Engine:
    """Return a database with one table of unique numbers."""
    engine = sa.create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE numbers (number INTEGER PRIMARY KEY)")
    return engine


@pytest.fixture
async def writer(engine: sa.Engine) -> AsyncIterator[Writer]:
    """Return a writer of that database."""
    writer = Writer(engine)
    yield writer
    await writer.close()
    engine.dispose()


def insert(number: int) -> Callable[[sa.Connection], int]:
    """Return work that writes a number and returns it."""

    def work(connection: sa.Connection) -> int:
        connection.exec_driver_sql(f"INSERT INTO numbers VALUES ({number})")  # noqa: S608 -- a number
        return number

    return work


def numbers(engine: sa.Engine) -> list[int]:
    """Return what was committed."""
    with engine.connect() as connection:
        return list(connection.exec_driver_sql("SELECT number FROM numbers").scalars())


async def test_what_returned_is_committed(writer: Writer, engine: sa.Engine) -> None:
    """Each caller gets its own result, after the commit."""
    assert await writer.run(insert(1)) == 1
    assert numbers(engine) == [1]


async def test_those_who_wait_share_a_commit(writer: Writer, engine: sa.Engine) -> None:
    """Whatever gathers during one transaction is the next one, in order."""
    commits: list[object] = []
    sa.event.listen(engine, "commit", commits.append)
    begun, go_on = threading.Event(), threading.Event()

    def slow(_connection: sa.Connection) -> None:
        begun.set()
        go_on.wait()

    first = asyncio.create_task(writer.run(slow))
    await asyncio.to_thread(begun.wait)
    others = [asyncio.create_task(writer.run(insert(number))) for number in range(100)]
    await asyncio.sleep(0)
    go_on.set()
    await first
    assert await asyncio.gather(*others) == list(range(100))
    assert len(commits) == 2


async def test_one_that_fails_does_not_spoil_the_others(writer: Writer, engine: sa.Engine) -> None:
    """All are rolled back and run again alone; only the culprit hears of it."""
    wanted = [1, 2, 2, 3]
    outcomes = await asyncio.gather(
        *(writer.run(insert(number)) for number in wanted), return_exceptions=True
    )
    assert [outcomes[index] for index in (0, 1, 3)] == [1, 2, 3]
    assert isinstance(outcomes[2], StoreError)
    assert numbers(engine) == [1, 2, 3]


async def test_a_fault_of_the_code_is_not_dressed_up(writer: Writer, engine: sa.Engine) -> None:
    """What is no error of the database arrives as it is, and nothing is written."""

    def faulty(connection: sa.Connection) -> None:
        insert(1)(connection)
        raise KeyError("fault")

    with pytest.raises(KeyError):
        await writer.run(faulty)
    assert numbers(engine) == []


async def test_who_went_away_is_not_missed(writer: Writer, engine: sa.Engine) -> None:
    """A caller that was cancelled does not disturb the next one."""
    begun, go_on = threading.Event(), threading.Event()

    def slow(connection: sa.Connection) -> int:
        begun.set()
        go_on.wait()
        return insert(1)(connection)

    task = asyncio.create_task(writer.run(slow))
    await asyncio.to_thread(begun.wait)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    go_on.set()
    assert await writer.run(insert(2)) == 2
    assert numbers(engine) == [1, 2]


async def test_closing_finishes_what_was_begun(engine: sa.Engine) -> None:
    """Nothing that was handed in is lost."""
    writer = Writer(engine)
    tasks = [asyncio.create_task(writer.run(insert(number))) for number in range(10)]
    await asyncio.sleep(0)
    await writer.close()
    assert await asyncio.gather(*tasks) == list(range(10))
    engine.dispose()
