"""Starting an execution is one call, and however often it is asked for there is one task."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.engines.ecs.executions import (
    LONG,
    cron_of,
    execution_of,
    registered,
    tasks_of,
    truth,
    until,
)
from tests.engines.ecs.lab import EcsLab
from wlcron.clock import system_clock
from wlcron.core.execution import Kind, Observation, Overrides
from wlcron.errors import EngineUnavailableError


async def test_a_start_is_one_call(lab: EcsLab) -> None:
    """What was registered is on record: RunTask, and nothing else."""
    cron = await registered(lab, cron_of())
    lab.clients.calls.clear()
    execution = execution_of(cron)
    seen = await lab.engine.start(execution, cron)
    assert (seen.kind, seen.execution_id) == (Kind.ACCEPTED, execution.id)
    assert seen.handle.startswith("arn:aws:ecs:")
    assert lab.calls() == {"ecs:RunTask": 1}


async def test_an_execution_from_start_to_end_is_one_call(lab: EcsLab) -> None:
    """The rest is told by events: no read, however it ends."""
    cron = await registered(lab, cron_of("exit 3"))
    lab.clients.calls.clear()
    execution = execution_of(cron)
    told: list[Observation] = [await lab.engine.start(execution, cron)]
    async for seen in lab.engine.watch():
        told.append(seen)
        if seen.kind is not Kind.STARTED:
            break
    assert [seen.kind for seen in told] == [Kind.ACCEPTED, Kind.STARTED, Kind.EXITED]
    assert {seen.execution_id for seen in told} == {execution.id}
    assert told[-1].exit_code == 3
    assert lab.calls() == {"ecs:RunTask": 1}


async def test_what_is_not_registered_is_made_on_demand_and_once(lab: EcsLab) -> None:
    """An older version, or one whose registration is not settled, runs nevertheless."""
    cron = cron_of()
    starts = (lab.engine.start(execution_of(cron), cron) for _ in range(5))
    seen = await asyncio.gather(*starts)
    assert {one.kind for one in seen} == {Kind.ACCEPTED}
    assert lab.calls()["ecs:RegisterTaskDefinition"] == 1
    newer = replace(await registered(lab, cron), version=2)
    await lab.engine.start(execution_of(newer, cron_version=2), newer)
    assert lab.calls()["ecs:RegisterTaskDefinition"] == 2


async def test_a_repeated_start_finds_the_task(lab: EcsLab) -> None:
    """A server that never heard the answer asks again, with another attempt and another time."""
    cron = await registered(lab, cron_of(LONG))
    execution = execution_of(cron)
    lab.control.fault("ecs:RunTask", delay=0, is_done=True, status=500, code="ServerException")
    first = await lab.engine.start(execution, cron)
    await until(lab, execution, Kind.STARTED)
    await lab.reopen()
    again = await lab.engine.start(replace(execution, attempt=2), cron)
    assert again.handle == first.handle
    assert tasks_of(lab, execution) == {first.handle}
    await lab.engine.stop(execution)


async def test_a_repeated_start_after_the_end_says_the_end(lab: EcsLab) -> None:
    """ECS then tells little more than a name, and is asked for the rest."""
    cron = await registered(lab, cron_of("exit 3"))
    execution = execution_of(cron)
    await lab.engine.start(execution, cron)
    ended = await until(lab, execution, Kind.EXITED)
    again = await lab.engine.start(replace(execution, attempt=2), cron)
    assert again == ended
    assert again.exit_code == 3


async def test_a_start_under_another_definition_finds_the_task(lab: EcsLab) -> None:
    """The token was used with other parameters: ECS's refusal names the task."""
    cron = await registered(lab, cron_of(LONG))
    execution = execution_of(cron)
    first = await lab.engine.start(execution, cron)
    lab.settings = replace(lab.settings, security_groups=("sg-1",))
    await lab.reopen()
    again = await lab.engine.start(replace(execution, attempt=2), cron)
    assert again.handle == first.handle
    assert tasks_of(lab, execution) == {first.handle}
    await lab.engine.stop(execution)


async def test_a_task_definition_that_has_gone_is_made_again(lab: EcsLab) -> None:
    """Somebody deregistered it behind our back."""
    cron = await registered(lab, cron_of())
    assert cron.registration is not None
    gone = cron.registration.parts["task-definition"]
    lab.aws("ecs").deregister_task_definition(taskDefinition=gone)
    assert (await lab.engine.start(execution_of(cron), cron)).kind is Kind.ACCEPTED


