"""What a job wrote is read from CloudWatch Logs."""

import asyncio
from dataclasses import replace

from tests.engines.ecs.executions import cron_of, execution_of, registered, until
from tests.engines.ecs.lab import EcsLab
from wlcron.aws.names import resource_name
from wlcron.core.execution import Execution, Kind, Status
from wlcron.engines.ecs.definition import log_prefix


async def started(lab: EcsLab, script: str) -> Execution:
    """Return an execution that was started."""
    cron = await registered(lab, cron_of(script))
    execution = execution_of(cron)
    await lab.engine.start(execution, cron)
    return execution


async def text(lab: EcsLab, execution: Execution, *, follow: bool = False) -> str:
    """Return what it wrote."""
    chunks = [chunk async for chunk in lab.engine.logs(execution, follow=follow)]
    return b"".join(chunks).decode()


def write(lab: EcsLab, execution: Execution, arn: str, lines: list[str]) -> None:
    """Write lines into a task's log, a millisecond after each other."""
    family = resource_name(lab.settings.instance, execution.cron_name)
    begin = int(lab.clock().timestamp() * 1000) - len(lines)
    for first in range(0, len(lines), 1000):
        lab.aws("logs").put_log_events(
            logGroupName=lab.settings.log_group,
            logStreamName=f"{log_prefix(family)}{arn.rpartition('/')[2]}",
            logEvents=[
                {"timestamp": begin + first + number, "message": line}
                for number, line in enumerate(lines[first : first + 1000])
            ],
        )


async def test_all_of_it_is_read(lab: EcsLab) -> None:
    """However many pages it has, and in its order."""
    execution = await started(lab, "exit 0")
    ended = await until(lab, execution, Kind.EXITED)
    lines = [f"{number}" for number in range(12_000)]
    write(lab, execution, ended.handle, lines)
    assert (await text(lab, execution)).splitlines() == lines


async def test_it_is_followed_to_its_end(lab: EcsLab) -> None:
    """What comes while it is read, and the last line."""
    execution = await started(lab, "echo begun; sleep 1; echo ended")
    whole = await asyncio.wait_for(text(lab, execution, follow=True), 30)
    assert whole == "begun\nended\n"


async def test_a_log_of_what_wrote_nothing_is_empty(lab: EcsLab) -> None:
    """And so is that of what is unknown."""
    execution = await started(lab, "exit 0")
    await until(lab, execution, Kind.EXITED)
    assert await text(lab, execution) == ""
    assert await text(lab, execution_of(cron_of())) == ""


async def test_a_stream_that_is_not_there_is_waited_for(lab: EcsLab) -> None:
    """A task that is on its way writes later."""
    lab.control.ecs.tasks(pause=0.5)
    execution = await started(lab, "echo late")
    assert await text(lab, execution) == ""
    assert await asyncio.wait_for(text(lab, execution, follow=True), 30) == "late\n"
    lab.control.ecs.tasks(pause=0)


async def test_it_is_found_when_nobody_remembers_its_task(lab: EcsLab) -> None:
    """Another server, or this one after a restart: the task is on record with the execution."""
    execution = await started(lab, "echo hello")
    ended = await until(lab, execution, Kind.EXITED)
    lab.control.ecs.forget(ended.handle)
    known = replace(execution, handle=ended.handle, status=Status.SUCCESS)
    await lab.reopen()
    assert await text(lab, known, follow=True) == "hello\n"
