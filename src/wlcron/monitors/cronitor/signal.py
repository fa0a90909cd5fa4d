"""Change -> pings of Cronitor's Telemetry API.

`run` is told when an execution is RUNNING, not when it is PENDING or STARTING: up to there it may
wait its turn, pull its image, become overdue or be withdrawn, and Cronitor would count that as
running time, or wait for the end of something that never began. Told of a `run` late, Cronitor
alerts of a missed start, and that is true.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote_plus

from wlcron.core.execution import Change, Execution, Status
from wlcron.core.redaction import redact
from wlcron.monitors.http import LONGEST_MESSAGE, message

# What a message may take in a URL: many servers read no more than 8 KB of a request's first line.
LONGEST_QUOTED = 4000

_STATES = {
    Status.SUCCESS: "complete",
    Status.FAILED: "fail",
    Status.TIMEOUT: "fail",
    Status.ERROR: "fail",
    Status.LOST: "fail",
    Status.MISSED: "fail",
    # Somebody wanted it to end, and knows. `fail` would wake people up over it; to say nothing
    # would leave a run open, and alert of its duration later on.
    Status.STOPPED: "complete",
    # SKIPPED is not here. For an overlap, the earlier execution is running and tells its own end:
    # a word in between would close or fail that one. In a pause nothing is expected.
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ping:
    """One telemetry event."""

    state: str
    series: str  # joins a run with its end
    stamp: datetime
    message: str = ""
    duration: timedelta | None = None
    exit_code: int | None = None


def pings(change: Change) -> tuple[Ping, ...]:
    """Return what Cronitor is told of a change, in order.

    An end carries its run with it where nobody has seen that it was RUNNING. Told twice, both say
    the same of the same series, with the same stamps.
    """
    execution = change.execution
    if execution.status is Status.RUNNING:
        return (_run(execution, execution.started_at or change.at),)
    state = _STATES.get(execution.status)
    if state is None:
        return ()
    if execution.started_at is None:
        # Stopped before it began: no run was told, and `complete` would be an invention.
        return () if execution.status is Status.STOPPED else (_end(execution, state, change.at),)
    end = _end(execution, state, change.at)
    if change.before is Status.RUNNING:
        return (end,)
    return _run(execution, execution.started_at), end


def parameters(ping: Ping, host: str, environment: str) -> list[tuple[str, str]]:
    """Return a ping as a query, in the order of Cronitor's own library."""
    return [
        ("state", ping.state),
        *([("message", ping.message)] if ping.message else []),
        ("series", ping.series),
        ("host", host),
        *([("metric", f"duration:{_seconds(ping.duration)}")] if ping.duration is not None else []),
        ("stamp", f"{ping.stamp.timestamp():.3f}"),
        *([("env", environment)] if environment else []),
        *([("status_code", str(ping.exit_code))] if ping.exit_code is not None else []),
    ]


def _run(execution: Execution, at: datetime) -> Ping:
    return Ping(state="run", series=execution.id, stamp=at)


def _end(execution: Execution, state: str, at: datetime) -> Ping:
    is_stopped = execution.status is Status.STOPPED
    return Ping(
        state=state,
        series=execution.id,
        stamp=execution.ended_at or at,
        message="" if execution.status is Status.SUCCESS else _message(redact(execution.reason)),
        duration=execution.duration,
        # 143 of a job that somebody stopped would contradict `complete`.
        exit_code=None if is_stopped else execution.exit_code,
    )


def _message(reason: str) -> str:
    longest = LONGEST_MESSAGE
    while len(quote_plus(message(reason, longest), errors="replace")) > LONGEST_QUOTED:
        longest = longest * 3 // 4
    return message(reason, longest)


def _seconds(duration: timedelta) -> str:
    return f"{duration.total_seconds():.3f}".rstrip("0").rstrip(".")