@pytest.mark.parametrize("reason", ["RESOURCE:MEMORY", "AGENT", "Capacity is unavailable"])
async def test_no_place_now_may_be_one_later(lab: EcsLab, reason: str) -> None:
    """The launcher asks again with the same id, and there is one task."""
    cron = await registered(lab, cron_of())
    execution = execution_of(cron)
    lab.control.ecs.refuse(reason)
    with pytest.raises(EngineUnavailableError, match=reason):
        await lab.engine.start(execution, cron)
    assert (await lab.engine.start(execution, cron)).kind is Kind.ACCEPTED
    await until(lab, execution, Kind.EXITED)
    assert len(tasks_of(lab, execution)) == 1


async def test_what_ecs_never_does_is_refused(lab: EcsLab) -> None:
    """In ECS's own words."""
    cron = await registered(lab, cron_of())
    lab.control.ecs.refuse("ATTRIBUTE", detail="unable to satisfy constraints")
    seen = await lab.engine.start(execution_of(cron), cron)
    assert seen.kind is Kind.REFUSED
    assert seen.reason == "ECS could not start it: ATTRIBUTE (unable to satisfy constraints)"


async def test_overrides_that_are_too_long_are_refused(lab: EcsLab) -> None:
    """Nobody is asked."""
    cron = await registered(lab, cron_of())
    lab.clients.calls.clear()
    overrides = Overrides(env={"LIST": "x" * 9000})
    seen = await lab.engine.start(execution_of(cron, overrides=overrides), cron)
    assert seen.kind is Kind.REFUSED
    assert "8192" in seen.reason
    assert lab.calls() == {}


@pytest.mark.parametrize("code", ["ExpiredTokenException", "AccessDenied"])
async def test_an_api_that_fails_is_asked_again(lab: EcsLab, code: str) -> None:
    """Whether it did what it was asked is not known; one sentence says what was wrong."""
    cron = await registered(lab, cron_of())
    lab.control.fault("ecs:RunTask", code=code)
    with pytest.raises(EngineUnavailableError) as caught:
        await lab.engine.start(execution_of(cron), cron)
    assert "\n" not in str(caught.value)


async def test_a_cluster_that_is_missing_is_said(lab: EcsLab) -> None:
    """An operator may make it while the slot is still worth starting."""
    cron = await registered(lab, cron_of())
    lab.settings = replace(lab.settings, cluster="none")
    await lab.reopen()
    with pytest.raises(EngineUnavailableError, match="Cluster not found"):
        await lab.engine.start(execution_of(cron), cron)


NO_PLACE = "Capacity is unavailable at this time. Please try again later"


async def test_a_task_that_found_no_place_is_followed_by_another(lab: EcsLab) -> None:
    """ECS took it and gave up: a token of its own gets the next one, and only one runs."""
    cron = await registered(lab, cron_of())
    execution = execution_of(cron)
    lab.control.ecs.fail(NO_PLACE)
    first = await lab.engine.start(execution, cron)
    async for seen in lab.engine.watch():
        assert (seen.kind, seen.handle) == (Kind.PROGRESS, first.handle)
        assert NO_PLACE in seen.reason
        break
    second = await lab.engine.start(replace(execution, attempt=2), cron)
    assert second.kind is Kind.ACCEPTED
    assert second.handle != first.handle
    await until(lab, execution, Kind.EXITED)
    await lab.reopen()
    again = await lab.engine.start(replace(execution, attempt=3), cron)
    assert again.handle == second.handle
    assert tasks_of(lab, execution) == {first.handle, second.handle}


async def test_too_late_for_a_place_is_an_error_with_ecs_words(lab: EcsLab) -> None:
    """What is no longer worth starting is not tried again."""
    cron = await registered(lab, cron_of())
    execution = execution_of(cron)
    lab.control.ecs.fail(NO_PLACE)
    await lab.engine.start(execution, cron)
    seen = await until(lab, execution, Kind.REFUSED)
    assert NO_PLACE in seen.reason
    late = replace(execution, start_by=system_clock() - timedelta(seconds=1), attempt=2)
    assert (await lab.engine.start(late, cron)).kind is Kind.REFUSED
    assert len(tasks_of(lab, execution)) == 1


async def test_a_new_task_that_is_not_known_yet_is_not_gone(lab: EcsLab) -> None:
    """ECS may say MISSING right after RunTask; minutes later it means it."""
    cron = await registered(lab, cron_of(LONG))
    execution = execution_of(cron)
    started = await lab.engine.start(execution, cron)
    lab.control.ecs.hide()
    assert (await truth(lab, execution)).kind is Kind.ACCEPTED
    await lab.engine.stop(execution)
    await until(lab, execution, Kind.EXITED, Kind.WITHDRAWN)
    lab.control.ecs.forget(started.handle)
    later: Any = datetime.fromisoformat("2099-01-01T00:00:00Z")
    lab.clock = lambda: later
    assert (await truth(lab, execution)).kind is Kind.GONE
