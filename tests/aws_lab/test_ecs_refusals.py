"""What ECS refuses, and what cannot start, is said as ECS says it."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.aws_lab.clients import Make, clients_of
from tests.aws_lab.control import Control
from tests.aws_lab.jobs import register, run, told
from tests.aws_lab.place import ACCOUNT, REGION
from tests.aws_lab.process import Lab


@pytest.fixture
def aws(ecs_lab: Lab) -> Make:
    """Return what makes a client of a service."""
    return clients_of(ecs_lab)


@pytest.fixture
def control(ecs_lab: Lab) -> Control:
    """Return the commands of the laboratory."""
    return Control(ecs_lab.url)


def test_capacity_is_refused_as_data_and_uses_no_token(aws: Make, control: Control) -> None:
    """`failures` is the ordinary way to fail, and the same request succeeds later."""
    control.ecs.refuse("RESOURCE:MEMORY", times=2)
    definition = register(aws, "exit 0")
    for _ in range(2):
        answer = run(aws, definition, "refused")
        assert not answer["tasks"]
        assert answer["failures"][0]["reason"] == "RESOURCE:MEMORY"
    assert len(run(aws, definition, "refused")["tasks"]) == 1
    told(control, "refused")


def test_a_task_that_cannot_start_says_why(aws: Make, control: Control) -> None:
    """Pull errors on demand; commands, logs and secrets that are missing by themselves."""
    control.ecs.fail("CannotPullContainerError: pull access denied")
    run(aws, register(aws, "exit 0"), "unpulled")
    no_stream = {"logDriver": "awslogs", "options": {"awslogs-group": "/none"}}
    secret = {"name": "KEY", "valueFrom": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/none"}
    run(aws, register(aws, "", command=["/no/such/program"]), "unknown")
    run(aws, register(aws, "exit 0", logConfiguration=no_stream), "unlogged")
    run(aws, register(aws, "exit 0", secrets=[secret]), "secretless")
    ends = {
        name: told(control, name)[-1] for name in ("unpulled", "unknown", "unlogged", "secretless")
    }
    assert {end["stopCode"] for end in ends.values()} == {"TaskFailedToStart"}
    assert ends["unpulled"]["stoppedReason"].startswith("CannotPullContainerError")
    assert ends["unknown"]["containers"][0]["reason"].startswith("CannotStartContainerError")
    assert "failed to validate logger args" in ends["unlogged"]["stoppedReason"]
    assert "unable to pull secrets" in ends["secretless"]["stoppedReason"]


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"cluster": "none"}, "ClusterNotFoundException"),
        ({"startedBy": "a b"}, "startedBy"),
        ({"clientToken": "x" * 65}, "clientToken"),
        ({"count": 11}, "count"),
        ({"networkConfiguration": {}}, "Network Configuration must be provided"),
        ({"launchType": "EC2"}, "does not support launch_type EC2"),
        ({"capacityProviderStrategy": [{"capacityProvider": "x"}]}, "but not both"),
        ({"overrides": {"containerOverrides": [{"name": "nobody"}]}}, "named nobody"),
        ({"taskDefinition": "none"}, "ClientException"),
    ],
)
def test_requests_that_ecs_refuses_are_refused(
    aws: Make, more: dict[str, Any], problem: str
) -> None:
    """Moto takes nearly anything; ECS does not."""
    definition = str(more.get("taskDefinition") or register(aws, "exit 0"))
    rest = {key: value for key, value in more.items() if key != "taskDefinition"}
    with pytest.raises(ClientError, match=problem):
        run(aws, definition, "bad", **rest)


def test_a_size_that_fargate_does_not_have_is_refused(aws: Make) -> None:
    """Of CPU and memory only certain pairs exist."""
    with pytest.raises(ClientError, match="No Fargate configuration exists"):
        aws("ecs").register_task_definition(
            family="odd",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="700",
            containerDefinitions=[{"name": "job", "image": "x"}],
        )
