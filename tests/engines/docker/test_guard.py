"""The guard ends what it guards, with or without a server, and itself."""

import asyncio
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.conftest import eventually
from tests.engines.docker.lab import FOR_LONG, Lab, cron_with, execution_of, shell
from tests.samples import HOUR
from wlcron.core.cron import Cron
from wlcron.core.execution import Execution, Kind
from wlcron.engines.docker.request import guard_name, guard_request, job_name, job_request

pytestmark = pytest.mark.docker

SOON = timedelta(seconds=4)  # longer than any start, also on a busy machine
IGNORES_TERM = "trap '' TERM; while :; do sleep 0.1; done"
# It leaves its parent, its session and its process group behind, and ignores TERM.
DAEMON = f"""setsid sh -c "{IGNORES_TERM}" & exec sleep 300"""
SERVER = Path(__file__).with_name("mortal_server.py")


async def are_both_over(lab: Lab, execution: Execution) -> bool:
    """Whether neither guard nor job runs."""
    documents = [
        await lab.containers.inspect(name(execution.id)) for name in (guard_name, job_name)
    ]
    return not any(document and document["State"]["Running"] for document in documents)


@pytest.mark.parametrize(
    ("script", "user"), [("sleep 300", None), (DAEMON, None), (IGNORES_TERM, "1000:1000")]
)
async def test_nobody_outlives_the_deadline(lab: Lab, script: str, user: str | None) -> None:
    """Deaf, daemonised, or another user's: the namespace ends with its guard."""
    execution, _ = await lab.start(cron_with(*shell(script), timeout=SOON, user=user))
    ended = await lab.end(execution)
    assert ended.kind is Kind.TIMED_OUT
    assert ended.deadline is not None
    assert ended.at >= ended.deadline
    await eventually(lambda: are_both_over(lab, execution))


async def test_a_job_may_tidy_up_within_its_grace(lab: Lab) -> None:
    """TERM comes first, and its exit code is its own."""
    script = "exec 2>&-; trap 'echo bye; exit 7' TERM; while :; do sleep 0.1; done"
    cron = cron_with(*shell(script), timeout=SOON, stop_grace=timedelta(seconds=20))
    execution, _ = await lab.start(cron)
    ended = await lab.end(execution)
    assert (ended.kind, ended.exit_code) == (Kind.TIMED_OUT, 7)
    following = [chunk async for chunk in lab.engine.logs(execution, follow=True)]
    assert b"".join(following) == b"bye\n"


async def test_a_stop_is_no_time_out(lab: Lab) -> None:
    """The guard ends the job all the same, and says that it was asked to."""
    execution, _ = await lab.start(cron_with(*shell("trap 'exit 7' TERM; sleep 300 & wait")))
    await lab.engine.stop(execution)
    ended = await lab.end(execution)
    assert (ended.kind, ended.exit_code) == (Kind.EXITED, 7)


async def test_the_deadline_holds_when_the_server_is_killed(lab: Lab) -> None:
    """The server dies of KILL right after its start; the execution is over by its deadline."""
    cron = cron_with(*shell(IGNORES_TERM), timeout=SOON)
    execution = execution_of(cron)
    command = [str(SERVER), lab.url, str(lab.data), lab.instance, execution.id]
    server = await asyncio.create_subprocess_exec(sys.executable, *command)
    assert await server.wait() == -9
    assert (await lab.end(execution)).kind is Kind.TIMED_OUT
    await eventually(lambda: are_both_over(lab, execution))


def impatient_guard(lab: Lab, execution: Execution, cron: Cron) -> dict[str, object]:
    """Return the request for a guard that looks every 4 s whether anybody is left."""
    asked = guard_request(lab.house, execution, cron, datetime.now(UTC) + HOUR)
    return asked | {"Env": [*asked["Env"], "NAP=400"]}


@pytest.mark.parametrize("has_job", [True, False])
async def test_a_guard_ends_itself_when_nobody_is_left(lab: Lab, *, has_job: bool) -> None:
    """Nobody listens, and the job has ended or never came: it does not idle to the deadline."""
    cron = cron_with("true")
    execution = replace(execution_of(cron))
    guard, job = guard_name(execution.id), job_name(execution.id)
    await lab.containers.create(guard, impatient_guard(lab, execution, cron))
    if has_job:
        asked = job_request(lab.house, execution, cron, datetime.now(UTC) + HOUR)
        await lab.containers.create(job, asked)
    await lab.containers.start(guard)
    if has_job:
        await lab.containers.start(job)
    async with asyncio.timeout(30):
        assert await lab.exit_code(guard) == 0


async def test_ending_the_guard_ends_the_job(lab: Lab) -> None:
    """Whoever removes a guard by hand leaves no job without one."""
    execution, _ = await lab.start(cron_with(*FOR_LONG))
    await lab.containers.kill(guard_name(execution.id), "KILL")
    ended = await lab.end(execution)
    assert (ended.kind, ended.exit_code) == (Kind.EXITED, 137)
