"""Two servers over one PostgreSQL: what one is asked for, the other one does."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.acceptance.crons import begun, create, cron_file, over, run
from tests.acceptance.program import Server, a_server
from tests.stores import postgres

DEAFEN = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%'"


class Pair(NamedTuple):
    """Two servers, each with a data directory of its own."""

    one: Server
    other: Server


@pytest.fixture(scope="module")
def database() -> Iterator[postgres.Cluster]:
    """Return a PostgreSQL of this module's own."""
    yield from postgres.running_or_skipped()


@pytest.fixture
async def pair(database: postgres.Cluster, tmp_path: Path) -> AsyncIterator[Pair]:
    """Return two servers that were started."""
    url = database.emptied().replace("+psycopg", "")
    async with AsyncExitStack() as stack:
        made = []
        for name in Pair._fields:
            home = tmp_path / name
            home.mkdir()
            server = await stack.enter_async_context(a_server(home, "host"))
            server.environ, server.preload = {"WL_TOKEN": "sesame"}, {"WL_DATABASE": url}
            await server.start()
            made.append(server)
        yield Pair(*made)


@asynccontextmanager
async def deaf(database: postgres.Cluster) -> AsyncIterator[None]:
    """Break the connections on which servers listen, again and again, inside the block."""

    async def deafen() -> None:
        while True:
            await asyncio.to_thread(database.execute, DEAFEN)

    task = asyncio.create_task(deafen())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@pytest.mark.parametrize("is_deaf", [False, True], ids=["heard", "deaf"])
async def test_a_stop_that_one_server_is_asked_for_is_done_by_the_one_that_runs_it(
    pair: Pair, database: postgres.Cluster, name: str, *, is_deaf: bool
) -> None:
    """It is woken; and where nobody can be woken, it looks by itself."""
    await create(pair.one, name, cron_file("echo hello; sleep 300"))
    await run(pair.one, name)
    row = await begun(pair.other, name)
    async with deaf(database) if is_deaf else contextlib.nullcontext():
        answer = await pair.other.wl("cron", "stop", name)
        assert answer.code == 0, answer.err
        row = await over(pair.other, name)
    assert row["status"] == "STOPPED"
    assert (await pair.one.wl("cron", "logs", name)).out == "hello\n"
    refused = await pair.other.wl("cron", "logs", name)
    assert (refused.code, refused.out) == (1, "")
    assert "its log is with host:" in refused.err


async def test_a_server_goes_on_after_the_database_was_restarted(
    pair: Pair, database: postgres.Cluster, name: str
) -> None:
    """What ran meanwhile has its end; what is asked for afterwards is done."""
    await create(pair.one, name, cron_file("sleep 2; exit 7"))
    await run(pair.one, name)
    await begun(pair.one, name)
    await asyncio.to_thread(database.stop)
    refused = await pair.one.wl("cron", "status", name)
    assert refused.code == 1
    assert "PostgreSQL" in refused.err or "database" in refused.err
    await asyncio.to_thread(database.start)
    row = await over(pair.other, name)
    assert (row["status"], row["exit_code"]) == ("FAILED", 7)
    await run(pair.other, name)
    row = await over(pair.one, name)
    assert (row["status"], row["exit_code"], row["manual"]) == ("FAILED", 7, True)
