"""What ECS says of a task is translated to what it means for an execution."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.engines.ecs.tasks import (
    ARN,
    ENDED_AT,
    EXECUTION,
    STARTED_AT,
    STOPPING_AT,
    box,
    ours,
    seen,
    stopped,
)
from tests.samples import HOUR, SECOND
from wlcron.core.execution import Kind, Status, advance
from wlcron.engines.ecs.observation import may_be_tried_again, stop_reason
from wlcron.engines.ecs.task import instant, read_task

BEGUN = datetime.fromisoformat(STARTED_AT)
OVER = datetime.fromisoformat(ENDED_AT)


def outcome(event: dict[str, Any]) -> tuple[Status, str]:
    """Return the status and the reason that the row gets."""
    change = advance(EXECUTION, seen(event))
    assert change is not None
    return change.execution.status, change.execution.reason


def test_a_task_that_runs_has_started() -> None:
    """The start is the task's, the deadline one timeout later, the handle the task's ARN."""
    told = seen(ours())
    assert (told.execution_id, told.kind, told.handle) == (EXECUTION.id, Kind.STARTED, ARN)
    assert (told.at, told.started_at, told.deadline) == (BEGUN, BEGUN, BEGUN + HOUR)


def test_a_warning_of_an_interruption_is_no_end() -> None:
    """The task runs for two more minutes, and then an event says how it ended."""
    event = ours(desiredStatus="STOPPED", stopCode="SpotInterruption")
    assert seen(event).kind is Kind.STARTED


@pytest.mark.parametrize("exit_code", [0, 1, 124, 139, 255, -1073741819])
def test_a_job_that_ends_by_itself_says_so_by_its_exit_code(exit_code: int) -> None:
    """124 of the job itself is no time-out; Windows' codes are larger than a byte."""
    told = seen(stopped(job=exit_code))
    assert (told.kind, told.exit_code, told.handle) == (Kind.EXITED, exit_code, ARN)
    assert (told.started_at, told.at, told.deadline) == (BEGUN, OVER, BEGUN + HOUR)
    expected = Status.SUCCESS if exit_code == 0 else Status.FAILED
    assert outcome(stopped(job=exit_code))[0] is expected


@pytest.mark.parametrize("job", [143, 137, 0, None])
def test_a_guard_that_exits_124_has_ended_it_at_its_deadline(job: int | None) -> None:
    """The guard's code is the proof, also of a job that ends politely or at the same moment."""
    told = seen(stopped(job=job, guard=124))
    assert (told.kind, told.exit_code) == (Kind.TIMED_OUT, job)
    assert outcome(stopped(job=job, guard=124))[0] is Status.TIMEOUT


@pytest.mark.parametrize("guard", [0, 143, 137, None])
def test_a_guard_that_was_ended_says_nothing(guard: int | None) -> None:
    """The job ended first, and ECS ended the guard, politely or not."""
    assert seen(stopped(job=3, guard=guard)).kind is Kind.EXITED
    assert outcome(stopped(job=0, guard=guard)) == (Status.SUCCESS, "finished")


def test_a_guard_that_failed_is_named() -> None:
    """The job was not to blame."""
    status, reason = outcome(stopped(job=143, guard=1))
    assert (status, reason) == (Status.FAILED, "ended because its guard had ended, with code 1")


def test_the_end_is_when_the_job_ended() -> None:
    """ECS needs a while until a task has stopped; and it may notice late, or end the rest late."""
    assert seen(stopped()).at == OVER
    assert seen(stopped(executionStoppedAt=STOPPING_AT, stoppingAt=ENDED_AT)).at == OVER
    assert seen(stopped(executionStoppedAt=None)).at == instant(STOPPING_AT)
    bare = stopped(executionStoppedAt=None, stoppingAt=None)
    assert seen(bare).at == instant("2026-11-23T12:05:30Z")
    assert seen(stopped(executionStoppedAt="2026-11-23T12:00:00Z")).at == BEGUN


