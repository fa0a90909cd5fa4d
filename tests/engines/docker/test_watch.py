"""What is told, when, and what is cleared away after it."""

import asyncio
from datetime import UTC, datetime

import pytest

from tests.conftest import eventually
from tests.docker_daemon import BUSYBOX, remove_containers
from tests.engines.docker.lab import FOR_LONG, Lab, cron_with, execution_of, shell, watching
from tests.samples import HOUR
from wlcron.core.execution import Kind
from wlcron.engines.docker.request import (
    House,
    guard_name,
    guard_request,
    job_name,
    job_request,
)

pytestmark = pytest.mark.docker

IN_A_MOMENT = shell("sleep 0.5; echo done; exit 3")


async def test_an_end_is_told_once_with_all_that_the_row_needs(lab: Lab) -> None:
    """Event, first look and second start see the same end."""
    async with watching(lab.engine) as told:
        execution, started = await lab.start(cron_with(*IN_A_MOMENT))
        await eventually(lambda: bool(told))
        await eventually(lab.is_empty)
    [end] = told
    assert (end.execution_id, end.kind, end.exit_code) == (execution.id, Kind.EXITED, 3)
    assert (end.started_at, end.deadline) == (started.started_at, started.deadline)


async def test_containers_are_removed_when_the_end_is_recorded_and_the_log_is_here(
    lab: Lab,
) -> None:
    """Asking for the next observation says that this one is recorded."""
    stream = lab.engine.watch()
    execution, _ = await lab.start(cron_with(*IN_A_MOMENT))
    told = await anext(stream)
    assert {one.execution_id for one in await lab.left()} == {execution.id}
    asking = asyncio.ensure_future(anext(stream))
    await eventually(lab.is_empty)
    asking.cancel()
    assert told.kind is Kind.EXITED
    assert await lab.log(execution) == b"done\n"


async def test_an_end_that_was_not_recorded_is_told_again(lab: Lab) -> None:
    """Whoever broke off while recording it hears of it once more."""
    first, second = lab.engine.watch(), lab.engine.watch()
    await lab.start(cron_with(*IN_A_MOMENT))
    told = await anext(first)
    await first.aclose()
    assert await anext(second) == told
    assert len(await lab.left()) == 2


async def test_what_ended_while_nobody_listened_is_told(lab: Lab) -> None:
    """A restarted server hears of it by its first look, and has its whole log."""
    execution, _ = await lab.start(cron_with(*IN_A_MOMENT))
    await lab.engine.close()
    await lab.exit_code(job_name(execution.id))
    lab.engine = lab.new_engine()
    async with watching(lab.engine) as told:
        await eventually(lambda: bool(told))
        await eventually(lab.is_empty)
    assert (told[0].kind, told[0].exit_code) == (Kind.EXITED, 3)
    assert await lab.log(execution) == b"done\n"


async def test_a_log_goes_on_after_a_restart(lab: Lab) -> None:
    """No line is repeated, none is missing."""
    numbers = "i=0; while [ $i -lt 60 ]; do echo $i; echo e$i >&2; i=$((i+1)); sleep 0.05; done"
    execution, _ = await lab.start(cron_with(*shell(numbers)))

    async def has_begun() -> bool:
        return b"5\n" in await lab.log(execution)

    await eventually(has_begun)
    await lab.restart()
    async with watching(lab.engine) as told:
        await eventually(lambda: bool(told))
        await eventually(lab.is_empty)
    lines = (await lab.log(execution)).split()
    assert [line for line in lines if not line.startswith(b"e")] == [b"%d" % n for n in range(60)]
    assert [line for line in lines if line.startswith(b"e")] == [b"e%d" % n for n in range(60)]


async def test_leftovers_of_ours_and_only_ours_are_removed(lab: Lab) -> None:
    """What a killed server has made and not started goes; what others made stays."""
    cron = cron_with(*FOR_LONG)
    deadline = datetime.now(UTC) + HOUR
    guard_only, both, others = (execution_of(cron) for _ in range(3))
    another = House(f"{lab.instance}-other", BUSYBOX, 1_000_000)
    for house, execution, has_job in (
        (lab.house, guard_only, False),
        (lab.house, both, True),
        (another, others, True),
    ):
        body = guard_request(house, execution, cron, deadline)
        await lab.containers.create(guard_name(execution.id), body)
        if has_job:
            body = job_request(house, execution, cron, deadline)
            await lab.containers.create(job_name(execution.id), body)
    running, _ = await lab.start(cron)
    try:
        async with watching(lab.engine):
            await eventually(lambda: has_only(lab, running.id))
        assert await lab.containers.inspect(job_name(others.id))
    finally:
        await remove_containers(another.instance)


async def has_only(lab: Lab, execution_id: str) -> bool:
    """Whether the containers of one execution are all that is left, and run."""
    left = await lab.left()
    return len(left) == 2 and all(
        one.execution_id == execution_id and one.is_running for one in left
    )


async def test_a_flood_keeps_its_head_and_its_tail_and_blocks_nothing(lab: Lab) -> None:
    """What is kept is bounded, and the job ends by itself."""
    await lab.engine.close()
    lab.engine = lab.new_engine(log_limit=100_000)
    async with watching(lab.engine) as told:
        # Ten times what is kept, and no more than Docker holds of it until it is copied.
        flood = "echo begin; yes 0123456789012345678901234567890 | head -c 1000000; echo end"
        execution, _ = await lab.start(cron_with(*shell(flood)))
        await eventually(lambda: bool(told))
        await eventually(lab.is_empty)
    log = await lab.log(execution)
    assert told[0].exit_code == 0
    assert log.startswith(b"begin\n0123")
    assert log.endswith(b"\nend\n")
    assert 50_000 < len(log) < 150_000


async def test_what_is_forgotten_leaves_nothing(lab: Lab) -> None:
    """Containers and log."""
    execution, _ = await lab.start(cron_with(*IN_A_MOMENT))
    await lab.end(execution)
    await eventually(lambda: any((lab.data / "executions").iterdir()))
    await lab.engine.forget([execution.id])
    assert await lab.is_empty()
    assert list((lab.data / "executions").iterdir()) == []
