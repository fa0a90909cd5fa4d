"""Cron -> RegisterTaskDefinition: the job's container, and its guard beside it."""

import hashlib
import json
import math
import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from wlcron.aws.names import VERSION_TAG, resource_name, tags_of
from wlcron.aws.settings import AwsSettings
from wlcron.core.cron import Container, Cron, Definition
from wlcron.engines.ecs.guard import SCRIPT, TIMEOUT
from wlcron.engines.ecs.placement import compatibility, is_fargate, network_mode
from wlcron.engines.ecs.sizes import Size, fargate_size

JOB, GUARD = "job", "guard"  # the containers' names
DIGEST_TAG = "wlcron:digest"  # of all that a task definition says

CORE = 1024  # units
MIB = 1024 * 1024
LEAST_STOP_TIMEOUT = 2  # seconds; Fargate's least
_LEAST_CPU = 128  # units of a task on EC2
_LEAST_MEMORY = 6  # MiB, Docker's least
_EC2_MEMORY = 128  # MiB that are reserved for a job that does not say how much it needs
_GUARD_MEMORY = 32  # MiB; a shell takes 2, its start some more
_SECRET = re.compile(
    r"arn:aws[a-z-]*:(?:secretsmanager:[a-z0-9-]+:\d{12}:secret|ssm:[a-z0-9-]+:\d{12}:parameter)"
    r"[:/]\S+"
)


def task_definition(cron: Cron, settings: AwsSettings, region: str) -> dict[str, Any]:
    """Return RegisterTaskDefinition's parameters for a cron as its version is."""
    family = resource_name(settings.instance, cron.name)
    request = untagged(cron.definition, family, settings, region)
    tags = {
        **tags_of(settings.instance, cron.name),
        VERSION_TAG: str(cron.version),
        DIGEST_TAG: _digest(request),
    }
    return request | {"tags": as_tags(tags)}


def untagged(
    definition: Definition, family: str, settings: AwsSettings, region: str
) -> dict[str, Any]:
    """Return what a task definition says, without the tags that tell whose it is."""
    description = definition.description
    return {
        "family": family,
        "requiresCompatibilities": [compatibility(settings)],
        "networkMode": network_mode(settings),
        **_task_size(description, settings),
        **_roles(settings),
        "containerDefinitions": [
            _job(description, settings, _log_configuration(family, settings, region)),
            _guard(definition, settings),
        ],
    }


def size_of(container: Container) -> Size | None:
    """Return the size of Fargate that a container gets; None: there is none that large."""
    return fargate_size(units_of(container), mebibytes_of(container))


def units_of(container: Container) -> int:
    """Return the CPU units that are asked for; 0: none are."""
    return math.ceil((container.cpu or 0) * CORE)


def mebibytes_of(container: Container) -> int:
    """Return the MiB of memory that are asked for; 0: none are."""
    return math.ceil((container.memory or 0) / MIB)


def secrets_of(env: Mapping[str, str]) -> dict[str, str]:
    """Return the variables whose value is the ARN of a secret or a parameter.

    ECS reads those from Secrets Manager or SSM when the job starts; the cron holds no secret.
    """
    return {name: value for name, value in env.items() if _SECRET.fullmatch(value)}


def seconds_of(timeout: timedelta) -> str:
    """Return a timeout as the guard's sleep takes it, to a hundredth."""
    hundredths = math.ceil(timeout / timedelta(milliseconds=10))
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02}" if rest else str(whole)


def log_prefix(family: str) -> str:
    """Return what the names of a job's log streams begin with: then comes the task's id."""
    return f"{family}/{JOB}/"


def as_tags(tags: Mapping[str, str]) -> list[dict[str, str]]:
    """Return tags as ECS takes them."""
    return [{"key": key, "value": value} for key, value in tags.items()]


def _task_size(container: Container, settings: AwsSettings) -> dict[str, str]:
    units = units_of(container)
    if not is_fargate(settings):
        return {"cpu": str(max(units, _LEAST_CPU))} if units else {}
    size = size_of(container) or Size(units, mebibytes_of(container))  # ECS says what is wrong
    return {"cpu": str(size.cpu), "memory": str(size.memory)}


def _roles(settings: AwsSettings) -> dict[str, str]:
    roles = {"executionRoleArn": settings.execution_role, "taskRoleArn": settings.task_role}
    return {key: role for key, role in roles.items() if role}


def _job(
    container: Container, settings: AwsSettings, log_configuration: dict[str, Any]
) -> dict[str, Any]:
    secrets = secrets_of(container.env)
    given = {
        "command": list(container.arguments),
        "user": container.user,
        "workingDirectory": container.working_directory,
        "environment": [
            {"name": name, "value": value}
            for name, value in container.env.items()
            if name not in secrets
        ],
        "secrets": [{"name": name, "valueFrom": arn} for name, arn in secrets.items()],
    }
    return {
        "name": JOB,
        "image": container.image,
        "essential": True,
        **{key: value for key, value in given.items() if value},  # else the image's own
        **_job_memory(container, settings),
        "stopTimeout": max(math.ceil(container.stop_grace.total_seconds()), LEAST_STOP_TIMEOUT),
        # No moment without a guard; and when a task is stopped, the job goes first. There is no
        # init between ECS and the job: it would take the failure to start it for the job's own.
        "dependsOn": [{"containerName": GUARD, "condition": "START"}],
        "logConfiguration": log_configuration,
    }


def _job_memory(container: Container, settings: AwsSettings) -> dict[str, int]:
    if asked := mebibytes_of(container):
        return {"memory": max(asked, _LEAST_MEMORY)}
    return {} if is_fargate(settings) else {"memoryReservation": _EC2_MEMORY}


def _guard(definition: Definition, settings: AwsSettings) -> dict[str, Any]:
    return {
        "name": GUARD,
        "image": settings.guard_image,
        "essential": True,
        "entryPoint": ["/bin/sh", "-c"],
        "command": [SCRIPT],
        "environment": [{"name": TIMEOUT, "value": seconds_of(definition.timeout)}],
        "stopTimeout": LEAST_STOP_TIMEOUT,
        "readonlyRootFilesystem": True,
        # On Fargate the task's memory is the job's, and what a shell takes counts for nothing.
        **({} if is_fargate(settings) else {"memory": _GUARD_MEMORY}),
    }


def _log_configuration(family: str, settings: AwsSettings, region: str) -> dict[str, Any]:
    options = {
        "awslogs-group": settings.log_group,
        "awslogs-region": region,
        "awslogs-stream-prefix": family,
    }
    return {"logDriver": "awslogs", "options": options}


def _digest(request: Mapping[str, Any]) -> str:
    text = json.dumps(request, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
