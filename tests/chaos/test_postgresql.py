"""Two servers on one PostgreSQL, one of them killed again and again, the database broken once."""

import asyncio
import random
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.acceptance.crons import instant
from tests.acceptance.program import Server, a_server
from tests.chaos.conftest import calling
from tests.chaos.faults import kill_again_and_again
from tests.chaos.jobs import Book, any_job
from tests.chaos.length import Run, times
from tests.chaos.trial import AT, PERIODIC, Defined, Trial
from tests.stores import postgres
from tests.vendors import says, vendor

TOKEN = "sesame"  # noqa: S105 -- the tests' own


@pytest.fixture
def database() -> Iterator[postgres.Cluster]:
    """Return a PostgreSQL of the test's own."""
    yield from postgres.running_or_skipped()


@pytest.fixture
async def trial(database: postgres.Cluster, tmp_path: Path) -> AsyncIterator[Trial]:
    """Return a run over that database, whose server was not started yet."""
    async with AsyncExitStack() as stack:
        hook = await stack.enter_async_context(vendor())
        hook.will(says("heard", 200))
        server = await stack.enter_async_context(a_server(tmp_path, "host"))
        server.environ = {"WL_TOKEN": TOKEN}
        url = database.url.replace("+psycopg", "")  # as people write it
        server.preload = calling(hook) | {"WL_DATABASE": url}
        yield Trial(server, Book(tmp_path / "told"), hook)


@pytest.fixture
async def other(trial: Trial, tmp_path: Path) -> AsyncIterator[Server]:
    """Return another server over it, which lives on."""
    home = tmp_path / "other"
    home.mkdir()
    async with a_server(home, "host") as server:
        server.environ, server.preload = trial.server.environ, trial.server.preload
        yield server


async def test_two_servers_do_together_what_one_would_have_done(
    trial: Trial, other: Server, database: postgres.Cluster
) -> None:
    """Each slot has one row and one start, counted by the jobs' words, whoever was killed when."""
    run, dice = times("host", short=(24, 6, 4), long=(200, 90, 45)), trial.dice()
    await begin(trial, other, run, dice)
    killing = asyncio.create_task(kill_again_and_again(trial, run.faults, dice))
    await define_meanwhile(trial, other, run, dice)
    await asyncio.to_thread(database.restart)
    trial.faults["database restarts"] += 1
    await killing
    counted = await trial.finish("two servers on one PostgreSQL")
    assert counted.slots >= run.crons


async def begin(trial: Trial, other: Server, run: Run, dice: random.Random) -> None:
    """Start both servers, and give three quarters of the crons now to one, now to the other."""
    await trial.server.start()
    await other.start()
    begins = datetime.now(UTC) + timedelta(seconds=3 + 0.12 * run.crons)
    for number in range(run.crons * 3 // 4):
        slot = begins + timedelta(seconds=dice.uniform(0, run.seconds))
        await define(trial, dice.choice([trial.server, other]), f"cron-{number}", slot, dice)
    if run.periodic:
        for name, (schedule, job) in PERIODIC.items():
            await trial.define(name, job, schedule)


async def define_meanwhile(trial: Trial, other: Server, run: Run, dice: random.Random) -> None:
    """Give the rest of the crons to the server that lives, while the other one is killed."""
    pause = run.seconds / (run.crons - run.crons * 3 // 4)
    for number in range(run.crons * 3 // 4, run.crons):
        await asyncio.sleep(pause)
        slot = datetime.now(UTC) + timedelta(seconds=dice.uniform(4, 8))
        await define(trial, other, f"cron-{number}", slot, dice)


async def define(
    trial: Trial, server: Server, name: str, slot: datetime, dice: random.Random
) -> None:
    """Define a cron of one slot at one of the servers."""
    job, schedule = any_job(dice), AT.format(slot)
    text = job.cron_file(trial.witness, schedule, trial.start_within)
    made = await server.ask("PUT", f"/v1/crons/{name}", text)
    trial.crons[name] = Defined(job, schedule, instant(made["cron"]["next_due"]))
