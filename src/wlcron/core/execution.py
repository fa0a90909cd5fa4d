"""Executions and the one rule that moves them: advance(execution, observation) -> change."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum


class Status(StrEnum):
    """Where an execution is. A closed set: every slot ends in exactly one final status."""

    PENDING = "PENDING"
    STARTING = "STARTING"
    RUNNING = "RUNNING"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    TIMEOUT = "TIMEOUT"
    STOPPED = "STOPPED"
    ERROR = "ERROR"
    LOST = "LOST"
    SKIPPED = "SKIPPED"
    MISSED = "MISSED"

    @property
    def is_active(self) -> bool:
        """Whether an execution of this status occupies its cron."""
        return self in ACTIVE

    @property
    def is_final(self) -> bool:
        """Whether nothing may follow."""
        return self not in ACTIVE


ACTIVE = frozenset({Status.PENDING, Status.STARTING, Status.RUNNING})
BEING_STARTED = "being started"
LEASE = timedelta(seconds=30)
LONGEST_LEASE = timedelta(minutes=10)
_RANK = {Status.PENDING: 0, Status.STARTING: 1, Status.RUNNING: 2}


class Kind(StrEnum):
    """What an observation says."""

    PROGRESS = "progress"  # still on the way to its start; the reason says how far
    ACCEPTED = "accepted"  # the engine has taken it over, will start it, and will tell
    STARTED = "started"
    EXITED = "exited"  # by itself, or by a stop that was asked for
    TIMED_OUT = "timed-out"  # ended by its guard at the deadline
    REFUSED = "refused"  # the engine could not start it and says why
    GONE = "gone"  # the engine knows nothing of it (any more)
    OVERDUE = "overdue"  # it was not started while it was worth starting
    WITHDRAWN = "withdrawn"  # stopped before anything was started


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """What `wl cron run` changes for one execution."""

    arguments: tuple[str, ...] | None = None
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """The one row that a slot ends in. All instants are zone-aware, in UTC."""

    id: str
    cron_id: str
    cron_name: str
    cron_version: int
    slot: datetime  # the scheduled time; of a manual slot the instant it was asked for
    manual: bool = False
    status: Status
    reason: str  # one sentence for a person: why it is where it is
    created_at: datetime
    start_by: datetime  # not worth starting after this
    attempt: int = 0  # how often its start was tried
    holder: str = ""  # the engine that was to start it, and alone knows of it
    lease_until: datetime | None = None  # until then one launcher is starting it
    started_at: datetime | None = None
    deadline: datetime | None = None
    ended_at: datetime | None = None
    exit_code: int | None = None
    stop_asked_at: datetime | None = None
    stop_reason: str = ""
    overrides: Overrides | None = None
    handle: str = ""  # what the engine calls it, where that is not its id: a task's ARN
    image: str = ""  # the digest of what it ran, where the engine told it

    @property
    def is_final(self) -> bool:
        """Whether nothing may follow."""
        return self.status.is_final

    @property
    def duration(self) -> timedelta | None:
        """How long it ran, once it is over."""
        if self.started_at is None or self.ended_at is None:
            return None
        return max(self.ended_at - self.started_at, timedelta(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """What is seen of an execution: may come twice, late, and in any order.

    One that tells an end carries the start as well (where there was one), so that an end
    that overtakes its start leaves the same row.
    """

    execution_id: str
    kind: Kind
    at: datetime  # when it happened, not when it was seen
    reason: str = ""
    exit_code: int | None = None
    started_at: datetime | None = None
    deadline: datetime | None = None
    handle: str = ""
    image: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A move from one status to another: history, timeline and outbox at once."""

    execution: Execution  # as it is after the move
    before: Status | None  # None: the row was made by it
    at: datetime


_UNDER_WAY = frozenset({Kind.PROGRESS, Kind.ACCEPTED})
_MEANING = {
    Kind.STARTED: (Status.RUNNING, "running"),
    Kind.TIMED_OUT: (Status.TIMEOUT, "ended by its guard at its timeout"),
    Kind.REFUSED: (Status.ERROR, "the engine refused to start it"),
    Kind.GONE: (Status.LOST, "the engine no longer knows it"),
    Kind.OVERDUE: (Status.MISSED, "it was not started in time"),
    Kind.WITHDRAWN: (Status.STOPPED, "stopped before it was started"),
}


def advance(execution: Execution, seen: Observation) -> Change | None:
    """Return the change that an observation makes, or None when it is stale or says nothing new.

    Final statuses absorb: whatever comes after them is None.
    """
    if execution.is_final or seen.kind in _UNDER_WAY:
        return None
    status, reason = _outcome(execution, seen)
    if status.is_active and _RANK[status] <= _RANK[execution.status]:
        return None
    after = replace(
        execution,
        status=status,
        reason=reason,
        started_at=execution.started_at or seen.started_at,
        deadline=execution.deadline or seen.deadline,
        ended_at=seen.at if status.is_final else None,
        exit_code=seen.exit_code,
        lease_until=None,
        handle=seen.handle or execution.handle,
        image=seen.image or execution.image,
    )
    return Change(after, execution.status, seen.at)


def claimed(execution: Execution, now: datetime, lease: timedelta, holder: str = "") -> Execution:
    """Return a PENDING or abandoned STARTING execution as its next launcher holds it."""
    attempt = execution.attempt + 1
    # A repeated start keeps the sentence that says why the one before it came to nothing.
    reason = BEING_STARTED if attempt == 1 else execution.reason
    return replace(
        execution,
        status=Status.STARTING,
        reason=reason,
        attempt=attempt,
        holder=holder,
        lease_until=now + lease,
    )


def is_abandoned(execution: Execution, now: datetime) -> bool:
    """Whether a start was begun that nobody holds any more, so that it has to be repeated."""
    until = execution.lease_until
    if execution.status is not Status.STARTING:
        return False
    # No lease is given for longer: one that seems to be was given before the clock was set back.
    return until is None or until <= now or until > now + LONGEST_LEASE


def _outcome(execution: Execution, seen: Observation) -> tuple[Status, str]:
    if seen.kind is Kind.EXITED:
        return _exit_outcome(execution, seen)
    if seen.kind is Kind.WITHDRAWN and execution.stop_reason:
        return Status.STOPPED, execution.stop_reason
    status, reason = _MEANING[seen.kind]
    return status, seen.reason or reason


def _exit_outcome(execution: Execution, seen: Observation) -> tuple[Status, str]:
    asked = execution.stop_asked_at
    # An end that lies before the request is the job's own, however late it is heard of.
    if asked is not None and seen.at >= asked:
        return Status.STOPPED, execution.stop_reason or "stopped on request"
    if seen.exit_code == 0:
        return Status.SUCCESS, seen.reason or "finished"
    return Status.FAILED, seen.reason or f"exited with code {seen.exit_code}"