def test_a_stop_that_was_asked_for_is_one_whatever_the_clocks_say() -> None:
    """ECS's clock may be behind ours; StopTask's reason tells when it was asked for."""
    asked_at = OVER + 2 * SECOND
    event = stopped(job=143, stopCode="UserInitiated", stoppedReason=stop_reason(asked_at))
    told = seen(event)
    assert (told.kind, told.at, told.exit_code) == (Kind.EXITED, asked_at, 143)


def test_a_stop_just_before_the_deadline_is_no_timeout() -> None:
    """The guard's time may come while the job uses its grace."""
    event = stopped(job=0, guard=124, stopCode="UserInitiated", stoppedReason=stop_reason(OVER))
    assert seen(event).kind is Kind.EXITED


def test_who_was_stopped_behind_our_back_did_not_finish() -> None:
    """Somebody used ECS's console: that is no success, however the job took it."""
    event = stopped(job=0, stopCode="UserInitiated", stoppedReason="Task stopped by user")
    assert outcome(event) == (Status.FAILED, "stopped in ECS: Task stopped by user")
    assert seen(event).exit_code is None


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("SpotInterruption", "Your Spot Task was interrupted."),
        ("TerminationNotice", "Your Spot Task was interrupted."),
        ("InfrastructureHealth", "Host EC2 (instance i-0123) stopped/terminated."),
        ("ServiceSchedulerInitiated", "Scaling activity initiated by (deployment ecs-svc/1)"),
    ],
)
@pytest.mark.parametrize("exit_code", [0, 143, None])
def test_who_was_ended_by_aws_has_failed(code: str, reason: str, exit_code: int | None) -> None:
    """It ran, and did not finish; the reason is AWS's own."""
    event = stopped(job=exit_code, guard=exit_code, stopCode=code, stoppedReason=reason)
    assert outcome(event) == (Status.FAILED, f"ended by ECS: {reason}")


@pytest.mark.parametrize("code", [None, "SomethingNew"])
def test_a_stop_code_that_is_unknown_leaves_it_to_the_exit_code(code: str | None) -> None:
    """What ECS invents later is told, and is no reason to lose an end."""
    assert outcome(stopped(job=0, stopCode=code))[0] is Status.SUCCESS
    status, reason = outcome(stopped(job=None, stopCode=code, stoppedReason="Host terminated."))
    assert (status, reason) == (Status.FAILED, "ECS knows no exit code of it: Host terminated.")


@pytest.mark.parametrize("containers", [[], None, [box("job", None, exitCode=None)]])
def test_an_end_without_an_exit_code_is_a_failure(containers: list[Any] | None) -> None:
    """What is not known to have succeeded has not."""
    status, reason = outcome(stopped(containers=containers))
    assert status is Status.FAILED
    assert reason == "ECS knows no exit code of it: Essential container in task exited"


def test_the_digest_of_the_jobs_image_is_told() -> None:
    """`latest` may be another one tomorrow."""
    digest = "sha256:7a1b3560655071bcacd66902c20ebe9a69470d5691fe3bd36baace7c2f3c4640"
    boxes = [box("job", 0, imageDigest=digest), box("guard", 0, imageDigest="sha256:0")]
    assert seen(stopped(containers=boxes)).image == digest
    assert seen(stopped(containers=[box("job", 0, imageDigest=7)])).image == ""


def test_too_little_memory_is_said_in_words() -> None:
    """137 alone says nothing to most people."""
    oom = "OutOfMemoryError: Container killed due to memory usage"
    job = box("job", 137, reason=oom, memory="512")
    status, reason = outcome(stopped(containers=[job, box("guard", 0)]))
    assert status is Status.FAILED
    assert reason == "killed: it used more than its memory limit of 512 MiB"


NO_IMAGE = "CannotPullContainerError: pull image manifest has been retried 1 time(s): not found"


