"""Execution -> RunTask: the same parameters whenever the same execution is started.

ECS refuses a token that comes back with other parameters, so nothing here depends on the attempt
or on the time. `WL_ATTEMPT` is always 1: whatever was tried before, nothing of it ran.
`WL_DEADLINE` is one timeout after the execution was made: the guard counts from the container's
start, which comes later, and so never ends it sooner than that.
"""

import hashlib
import json
from dataclasses import replace
from typing import Any

from wlcron.aws.names import VERSION_TAG, tags_of
from wlcron.aws.settings import AwsSettings
from wlcron.core.cron import Cron
from wlcron.core.execution import Execution
from wlcron.engines.ecs.definition import GUARD, JOB, as_tags, seconds_of
from wlcron.engines.ecs.guard import TIMEOUT
from wlcron.engines.ecs.placement import placement
from wlcron.engines.environment import environment

EXECUTION_TAG = "wlcron:execution"
_LONGEST_OVERRIDES = 8192  # characters
_DIGITS = 16


def run_task(
    execution: Execution, cron: Cron, definition: str, settings: AwsSettings, after: str = ""
) -> dict[str, Any]:
    """Return RunTask's parameters; `definition` is the task definition's ARN.

    `after` is the ARN of the task that an earlier request has made and that ECS could not find a
    place for: a second one takes another token.
    """
    tags = {
        **tags_of(settings.instance, cron.name),
        VERSION_TAG: str(execution.cron_version),
        EXECUTION_TAG: execution.id,
    }
    return {
        "cluster": settings.cluster,
        "taskDefinition": definition,
        "count": 1,
        "clientToken": _token(execution.id, after),
        "startedBy": execution.id,
        "overrides": {"containerOverrides": [_job(execution, cron), _guard(cron)]},
        "tags": as_tags(tags),
        **placement(settings),
    }


def problem_of(request: dict[str, Any]) -> str:
    """Return why ECS would not take a request, in one sentence; empty: it would."""
    size = len(json.dumps(request["overrides"]))
    if size <= _LONGEST_OVERRIDES:
        return ""
    return (
        f"its arguments and variables take {size} characters, and ECS takes {_LONGEST_OVERRIDES}"
        " for one execution: put them into the cron file"
    )


def _job(execution: Execution, cron: Cron) -> dict[str, Any]:
    deadline = execution.created_at + cron.definition.timeout
    kept = cron.definition.description.env  # by the task definition
    variables = environment(replace(execution, attempt=1), cron, deadline)
    job: dict[str, Any] = {
        "name": JOB,
        "environment": [
            {"name": name, "value": value}
            for name, value in variables.items()
            if kept.get(name) != value
        ],
    }
    if execution.overrides is not None and execution.overrides.arguments is not None:
        job["command"] = list(execution.overrides.arguments)
    return job


def _guard(cron: Cron) -> dict[str, Any]:
    # The guard has it from the task definition; it is said here so that every event repeats it.
    timeout = {"name": TIMEOUT, "value": seconds_of(cron.definition.timeout)}
    return {"name": GUARD, "environment": [timeout]}


def _token(execution_id: str, after: str) -> str:
    if not after:
        return execution_id
    return f"{execution_id}-{hashlib.sha256(after.encode()).hexdigest()[:_DIGITS]}"
