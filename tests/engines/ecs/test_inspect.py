"""Asking ECS: seldom, a hundred at a time, and within a budget."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.engines.ecs.executions import LONG, cron_of, execution_of, registered, truth, until
from tests.engines.ecs.lab import EcsLab
from tests.samples import HOUR, SECOND
from wlcron.core.execution import Execution, Kind
from wlcron.errors import EngineUnavailableError


async def started(lab: EcsLab, script: str = "exit 0") -> Execution:
    """Return an execution that was started, as its row knows it."""
    cron = await registered(lab, cron_of(script))
    execution = execution_of(cron)
    seen = await lab.engine.start(execution, cron)
    return replace(execution, handle=seen.handle)


async def test_a_batch_with_handles_is_one_call(lab: EcsLab) -> None:
    """A hundred at a time; order and number as asked."""
    first = await started(lab, "exit 3")
    await until(lab, first, Kind.EXITED)
    unknown = [
        replace(execution_of(cron_of()), handle=f"{first.handle[:-4]}{number:04}")
        for number in range(120)
    ]
    lab.clients.calls.clear()
    seen = await lab.engine.inspect([*unknown, first])
    assert [one.execution_id for one in seen] == [one.id for one in (*unknown, first)]
    assert [one.kind for one in seen] == [Kind.GONE] * 120 + [Kind.EXITED]
    assert lab.calls() == {"ecs:DescribeTasks": 2}


async def test_without_a_handle_the_family_is_asked(lab: EcsLab) -> None:
    """ListTasks by startedBy tells nothing of tasks that have stopped; a family's list does."""
    over = await started(lab, "exit 3")
    running = await started(lab, LONG)
    await until(lab, over, Kind.EXITED)
    await until(lab, running, Kind.STARTED)
    await lab.reopen()
    for execution, kind in ((over, Kind.EXITED), (running, Kind.STARTED)):
        assert (await truth(lab, replace(execution, handle=""))).kind is kind
    await lab.engine.stop(running)


async def test_what_runs_is_told_with_its_deadline(lab: EcsLab) -> None:
    """As the events tell it; they leave out what is shorter than a millisecond."""
    execution = await started(lab, LONG)
    asked = await until(lab, execution, Kind.STARTED)
    told = await anext(lab.engine.watch())
    assert (asked.kind, asked.handle) == (told.kind, told.handle)
    assert asked.deadline is not None
    assert told.deadline is not None
    assert abs(asked.deadline - told.deadline) <= timedelta(milliseconds=1)
    await lab.engine.stop(execution)


async def test_beyond_the_budget_nobody_is_asked(lab: EcsLab) -> None:
    """The sentence says so, and the caller comes again."""
    lab.settings = replace(lab.settings, ecs_reads_per_minute=1)
    execution = await started(lab, LONG)
    await lab.reopen()
    await truth(lab, execution)
    assert lab.engine.budget.left == 0
    with pytest.raises(EngineUnavailableError, match="used up"):
        await truth(lab, execution)
    assert lab.calls() == {"ecs:DescribeTasks": 1}
    await lab.engine.stop(execution)


async def test_an_api_that_does_not_answer_is_said(lab: EcsLab) -> None:
    """Nothing is made up of silence."""
    execution = await started(lab)
    lab.control.fault("ecs:DescribeTasks", code="AccessDeniedException")
    with pytest.raises(EngineUnavailableError, match="does not allow DescribeTasks"):
        await truth(lab, execution)


async def test_a_stop_says_who_asked_and_when(lab: EcsLab) -> None:
    """So that its end is known as what was asked for, on whatever clock."""
    execution = await started(lab, LONG)
    await until(lab, execution, Kind.STARTED)
    asked_at = lab.clock()
    lab.clients.calls.clear()
    await lab.engine.stop(replace(execution, stop_asked_at=asked_at))
    assert lab.calls() == {"ecs:StopTask": 1}
    ended = await until(lab, execution, Kind.EXITED)
    assert ended.at >= asked_at


async def test_a_stop_finds_its_task(lab: EcsLab) -> None:
    """A server that did not start it has no handle until it heard of it."""
    execution = replace(await started(lab, LONG), handle="")
    await until(lab, execution, Kind.STARTED)
    await lab.reopen()
    await lab.engine.stop(execution)
    assert lab.calls() == {"ecs:ListTasks": 1, "ecs:StopTask": 1}
    await until(lab, execution, Kind.EXITED)


async def test_stopping_what_is_not_there_is_nothing(lab: EcsLab) -> None:
    """It may come late, or for somebody unknown."""
    unknown = execution_of(cron_of())
    await lab.engine.stop(unknown)
    await lab.engine.stop(replace(unknown, handle="arn:aws:ecs:us-east-1:123456789012:task/a/b"))


async def test_a_start_that_another_server_asked_for_may_be_coming(lab: EcsLab) -> None:
    """Its answer was lost, the slot is too old now, and ECS does not tell of the task yet."""
    now = lab.clock()
    execution = execution_of(cron_of(), attempt=2, start_by=now - SECOND)
    assert (await truth(lab, execution)).kind is Kind.ACCEPTED
    later = replace(execution, start_by=now - HOUR)
    assert (await truth(lab, later)).kind is Kind.GONE
