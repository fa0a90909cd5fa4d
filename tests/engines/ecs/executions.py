"""Crons and executions on the laboratory, and what is true of them."""

from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

from tests.conftest import eventually
from tests.engines.ecs.lab import EcsLab
from tests.samples import HOUR, MINUTE, make_cron, make_execution
from wlcron.clock import system_clock
from wlcron.core.cron import Container, Cron, Registration
from wlcron.core.execution import Execution, Kind, Observation, Status

LONG = "sleep 60"


def cron_of(script: str = "exit 0", timeout: timedelta = HOUR) -> Cron:
    """Return a cron that runs a script."""
    cron = make_cron(f"job-{uuid4().hex[:8]}", timeout=timeout)
    container = Container(image="busybox", arguments=("sh", "-c", script))
    return replace(cron, definition=replace(cron.definition, description=container))


def execution_of(cron: Cron, **more: object) -> Execution:
    """Return an execution that a launcher is about to start, and that is worth it."""
    now = system_clock()
    fields: dict[str, object] = {
        "id": str(uuid4()),
        "slot": now,
        "created_at": now,
        "start_by": now + MINUTE,
        "status": Status.STARTING,
        "attempt": 1,
    }
    return make_execution(cron, **(fields | more))


async def registered(lab: EcsLab, cron: Cron) -> Cron:
    """Return a cron as it is kept when its task definition was made."""
    parts = await lab.engine.definitions.register(cron)
    return replace(cron, registration=Registration(settled=True, parts=parts))


async def truth(lab: EcsLab, execution: Execution) -> Observation:
    """Return what is true of an execution."""
    [seen] = await lab.engine.inspect([execution])
    return seen


async def until(lab: EcsLab, execution: Execution, *kinds: Kind) -> Observation:
    """Return what is true of an execution as soon as it is of one of these kinds."""

    async def holds() -> bool:
        return (await truth(lab, execution)).kind in kinds

    await eventually(holds)
    return await truth(lab, execution)


def tasks_of(lab: EcsLab, execution: Execution) -> set[str]:
    """Return all tasks that there ever were of an execution."""
    return {event["detail"]["taskArn"] for event in lab.control.ecs.told(execution.id)}