@pytest.mark.parametrize("exit_code", [None, 127])
@pytest.mark.parametrize("code", ["TaskFailedToStart", "EssentialContainerExited", None])
def test_what_could_not_be_started_is_refused(exit_code: int | None, code: str | None) -> None:
    """Nothing ran, so it is no failure of the job; the container's reason says most."""
    job = box("job", exit_code, reason=NO_IMAGE)
    event = stopped(containers=[job, box("guard", 0)], startedAt=None, stopCode=code)
    told = seen(event)
    assert (told.kind, told.exit_code, told.started_at) == (Kind.REFUSED, None, None)
    assert outcome(event) == (Status.ERROR, f"ECS could not start it: {NO_IMAGE}")


def test_a_guard_that_could_not_be_started_is_named() -> None:
    """Its image is the operator's affair."""
    containers = [box("job"), box("guard", None, reason=NO_IMAGE)]
    status, reason = outcome(
        stopped(containers=containers, startedAt=None, stopCode="TaskFailedToStart")
    )
    assert status is Status.ERROR
    assert reason == f"its guard cannot be started: {NO_IMAGE}; correct aws.guard-image"


def test_a_task_that_failed_to_start_without_containers_is_refused() -> None:
    """ECS may tell of none."""
    event = stopped(
        containers=[],
        startedAt=None,
        stopCode="TaskFailedToStart",
        stoppedReason="ResourceInitializationError: unable to pull secrets",
    )
    assert outcome(event)[0] is Status.ERROR
    assert "unable to pull secrets" in outcome(event)[1]


@pytest.mark.parametrize("reason", [stop_reason(OVER), "Task stopped by user"])
def test_who_was_stopped_before_it_ran_is_withdrawn(reason: str) -> None:
    """Nothing failed."""
    event = stopped(
        job=None, guard=None, startedAt=None, stopCode="UserInitiated", stoppedReason=reason
    )
    assert seen(event).kind is Kind.WITHDRAWN
    assert outcome(event)[0] is Status.STOPPED


def test_a_job_quicker_than_ecs_has_a_start_nevertheless() -> None:
    """The task never was RUNNING; its images were there, and it ran."""
    told = seen(stopped(startedAt=None))
    assert told.kind is Kind.EXITED
    assert told.started_at == instant(ours()["detail"]["pullStoppedAt"])


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        ("Capacity is unavailable at this time. Please try again later", True),
        ("RESOURCE:ENI", True),
        ("CannotPullContainerError: not found", False),
    ],
)
def test_a_want_of_a_place_may_pass(reason: str, *, expected: bool) -> None:
    """Such a task never ran, and another one may."""
    event = stopped(
        containers=[], startedAt=None, stopCode="TaskFailedToStart", stoppedReason=reason
    )
    assert may_be_tried_again(read_task(event["detail"])) is expected
    assert not may_be_tried_again(read_task(stopped(stoppedReason=reason)["detail"]))


@pytest.mark.parametrize("value", [1795435240.5, "2026-11-23T12:00:40.500Z", BEGUN])
def test_an_instant_is_one_however_it_is_written(value: object) -> None:
    """Events have ISO 8601, the API seconds, and botocore its own."""
    assert instant(value) == BEGUN


@pytest.mark.parametrize("value", [None, "soon", {}, "", 1e40, float("nan"), "2026-13-01T00:00Z"])
def test_what_is_no_instant_is_none(value: object) -> None:
    """Nothing is made up."""
    assert instant(value) is None


@pytest.mark.parametrize("value", ["", "long", "-1", "inf", "nan", "1e300", None, 5])
def test_a_timeout_that_is_none_leaves_the_deadline_open(value: object) -> None:
    """Whatever stands in the overrides, the start is told."""
    guard = {"name": "guard", "environment": [{"name": "WL_TIMEOUT", "value": value}]}
    told = seen(ours(overrides={"containerOverrides": [guard]}))
    assert (told.kind, told.deadline) == (Kind.STARTED, None)


def test_the_deadline_needs_no_request() -> None:
    """It is in every event, also in that of an end which overtakes its start."""
    told = seen(stopped())
    assert told.deadline is not None
    assert told.started_at is not None
    assert told.deadline - told.started_at == timedelta(hours=1)
