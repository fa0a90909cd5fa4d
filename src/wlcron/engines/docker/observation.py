"""What the Engine API says -> Observation: events, inspected containers, and its errors."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from wlcron.core.execution import Kind, Observation
from wlcron.engines.docker import guard
from wlcron.engines.docker.request import DEADLINE, EXECUTION, INSTANCE, JOB, ROLE
from wlcron.engines.doubt import exit_code, instant, mapping, text, whole_number

_RUNNING = frozenset({"running", "paused", "restarting"})
_REMOVED = frozenset({"removing", "dead"})  # on its way, or failed on its way
_KILLED = 137
_TERMINATED = 143
_MIB = 1024 * 1024
_LONGEST_REFUSAL = 1000  # characters
_MOST_DIGITS = 10
# What stays with a job whose guard had ended when it was to be started.
_GUARD_WAS_GONE = re.compile(r"(?:is not|non) running|[Nn]o such container")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is known of a job's container (in a list: or of a guard's); all instants are in UTC."""

    execution_id: str
    instance: str
    role: str = JOB
    state: str  # Docker's: created, running, paused, restarting, removing, exited, dead
    deadline: datetime | None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    exit_code: int | None = None
    error: str = ""  # why it could not be started
    out_of_memory: bool = False
    memory: int = 0  # its limit in bytes; 0: none
    image: str = ""  # its id

    @property
    def is_running(self) -> bool:
        """Whether it has started and not ended."""
        return self.state in _RUNNING

    @property
    def never_ran(self) -> bool:
        """Whether it was made and not started; its removal tells no end of it."""
        is_removed = self.state in _REMOVED and self.started_at is None and self.ended_at is None
        return self.state == "created" or is_removed

    @property
    def was_refused(self) -> bool:
        """Whether it was made, and could not be started by a fault of its own."""
        return self.never_ran and bool(self.error) and not _GUARD_WAS_GONE.search(self.error)

    @property
    def is_doubtful(self) -> bool:
        """Whether more must be asked before its end can be told.

        Who was ended by a signal, or at the deadline, may have been ended by the guard; and who
        was killed may have used too much memory.
        """
        if self.exit_code in (None, _KILLED, _TERMINATED) or self.ended_at is None:
            return True
        return self.deadline is None or self.ended_at >= self.deadline


def died(event: Mapping[str, Any]) -> Job | None:
    """Return what an event of the kind `die` says of a job, or None when it is none of ours."""
    attributes = mapping(mapping(event.get("Actor")).get("Attributes"))
    is_job = attributes.get(ROLE) == JOB and text(attributes.get(EXECUTION))
    if event.get("Action") != "die" or not is_job:
        return None
    return Job(
        execution_id=text(attributes.get(EXECUTION)),
        instance=text(attributes.get(INSTANCE)),
        state="exited",
        deadline=instant(attributes.get(DEADLINE)),
        ended_at=_from_nanoseconds(whole_number(event.get("timeNano"))),
        exit_code=_digits(text(attributes.get("exitCode"))),
    )


def check_inspection(document: object) -> None:
    """Raise ValueError for an inspection that does not say how a container is."""
    state = mapping(mapping(document).get("State"))
    is_code = exit_code(state.get("ExitCode")) is not None
    if not (isinstance(state.get("Status"), str) and isinstance(state.get("Running"), bool)):
        raise ValueError("it does not say whether a container runs")  # noqa: TRY004 -- as others
    if not is_code:
        raise ValueError("it does not say how a container has ended")


def check_list(summaries: object) -> None:
    """Raise ValueError for a list of containers that does not say how they are."""
    if not isinstance(summaries, list):
        raise ValueError("it lists no containers")  # noqa: TRY004 -- as what cannot be read
    if not all(isinstance(mapping(each).get("State"), str) for each in summaries):
        raise ValueError("it lists containers without their state")


def inspected(document: Mapping[str, Any]) -> Job:
    """Return what the inspection of a job's container says, which was checked."""
    state = mapping(document.get("State"))
    labels = mapping(mapping(document.get("Config")).get("Labels"))
    return Job(
        execution_id=text(labels.get(EXECUTION)),
        instance=text(labels.get(INSTANCE)),
        state=text(state.get("Status")),
        deadline=instant(labels.get(DEADLINE)),
        started_at=instant(state.get("StartedAt")),
        ended_at=instant(state.get("FinishedAt")),
        exit_code=exit_code(state.get("ExitCode")),
        error=text(state.get("Error")),
        out_of_memory=state.get("OOMKilled") is True,
        memory=whole_number(mapping(document.get("HostConfig")).get("Memory")) or 0,
        image=text(document.get("Image")),
    )


