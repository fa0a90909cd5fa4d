"""An execution becomes a request for a task: always the same one."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.engines.ecs.tasks import CRON, EXECUTION, SETTINGS
from tests.samples import HOUR, MINUTE, NOON
from wlcron.core.cron import Container
from wlcron.core.execution import Overrides, claimed
from wlcron.engines.ecs.request import problem_of, run_task

DEFINITION = "arn:aws:ecs:us-east-1:123456789012:task-definition/wl-default-tidy:7"


def request(**changes: Any) -> dict[str, Any]:  # noqa: ANN401 -- fields of an execution
    """Return RunTask's parameters for an execution."""
    return run_task(replace(EXECUTION, **changes), CRON, DEFINITION, SETTINGS)


def variables(asked: dict[str, Any], number: int = 0) -> dict[str, str]:
    """Return what one container is told."""
    given = asked["overrides"]["containerOverrides"][number]["environment"]
    return {one["name"]: one["value"] for one in given}


def test_the_request_is_known_by_the_execution() -> None:
    """Its id is the token, and what events say who began it."""
    asked = request()
    assert asked.pop("overrides")
    assert asked.pop("tags") == [
        {"key": "wlcron:instance", "value": "default"},
        {"key": "wlcron:cron", "value": "tidy"},
        {"key": "wlcron:version", "value": "1"},
        {"key": "wlcron:execution", "value": EXECUTION.id},
    ]
    assert asked == {
        "cluster": "example-cluster",
        "taskDefinition": DEFINITION,
        "count": 1,
        "clientToken": EXECUTION.id,
        "startedBy": EXECUTION.id,
        "launchType": "FARGATE",
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": ["subnet-1", "subnet-2"],
                "assignPublicIp": "DISABLED",
            }
        },
    }


@given(attempt=st.integers(0, 50), later=st.timedeltas(timedelta(0), HOUR))
def test_the_same_execution_makes_the_same_request(attempt: int, later: timedelta) -> None:
    """Else ECS would refuse the token: neither attempt nor lease nor time is in it."""
    again = claimed(replace(EXECUTION, attempt=attempt), NOON + later, 5 * MINUTE, "ecs:a/b")
    assert run_task(again, CRON, DEFINITION, SETTINGS) == request()


def test_every_job_gets_its_variables() -> None:
    """What the cron file says is in the task definition; what is new comes with the request."""
    cron = replace(
        CRON,
        definition=replace(
            CRON.definition, description=Container(image="job", env={"MODE": "fast", "DRY": "no"})
        ),
    )
    overrides = Overrides(env={"DRY": "yes", "MODE": "fast"})
    asked = run_task(replace(EXECUTION, overrides=overrides), cron, DEFINITION, SETTINGS)
    assert variables(asked) == {
        "DRY": "yes",
        "WL_CRON": "tidy",
        "WL_EXECUTION": EXECUTION.id,
        "WL_SLOT": "2026-11-23T12:00:00Z",
        "WL_ATTEMPT": "1",
        "WL_DEADLINE": "2026-11-23T13:00:00Z",
    }


def test_the_guard_is_told_its_timeout_where_events_repeat_it() -> None:
    """An event holds the overrides, and by them the deadline."""
    assert variables(request(), 1) == {"WL_TIMEOUT": "3600"}


def test_the_command_is_changed_only_on_request() -> None:
    """Else it is the task definition's."""
    [job, _] = request()["overrides"]["containerOverrides"]
    assert "command" not in job
    asked = request(overrides=Overrides(arguments=("echo", "other")))
    assert asked["overrides"]["containerOverrides"][0]["command"] == ["echo", "other"]


def test_capacity_providers_stand_in_place_of_a_launch_type() -> None:
    """ECS refuses both together."""
    settings = replace(SETTINGS, capacity_providers=("FARGATE_SPOT",), public_ip=True)
    asked = run_task(EXECUTION, CRON, DEFINITION, settings)
    assert asked["capacityProviderStrategy"] == [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    assert "launchType" not in asked
    network = asked["networkConfiguration"]["awsvpcConfiguration"]
    assert network["assignPublicIp"] == "ENABLED"


def test_ec2_gets_a_network_of_its_own_where_there_are_subnets() -> None:
    """And it is not told of public addresses, which it refuses to hear."""
    settings = replace(SETTINGS, launch_type="EC2", security_groups=("sg-1",))
    network = run_task(EXECUTION, CRON, DEFINITION, settings)["networkConfiguration"]
    assert network == {
        "awsvpcConfiguration": {"subnets": ["subnet-1", "subnet-2"], "securityGroups": ["sg-1"]}
    }
    bridge = replace(settings, subnets=())
    assert "networkConfiguration" not in run_task(EXECUTION, CRON, DEFINITION, bridge)


def test_overrides_that_are_too_long_are_refused_in_a_sentence() -> None:
    """ECS counts characters of JSON, all of them."""
    assert problem_of(request()) == ""
    problem = problem_of(request(overrides=Overrides(env={"LIST": "x" * 8000})))
    assert "8192" in problem


def test_a_second_task_has_a_token_of_its_own() -> None:
    """The first one found no place; the token comes from it, and so is the same again."""
    second = run_task(EXECUTION, CRON, DEFINITION, SETTINGS, "arn:first")
    assert second == run_task(EXECUTION, CRON, DEFINITION, SETTINGS, "arn:first")
    third = run_task(EXECUTION, CRON, DEFINITION, SETTINGS, "arn:second")
    tokens = {one["clientToken"] for one in (request(), second, third)}
    assert len(tokens) == 3
    assert all(len(token) <= 64 for token in tokens)
    assert second["startedBy"] == EXECUTION.id
