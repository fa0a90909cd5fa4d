"""What the API answers, and how core values become it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from wlcron.api.alert_schemas import IncidentOut
from wlcron.api.texts import Words
from wlcron.core.cron import Cron
from wlcron.core.execution import Execution, Status
from wlcron.cronfile import as_document
from wlcron.registry import Divergence
from wlcron.schedule import ScheduleError


class ExecutionOut(BaseModel):
    """An execution; instants in UTC, durations in seconds."""

    id: str
    cron: str
    cron_version: int
    slot: datetime
    manual: bool
    status: Status
    reason: str
    created_at: datetime
    attempt: int
    started_at: datetime | None
    deadline: datetime | None
    ended_at: datetime | None
    duration: float | None
    exit_code: int | None
    stop_asked_at: datetime | None
    image: str | None = Field(description="the digest of what it ran, where the engine told it")

    @classmethod
    def of(cls, execution: Execution) -> "ExecutionOut":
        """Make it from the core's value."""
        duration = execution.duration
        return cls(
            id=execution.id,
            cron=execution.cron_name,
            cron_version=execution.cron_version,
            slot=execution.slot,
            manual=execution.manual,
            status=execution.status,
            reason=execution.reason,
            created_at=execution.created_at,
            attempt=execution.attempt,
            started_at=execution.started_at,
            deadline=execution.deadline,
            ended_at=execution.ended_at,
            duration=None if duration is None else duration.total_seconds(),
            exit_code=execution.exit_code,
            stop_asked_at=execution.stop_asked_at,
            image=execution.image or None,
        )


class PauseOut(BaseModel):
    """The pause that holds now."""

    since: datetime
    until: datetime | None
    reason: str


class RegistrationOut(BaseModel):
    """What is made for a cron outside, and how far that is."""

    settled: bool
    leaving: bool = Field(description="the cron is being deleted")
    parts: Mapping[str, str] = Field(description="what was made: its kind -> its name")
    problem: str


class CronOut(BaseModel):
    """A cron and where it stands."""

    name: str
    version: int
    schedule: str
    timezone: str
    explanation: str
    timeout: float
    created_at: datetime
    updated_at: datetime
    next_due: datetime | None
    paused: PauseOut | None
    status: Status | None = Field(description="of what is active, else of the last execution")
    active: ExecutionOut | None
    last: ExecutionOut | None
    registration: RegistrationOut | None = Field(description="None: nothing has to be made")
    remarks: tuple[str, ...]
    labels: Mapping[str, str]


class WholeCronOut(CronOut):
    """A cron with its definition, as a document and as it was given."""

    definition: dict[str, Any]
    source: str


class CronsOut(BaseModel):
    """A page of crons; `next` goes into `after` for the following page."""

    crons: list[CronOut]
    next: str | None


class ExecutionsOut(BaseModel):
    """A page of a cron's executions; `next` goes into `before` for the following page."""

    cron: CronOut
    executions: list[ExecutionOut]
    incidents: list[IncidentOut] = Field(description="those of this cron that are open")
    next: str | None


class DefinedOut(BaseModel):
    """What became of a cron file."""

    cron: WholeCronOut
    outcome: str
    changes: list[str]


class DeletedOut(BaseModel):
    """The cron that is no more."""

    cron: WholeCronOut


class FindingOut(BaseModel):
    """One line of the doctor's."""

    good: bool
    subject: str
    says: str


class FindingsOut(BaseModel):
    """What the doctor found."""

    findings: list[FindingOut]


class DifferenceOut(BaseModel):
    """One thing outside that is not as the store says."""

    what: Divergence
    cron: str
    part: str


class ReconciledOut(BaseModel):
    """What differed outside."""

    differences: list[DifferenceOut]
    mended: bool = Field(description="false on a dry run")


class PauseIn(BaseModel, extra="forbid"):
    """For how long, and why."""

    seconds: float | None = Field(
        None, alias="for", gt=0, le=366 * 86400, description="None: until it is resumed"
    )
    reason: Words = ""


class RunIn(BaseModel, extra="forbid"):
    """What this one execution has of its own."""

    arguments: list[str] | None = None
    env: dict[str, str] = {}


class StopIn(BaseModel, extra="forbid"):
    """Why it is stopped."""

    reason: Words = ""


class Latest(BaseModel):
    """The executions that say how a cron stands."""

    active: ExecutionOut | None = None
    last: ExecutionOut | None = None


def summary(cron: Cron, latest: Latest, remarks: tuple[str, ...], now: datetime) -> dict[str, Any]:
    """Return the fields that CronOut and WholeCronOut share."""
    pause = cron.pause if cron.is_paused(now) and cron.pause else None
    current = latest.active or latest.last
    explanation, mistakes = _explained(cron)
    made = cron.registration
    return {
        "name": cron.name,
        "version": cron.version,
        "schedule": cron.definition.schedule,
        "timezone": cron.definition.timezone,
        "explanation": explanation,
        "timeout": cron.definition.timeout.total_seconds(),
        "created_at": cron.created_at,
        "updated_at": cron.updated_at,
        "next_due": cron.next_due,
        "paused": pause and PauseOut(since=pause.since, until=pause.until, reason=pause.reason),
        "status": current and current.status,
        "active": latest.active,
        "last": latest.last,
        "registration": made
        and RegistrationOut(
            settled=made.settled, leaving=made.leaving, parts=made.parts, problem=made.problem
        ),
        "remarks": (*remarks, *mistakes, *_unsettled(cron)),
        "labels": dict(cron.definition.labels),
    }


def whole(cron: Cron, latest: Latest, remarks: tuple[str, ...], now: datetime) -> WholeCronOut:
    """Return a cron with everything that is known of it."""
    return WholeCronOut(
        **summary(cron, latest, remarks, now),
        definition=as_document(cron.definition),
        source=cron.source,
    )


def _explained(cron: Cron) -> tuple[str, tuple[str, ...]]:
    """Return what the schedule means, and remarks on it."""
    try:
        return cron.schedule().explain(), ()
    except ScheduleError as error:  # its time zone may have left the machine since
        return str(error), (str(error),)


def _unsettled(cron: Cron) -> tuple[str, ...]:
    """Return how far it is with what is made outside, where that is worth a word."""
    made = cron.registration
    if made is None or made.settled:
        return ()
    if made.leaving:
        return (f"it is being deleted{_because(made.problem)}",)
    return (f"what it needs outside is not made yet{_because(made.problem)}",)


def _because(problem: str) -> str:
    return f": {problem}" if problem else ""