def listed(summary: Mapping[str, Any]) -> Job:
    """Return what a checked list says of a container: its state, without instants and codes."""
    labels = mapping(summary.get("Labels"))
    return Job(
        execution_id=text(labels.get(EXECUTION)),
        instance=text(labels.get(INSTANCE)),
        role=text(labels.get(ROLE)),
        state=text(summary.get("State")),
        deadline=instant(labels.get(DEADLINE)),
    )


def truth(job: Job, guard_code: int | None, now: datetime) -> Observation:
    """Return what is true of a job; `guard_code` is its guard's exit code, None while it runs."""
    if job.is_running:
        return started(job, now)
    if not job.never_ran:
        return ended(job, guard_code, now)
    if job.was_refused:
        return refused(job.execution_id, in_plain_words(job.error), now)
    return Observation(execution_id=job.execution_id, kind=Kind.GONE, at=now)


def started(job: Job, now: datetime) -> Observation:
    """Return the observation of a job that runs."""
    return Observation(
        execution_id=job.execution_id,
        kind=Kind.STARTED,
        at=job.started_at or now,
        started_at=job.started_at or now,
        deadline=job.deadline,
        image=job.image,
    )


def ended(job: Job, guard_code: int | None, now: datetime) -> Observation:
    """Return the observation of a job's end.

    The guard's code is the proof of a time-out, whatever the clocks of server and daemon say.
    """
    timed_out = guard_code == guard.AT_DEADLINE
    at = job.ended_at or now
    if job.started_at is not None:
        at = max(at, job.started_at)  # of a very short job, Docker notes the end first
    return Observation(
        execution_id=job.execution_id,
        kind=Kind.TIMED_OUT if timed_out else Kind.EXITED,
        at=at,
        reason="" if timed_out else _reason(job, guard_code),
        exit_code=job.exit_code,
        started_at=job.started_at,
        deadline=job.deadline,
        image=job.image,
    )


def refused(execution_id: str, reason: str, now: datetime) -> Observation:
    """Return the observation of an execution that cannot be started."""
    return Observation(execution_id=execution_id, kind=Kind.REFUSED, at=now, reason=reason)


def in_plain_words(message: str) -> str:
    """Return what a daemon says about a container it cannot start, as one short sentence."""
    # runc wraps the one thing that counts in the names of all who passed it on.
    told = text(message).rsplit("unable to start container process: ", 1)[-1]
    told = " ".join(told.removesuffix(": unknown").split())[:_LONGEST_REFUSAL]
    for pattern, sentence in _SENTENCES:
        if match := pattern.search(told):
            return match.expand(sentence)
    return f"Docker refuses to start it: {told}"


_SENTENCES = (
    (
        re.compile(r'exec: "(.+?)": executable file not found'),
        r'the image has no command "\1": correct description.arguments',
    ),
    (
        re.compile(r'exec: "(.+?)": stat .*no such file or directory'),
        r'the image has no file "\1": correct description.arguments',
    ),
    (
        re.compile(r'exec: "(.+?)": (?:permission denied|is a directory)'),
        r'"\1" in the image cannot be executed: make it an executable file, or name another one',
    ),
    (
        re.compile(r"unable to find user (.+?):"),
        r'the image has no user "\1": correct description.user',
    ),
)


def _reason(job: Job, guard_code: int | None) -> str:
    if job.out_of_memory and job.exit_code == _KILLED:
        limit = f" of {job.memory / _MIB:g} MiB" if job.memory else ""
        return f"killed: it used more than its memory limit{limit}"
    if job.exit_code in {_KILLED, _TERMINATED} and guard_code:
        how = "asked to end" if guard_code == guard.ON_REQUEST else "killed"
        return f"ended with its guard, which was {how} (did Docker shut down?)"
    return ""


def _from_nanoseconds(count: int | None) -> datetime | None:
    return datetime.fromtimestamp(count / 1e9, UTC) if count else None


def _digits(code: str) -> int | None:
    return exit_code(int(code)) if code.isdecimal() and len(code) <= _MOST_DIGITS else None
