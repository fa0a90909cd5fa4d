"""A task as ECS tells of it, in an event or from DescribeTasks: read with every doubt."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from wlcron.engines.doubt import exit_code, mapping, mappings, sensible, text
from wlcron.engines.doubt import instant as written
from wlcron.engines.ecs.definition import GUARD, JOB
from wlcron.engines.ecs.guard import TIMEOUT
from wlcron.engines.ecs.house import family_of

_LONGEST = timedelta(days=3650)  # of a timeout that makes sense


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """What is told of one container of a task; containers have no instants of their own."""

    exit_code: int | None = None
    reason: str = ""
    memory: str = ""  # its limit in MiB
    image: str = ""  # the digest of its image


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What is told of a task; all instants are in UTC."""

    arn: str
    family: str
    execution_id: str
    status: str
    stop_code: str
    stopped_reason: str
    started_at: datetime | None
    ended_at: datetime | None
    timeout: timedelta | None
    job: Box
    guard: Box


def read_task(task: Mapping[str, Any]) -> Task:
    """Return what is known of a task; what is missing or makes no sense is left out."""
    boxes = _boxes(task.get("containers"))
    job = boxes.get(JOB, Box())
    stop_code = text(task.get("stopCode"))
    return Task(
        arn=text(task.get("taskArn")),
        family=family_of(text(task.get("taskDefinitionArn"))),
        execution_id=text(task.get("startedBy")),
        status=text(task.get("lastStatus")),
        stop_code=stop_code,
        stopped_reason=" ".join(text(task.get("stoppedReason")).split()),
        started_at=_started_at(task, job),
        ended_at=_ended_at(task, stop_code),
        timeout=_timeout(task.get("overrides")),
        job=job,
        guard=boxes.get(GUARD, Box()),
    )


def _started_at(task: Mapping[str, Any], job: Box) -> datetime | None:
    """Return the instant at which all containers ran; a job that was quicker ran after its pull."""
    started_at = instant(task.get("startedAt"))
    if started_at is None and job.exit_code is not None:
        return instant(task.get("pullStoppedAt"))
    return started_at


def _ended_at(task: Mapping[str, Any], stop_code: str) -> datetime | None:
    """Return when the containers ended: a task stays for long after them.

    ECS tells when the last one had ended, and when it began to stop the others: where the job
    ended by itself, that is the earlier of the two.
    """
    executed = instant(task.get("executionStoppedAt"))
    stopping = instant(task.get("stoppingAt"))
    if stop_code == "EssentialContainerExited" and executed and stopping:
        return min(executed, stopping)
    return executed or stopping or instant(task.get("stoppedAt"))


def instant(value: object) -> datetime | None:
    """Return an instant of an event (ISO 8601), of the API (seconds), or of botocore, in UTC."""
    if isinstance(value, datetime):
        return sensible(value)
    if not isinstance(value, int | float):
        return written(value)
    try:
        return sensible(datetime.fromtimestamp(value, UTC))
    except (ValueError, OverflowError, OSError):
        return None


def _boxes(containers: object) -> dict[str, Box]:
    return {
        text(one.get("name")): Box(
            exit_code=exit_code(one.get("exitCode")),
            reason=" ".join(text(one.get("reason")).split()),
            memory=text(one.get("memory")),
            image=text(one.get("imageDigest")),
        )
        for one in mappings(containers)
    }


def _timeout(overrides: object) -> timedelta | None:
    """Return what RunTask told the guard; a request that is not ours has no guard."""
    for container in mappings(mapping(overrides).get("containerOverrides")):
        if container.get("name") != GUARD:
            continue
        for variable in mappings(container.get("environment")):
            if variable.get("name") == TIMEOUT:
                return _seconds(variable.get("value"))
    return None


def _seconds(value: object) -> timedelta | None:
    try:
        timeout = timedelta(seconds=float(text(value)))
    except (ValueError, OverflowError):
        return None
    return timeout if timedelta(0) < timeout < _LONGEST else None
