"""What a job wrote is read from CloudWatch Logs."""

import asyncio

from tests.conftest import eventually
from tests.engines.ecs.executions import cron_of, execution_of, registered, until
from tests.engines.ecs.lab import EcsLab
from wlcron.core.execution import Execution, Kind


async def started(lab: EcsLab, script: str) -> Execution:
    """Return an execution that was started."""
    cron = await registered(lab, cron_of(script))
    execution = execution_of(cron)
    await lab.engine.start(execution, cron)
    return execution


async def text(lab: EcsLab, execution: Execution, *, follow: bool = False) -> str:
    """Return what it wrote."""
    chunks = [chunk async for chunk in lab.engine.logs(execution.id, follow=follow)]
    return b"".join(chunks).decode()


async def test_all_of_it_is_read(lab: EcsLab) -> None:
    """However many pages it has."""
    execution = await started(lab, "i=0; while [ $i -lt 12000 ]; do i=$((i+1)); echo $i; done")
    await until(lab, execution, Kind.EXITED)
    expected = "".join(f"{number + 1}\n" for number in range(12000))

    async def is_all() -> bool:
        return await text(lab, execution) == expected  # CloudWatch may be late

    await eventually(is_all)


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
