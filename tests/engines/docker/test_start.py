"""Starting is idempotent, and a start that fails says why."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.conftest import eventually
from tests.docker_daemon import BUSYBOX
from tests.engines.docker.lab import FOR_LONG, Lab, cron_with, execution_of, shell, watching
from tests.samples import HOUR
from wlcron.core.cron import Cron
from wlcron.core.execution import Execution, Kind
from wlcron.engines.docker.request import guard_name, guard_request, job_name, job_request

pytestmark = pytest.mark.docker


def calls_of_a_start(
    lab: Lab, execution: Execution, cron: Cron, deadline: datetime
) -> list[Callable[[], Awaitable[None]]]:
    """Return what a start asks of the daemon, call by call."""
    guard, job = guard_name(execution.id), job_name(execution.id)
    return [
        lambda: lab.containers.create(guard, guard_request(lab.house, execution, cron, deadline)),
        lambda: lab.containers.start(guard),
        lambda: lab.containers.create(job, job_request(lab.house, execution, cron, deadline)),
        lambda: lab.containers.start(job),
    ]


async def begin(lab: Lab, execution: Execution, cron: Cron, calls: int) -> datetime:
    """Make the first calls of a start by hand; return the deadline that was fixed for it."""
    deadline = datetime.now(UTC) + cron.definition.timeout
    for call in calls_of_a_start(lab, execution, cron, deadline)[:calls]:
        await call()
    return deadline


@pytest.mark.parametrize("calls", range(5))
async def test_a_start_that_was_cut_short_is_begun_anew_or_found(lab: Lab, calls: int) -> None:
    """Wherever the server was killed: the job runs once, for all of its time."""
    cron = cron_with(*shell("echo once; sleep 300"))
    execution = execution_of(cron)
    first_deadline = await begin(lab, execution, cron, calls)
    seen = await lab.engine.start(replace(execution, attempt=2), cron)
    assert seen.kind is Kind.STARTED
    assert seen.deadline is not None
    assert (seen.deadline == first_deadline) is (calls == 4)
    await lab.engine.stop(execution)
    following = [chunk async for chunk in lab.engine.logs(execution, follow=True)]
    assert b"".join(following) == b"once\n"


async def test_the_image_that_it_runs_is_told(lab: Lab) -> None:
    """By its id: what a name means may change."""
    cron = cron_with(*FOR_LONG)
    seen = await lab.engine.start(execution_of(cron), cron)
    assert seen.image.startswith("sha256:")


async def test_a_guard_that_is_over_is_not_run_again(lab: Lab) -> None:
    """It was left alone past its deadline; the execution gets a new one, and all of its time."""
    cron = cron_with("true", timeout=timedelta(seconds=0.1))
    execution = execution_of(cron)
    await begin(lab, execution, cron, 3)
    assert await lab.exit_code(guard_name(execution.id)) == 0
    definition = replace(cron.definition, timeout=HOUR)
    seen = await lab.engine.start(execution, replace(cron, definition=definition))
    assert seen.kind is Kind.STARTED
    assert (await lab.end(execution)).exit_code == 0


async def test_what_could_not_be_started_before_a_crash_is_refused_after_it(lab: Lab) -> None:
    """The daemon remembers the reason; nothing is tried again."""
    cron = cron_with("no-such-command")
    execution = execution_of(cron)
    with pytest.raises(Exception, match="no-such-command"):
        await begin(lab, execution, cron, 4)
    assert (await lab.truth(execution)).kind is Kind.REFUSED
    assert (await lab.engine.start(execution, cron)).kind is Kind.REFUSED
    assert await lab.is_empty()


async def test_what_failed_because_its_guard_ended_is_begun_anew(lab: Lab) -> None:
    """The daemon says any odd thing of a job that loses its namespace half way: none is believed.

    A job with a fault stands in for it: what counts is that its guard is over.
    """
    cron = cron_with("no-such-command")
    execution = execution_of(cron)
    with pytest.raises(Exception, match="no-such-command"):
        await begin(lab, execution, cron, 4)
    await lab.containers.kill(guard_name(execution.id), "KILL")
    assert await lab.exit_code(guard_name(execution.id)) == 137
    assert (await lab.truth(execution)).kind is Kind.GONE
    sound = replace(cron.definition.description, arguments=("true",))
    mended = replace(cron, definition=replace(cron.definition, description=sound))
    assert (await lab.engine.start(execution, mended)).kind is Kind.STARTED
    assert (await lab.end(execution)).exit_code == 0


async def test_twenty_starts_at_once_all_come_through(lab: Lab) -> None:
    """More than the daemon likes, and more than the launcher asks for."""
    crons = [cron_with(*FOR_LONG) for _ in range(20)]
    seen = await asyncio.gather(*(lab.engine.start(execution_of(cron), cron) for cron in crons))
    assert [one.kind for one in seen] == [Kind.STARTED] * 20


@pytest.mark.parametrize(
    ("cron", "words"),
    [
        (cron_with("/no/such"), 'no file "/no/such"'),
        (cron_with("/etc/passwd"), "cannot be executed"),
        (cron_with("true", user="nobodyhere"), 'no user "nobodyhere"'),
        (cron_with("true", cpu=1000.0), "CPUs"),
        (cron_with("true", image="localhost:9/nothing"), "cannot be pulled"),
    ],
)
async def test_a_refused_start_says_why_and_leaves_nothing(
    lab: Lab, cron: Cron, words: str
) -> None:
    """An ERROR with the engine's reason, and no container."""
    _, seen = await lab.start(cron)
    assert seen.kind is Kind.REFUSED
    assert words in seen.reason
    assert await lab.is_empty()


