"""A cron's version becomes a task definition: the job, and its guard beside it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from tests.engines.ecs.tasks import ACCOUNT, CRON, SETTINGS
from tests.samples import HOUR, make_cron
from wlcron.aws.settings import AwsSettings
from wlcron.core.cron import Container, Cron
from wlcron.engines.ecs.definition import DIGEST_TAG, seconds_of, secrets_of, task_definition

SECRET = f"arn:aws:secretsmanager:eu-central-1:{ACCOUNT}:secret:prod/db-AbCdEf:password::"
PARAMETER = f"arn:aws-cn:ssm:cn-north-1:{ACCOUNT}:parameter/prod/token"
FULL = Container(
    image="ghcr.io/team/job:1.2",
    arguments=("sh", "-c", "exit 3"),
    env={"MODE": "fast", "PASSWORD": SECRET},
    cpu=0.5,
    memory=700 * 1024**2,
    user="1000:1000",
    working_directory="/srv",
    stop_grace=timedelta(seconds=15.2),
)
EC2 = replace(SETTINGS, launch_type="EC2", subnets=())


def cron_with(container: Container, timeout: timedelta = HOUR) -> Cron:
    """Return a cron with a description."""
    cron = make_cron("tidy", timeout=timeout)
    return replace(cron, definition=replace(cron.definition, description=container))


def made(container: Container, settings: AwsSettings = SETTINGS) -> dict[str, Any]:
    """Return the task definition of a cron with a description."""
    return task_definition(cron_with(container), settings, "eu-central-1")


def containers(request: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return job and guard."""
    job, guard = request["containerDefinitions"]
    return job, guard


def tags(request: dict[str, Any]) -> dict[str, str]:
    """Return the tags of a request."""
    return {tag["key"]: tag["value"] for tag in request["tags"]}


def test_the_task_has_size_network_and_role_of_fargate() -> None:
    """The next size that there is, for both containers."""
    request = made(FULL)
    assert {key: request[key] for key in request.keys() - {"containerDefinitions", "tags"}} == {
        "family": "wl-default-tidy",
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "512",
        "memory": "1024",
        "executionRoleArn": SETTINGS.execution_role,
    }


def test_all_that_a_cron_file_says_reaches_the_job() -> None:
    """The whole container, so that a change of it is seen."""
    job, _ = containers(made(FULL))
    assert job == {
        "name": "job",
        "image": "ghcr.io/team/job:1.2",
        "essential": True,
        "command": ["sh", "-c", "exit 3"],
        "user": "1000:1000",
        "workingDirectory": "/srv",
        "environment": [{"name": "MODE", "value": "fast"}],
        "secrets": [{"name": "PASSWORD", "valueFrom": SECRET}],
        "memory": 700,
        "stopTimeout": 16,
        "dependsOn": [{"containerName": "guard", "condition": "START"}],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": "/wlcron",
                "awslogs-region": "eu-central-1",
                "awslogs-stream-prefix": "wl-default-tidy",
            },
        },
    }


def test_the_guard_needs_little() -> None:
    """No log, no secret, no right to write; and no memory of the job's."""
    _, guard = containers(made(FULL))
    assert guard.keys() == {
        "name",
        "image",
        "essential",
        "entryPoint",
        "command",
        "environment",
        "stopTimeout",
        "readonlyRootFilesystem",
    }


def test_job_and_guard_are_both_essential() -> None:
    """Whoever ends first ends the other; that is the whole mechanism."""
    assert [one["essential"] for one in containers(made(FULL))] == [True, True]


def test_the_guard_is_there_before_the_job() -> None:
    """No moment of a job is without an end."""
    job, guard = containers(made(FULL))
    assert job["dependsOn"] == [{"containerName": guard["name"], "condition": "START"}]


def test_what_a_cron_file_leaves_out_is_the_images_own() -> None:
    """No command, user, directory, variable or role is made up."""
    request = made(Container(image="job"), replace(SETTINGS, execution_role=""))
    job, _ = containers(request)
    assert not job.keys() & {"command", "user", "workingDirectory", "environment", "secrets"}
    assert not request.keys() & {"executionRoleArn", "taskRoleArn"}
    assert (request["cpu"], request["memory"]) == ("256", "512")


def test_ec2_gets_what_was_asked_for() -> None:
    """The cpu limits the task, the memory the job; who asks for nothing reserves a little."""
    request = made(FULL, EC2)
    assert (request["networkMode"], request["requiresCompatibilities"]) == ("bridge", ["EC2"])
    assert request["cpu"] == "512"
    assert "memory" not in request
    job, guard = containers(request)
    assert (job["memory"], guard["memory"]) == (700, 32)
    bare = made(Container(image="job", cpu=0.01), EC2)
    assert bare["cpu"] == "128"
    assert containers(bare)[0]["memoryReservation"] == 128


def test_capacity_providers_count_before_the_launch_type() -> None:
    """Spot is Fargate; a provider of the cluster's own is EC2."""
    spot = replace(EC2, capacity_providers=("FARGATE_SPOT", "FARGATE"))
    own = replace(SETTINGS, capacity_providers=("machines",))
    assert made(FULL, spot)["requiresCompatibilities"] == ["FARGATE"]
    assert made(FULL, own)["requiresCompatibilities"] == ["EC2"]
    assert made(FULL, own)["networkMode"] == "awsvpc"  # it has subnets


def test_roles_are_those_of_the_settings() -> None:
    """One pulls and reads secrets, the other is what the job may do."""
    request = made(FULL, replace(SETTINGS, task_role="arn:aws:iam::123456789012:role/job"))
    assert request["taskRoleArn"] == "arn:aws:iam::123456789012:role/job"


def test_the_arn_of_a_secret_is_a_reference() -> None:
    """Whole ARNs of secrets and parameters, in any partition; nothing that merely holds one."""
    env = {
        "A": SECRET,
        "B": PARAMETER,
        "C": f"see {SECRET}",
        "D": "arn:aws:s3:::bucket",
        "E": f"{PARAMETER} ",
        "F": "secretsmanager:prod/db",
    }
    assert secrets_of(env) == {"A": SECRET, "B": PARAMETER}


def test_the_tags_say_whose_it_is_and_what_it_says() -> None:
    """A version, and a digest of everything: settings that change make another one."""
    first = tags(task_definition(CRON, SETTINGS, "eu-central-1"))
    assert first["wlcron:instance"] == "default"
    assert first["wlcron:cron"] == "tidy"
    assert first["wlcron:version"] == "1"
    again = tags(task_definition(CRON, SETTINGS, "eu-central-1"))
    moved = tags(task_definition(CRON, SETTINGS, "eu-west-1"))
    assert first[DIGEST_TAG] == again[DIGEST_TAG] != moved[DIGEST_TAG]


@pytest.mark.parametrize(
    ("timeout", "expected"),
    [
        (timedelta(hours=1), "3600"),
        (timedelta(seconds=0.5), "0.50"),
        (timedelta(seconds=61.234), "61.24"),
        (timedelta(days=30), "2592000"),
    ],
)
def test_the_guard_sleeps_for_the_timeout(timeout: timedelta, expected: str) -> None:
    """Never less, and in digits that a shell's sleep takes."""
    assert seconds_of(timeout) == expected
    cron = cron_with(FULL, timeout=timeout)
    _, guard = containers(task_definition(cron, SETTINGS, ""))
    assert guard["environment"] == [{"name": "WL_TIMEOUT", "value": expected}]
