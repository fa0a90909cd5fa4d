"""What ECS says of a task -> Observation."""

import re
from datetime import datetime

from wlcron.core.execution import Kind, Observation
from wlcron.engines.ecs.failures import lacks_capacity
from wlcron.engines.ecs.guard import AT_DEADLINE
from wlcron.engines.ecs.task import Task, instant

COMING = frozenset({"PROVISIONING", "PENDING", "ACTIVATING"})
RUNNING = frozenset({"RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING"})  # or about to end
OVER = frozenset({"STOPPED", "DELETED"})
STATUSES = COMING | RUNNING | OVER

_BY_ITSELF = "EssentialContainerExited"
_NEVER_RAN = "TaskFailedToStart"
_BY_SOMEBODY = "UserInitiated"
_BY_AWS = frozenset(
    {"SpotInterruption", "TerminationNotice", "InfrastructureHealth", "ServiceSchedulerInitiated"}
)
_NOT_STARTED = re.compile(r"Cannot(?:Pull|Start|Create)|ResourceInitializationError")
_OUT_OF_MEMORY = "OutOfMemoryError"
_BY_US = "stopped by wlcron, asked for at "
_SIGNALLED = frozenset({137, 143, None})
# What a guard exits with that was told to end, or was not given the time to.
_GUARD_WAS_ENDED = frozenset({0, AT_DEADLINE, 137, 143, None})


def stop_reason(asked_at: datetime) -> str:
    """Return what StopTask is told, so that the end says who asked for it, and when."""
    return f"{_BY_US}{asked_at.isoformat()}"


def observe(task: Task, now: datetime) -> Observation:
    """Return what is true of a task of ours; where ECS names no instant, it is `now`."""
    if task.status in OVER:
        return _ended(task, now)
    if task.status in COMING or (task.started_at is None and task.status != "RUNNING"):
        return _seen(task, Kind.ACCEPTED, now)
    return _seen(task, Kind.STARTED, task.started_at or now)


def may_be_tried_again(task: Task) -> bool:
    """Whether a task ended before it ran, for want of a place, so that another one may run."""
    return task.status in OVER and not _ran(task) and lacks_capacity(task.stopped_reason)


def _ended(task: Task, now: datetime) -> Observation:
    at = _end(task, now)
    if not _ran(task):
        return _never_ran(task, at)
    if task.guard.exit_code == AT_DEADLINE and task.stop_code != _BY_SOMEBODY:
        return _seen(task, Kind.TIMED_OUT, at, exit_code=task.job.exit_code)
    code, reason = _exit(task)
    return _seen(task, Kind.EXITED, at, reason, code)


def _ran(task: Task) -> bool:
    if task.stop_code == _NEVER_RAN or _NOT_STARTED.match(task.job.reason):
        return False
    return task.started_at is not None or task.job.exit_code is not None


def _never_ran(task: Task, at: datetime) -> Observation:
    if task.stop_code == _BY_SOMEBODY:
        reason = "" if _asked_at(task) else f"stopped in ECS: {task.stopped_reason}"
        return _seen(task, Kind.WITHDRAWN, at, reason)
    if task.guard.reason and not task.job.reason:
        problem = f"its guard cannot be started: {task.guard.reason}; correct aws.guard-image"
    else:
        problem = f"ECS could not start it: {task.job.reason or _why(task)}"
    return _seen(task, Kind.REFUSED, at, problem)


def _exit(task: Task) -> tuple[int | None, str]:
    """Return the exit code that decides, and a reason where the code says too little."""
    code = task.job.exit_code
    if task.stop_code == _BY_SOMEBODY and _asked_at(task):
        return code, ""
    if task.stop_code == _BY_SOMEBODY:
        return code or None, f"stopped in ECS: {_why(task)}"
    if task.stop_code in _BY_AWS:
        # Who was told to end did not finish, however politely it went.
        return code or None, f"ended by ECS: {_why(task)}"
    if code is None:
        return None, f"ECS knows no exit code of it: {task.job.reason or _why(task)}"
    return code, _reason(task) if code else ""


def _reason(task: Task) -> str:
    if task.job.reason.startswith(_OUT_OF_MEMORY):
        limit = f" of {task.job.memory} MiB" if task.job.memory else ""
        return f"killed: it used more than its memory limit{limit}"
    guard = task.guard.exit_code
    if task.job.exit_code in _SIGNALLED and guard not in _GUARD_WAS_ENDED:
        return f"ended because its guard had ended, with code {guard}"
    if task.job.reason:
        return f"exited with code {task.job.exit_code}: {task.job.reason}"
    if task.stop_code not in (_BY_ITSELF, ""):
        return f"exited with code {task.job.exit_code}: {_why(task)}"
    return ""


def _end(task: Task, now: datetime) -> datetime:
    # A stop that was asked for comes before its end, whatever two clocks say.
    known = [one for one in (task.started_at, _asked_at(task)) if one is not None]
    return max([task.ended_at or now, *known])


def _asked_at(task: Task) -> datetime | None:
    asked_at = task.stopped_reason.partition(_BY_US)[2]
    return instant(asked_at) if asked_at else None


def _why(task: Task) -> str:
    return task.stopped_reason or task.stop_code or "it gives no reason"


def _seen(
    task: Task, kind: Kind, at: datetime, reason: str = "", exit_code: int | None = None
) -> Observation:
    started_at = None if kind in (Kind.ACCEPTED, Kind.REFUSED, Kind.WITHDRAWN) else task.started_at
    if kind is Kind.STARTED:
        started_at = at
    return Observation(
        execution_id=task.execution_id,
        kind=kind,
        at=at,
        reason=reason,
        exit_code=exit_code,
        started_at=started_at,
        deadline=started_at + task.timeout if started_at and task.timeout else None,
        handle=task.arn,
        image=task.job.image,
    )