async def test_a_guard_that_cannot_be_started_is_told_from_the_job(lab: Lab) -> None:
    """What to correct is the server's option, not the cron file."""
    await lab.engine.close()
    lab.engine = lab.new_engine(guard_image="localhost:9/nothing")
    _, seen = await lab.start(cron_with("true"))
    assert seen.kind is Kind.REFUSED
    assert "image localhost:9/nothing cannot be pulled" in seen.reason


async def test_a_missing_image_is_told_while_it_is_pulled(lab: Lab) -> None:
    """The row says what it waits for."""
    async with watching(lab.engine) as told:
        execution, _ = await lab.start(cron_with("true", image="localhost:9/nothing:1"))
        await eventually(lambda: bool(told))
    assert (told[0].execution_id, told[0].kind) == (execution.id, Kind.PROGRESS)
    assert told[0].reason == "pulling localhost:9/nothing:1"


async def test_a_container_of_somebody_else_is_left_alone(lab: Lab) -> None:
    """Same name, not ours: refused, not removed."""
    cron = cron_with("true")
    execution = execution_of(cron)
    name = guard_name(execution.id)
    await lab.containers.create(name, {"Image": BUSYBOX, "Labels": {"wlcron.instance": "another"}})
    try:
        seen = await lab.engine.start(execution, cron)
        assert (seen.kind, name in seen.reason) == (Kind.REFUSED, True)
        assert await lab.containers.inspect(name)
    finally:
        await lab.containers.clear(execution.id)


async def test_who_uses_too_much_memory_is_killed_and_told_so(lab: Lab) -> None:
    """The limit holds, and the reason names it."""
    script = "x=$(head -c 200000000 /dev/zero | tr '\\0' a); echo $x"
    execution, _ = await lab.start(cron_with(*shell(script), memory=16 * 2**20))
    ended = await lab.end(execution)
    assert (ended.kind, ended.exit_code) == (Kind.EXITED, 137)
    assert ended.reason == "killed: it used more than its memory limit of 16 MiB"


async def test_user_and_folder_are_the_crons(lab: Lab) -> None:
    """And the image's command is kept where the cron names none."""
    execution, _ = await lab.start(
        cron_with(*shell("id -u; pwd"), user="1000", working_directory="/tmp")  # noqa: S108 -- inside
    )
    await lab.end(execution)
    following = [chunk async for chunk in lab.engine.logs(execution, follow=True)]
    assert b"".join(following) == b"1000\n/tmp\n"
