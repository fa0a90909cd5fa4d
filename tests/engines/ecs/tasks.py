"""Events of ECS: the recorded ones, and ours, made of a recorded one."""

import json
from pathlib import Path
from typing import Any

from tests.samples import make_cron, make_execution
from wlcron.aws.settings import AwsSettings
from wlcron.core.execution import Observation
from wlcron.engines.ecs.events import Event, read_event
from wlcron.engines.ecs.house import house_of
from wlcron.engines.ecs.observation import observe
from wlcron.engines.ecs.task import instant

_FOLDER = Path(__file__).parent.parent.parent / "data" / "ecs"
ACCOUNT = "123456789012"
SETTINGS = AwsSettings(
    cluster="example-cluster",
    queue=f"https://sqs.us-east-1.amazonaws.com/{ACCOUNT}/wl-default-ecs",
    subnets=("subnet-1", "subnet-2"),
    execution_role=f"arn:aws:iam::{ACCOUNT}:role/wl-execution",
)
HOUSE = house_of(SETTINGS)
CRON = make_cron("tidy")
EXECUTION = make_execution(CRON)
ARN = f"arn:aws:ecs:us-east-1:{ACCOUNT}:task/example-cluster/a1173316d40a45dea9"
STARTED_AT = "2026-11-23T12:00:40.5Z"
ENDED_AT = "2026-11-23T12:05:00Z"
STOPPING_AT = "2026-11-23T12:05:01.25Z"


def recorded(name: str) -> dict[str, Any]:
    """Return a recorded event."""
    event: dict[str, Any] = json.loads((_FOLDER / f"{name}.json").read_text())
    return event


def names() -> list[str]:
    """Return the names of all recorded events."""
    return sorted(path.stem for path in _FOLDER.glob("*.json"))


def ours(**detail: object) -> dict[str, Any]:
    """Return the event of a task of ours that runs; `detail` changes it, None takes away."""
    event = recorded("doc_task_running_fargate_2025")
    override = {"name": "guard", "environment": [{"name": "WL_TIMEOUT", "value": "3600"}]}
    event["detail"] |= {
        "taskArn": ARN,
        "taskDefinitionArn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:task-definition/wl-default-tidy:7",
        "startedBy": EXECUTION.id,
        "startedAt": STARTED_AT,
        "overrides": {"containerOverrides": [{"name": "job"}, override]},
        "containers": [box("job"), box("guard"), box("aws-guardduty-agent-nm40lC", cpu="null")],
    }
    event["detail"] |= detail
    event["detail"] = {key: value for key, value in event["detail"].items() if value is not None}
    return event


def stopped(job: int | None = 0, guard: int | None = 0, **detail: object) -> dict[str, Any]:
    """Return the event of a task of ours that has stopped, by the containers' exit codes."""
    fields = {
        "lastStatus": "STOPPED",
        "desiredStatus": "STOPPED",
        "stopCode": "EssentialContainerExited",
        "stoppedReason": "Essential container in task exited",
        "executionStoppedAt": ENDED_AT,
        "stoppingAt": STOPPING_AT,
        "stoppedAt": "2026-11-23T12:05:30Z",
        "containers": [box("job", job), box("guard", guard)],
        "version": 6,
    }
    return ours(**(fields | detail))


def box(name: str, exit_code: int | None = None, **more: object) -> dict[str, Any]:
    """Return what an event says of a container."""
    code = {} if exit_code is None else {"exitCode": exit_code}
    return {"name": name, "lastStatus": "RUNNING", "cpu": "0", **code, **more}


def seen(event: dict[str, Any]) -> Observation:
    """Return what an event of ours means."""
    heard = read_event(json.dumps(event), HOUSE)
    assert isinstance(heard, Event)
    at = heard.at or instant("2026-11-23T12:00:00Z")
    assert at is not None
    return observe(heard.task, at)
