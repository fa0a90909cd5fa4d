"""Change -> ping of Healthchecks' Pinging API.

What is told, and when, is what Cronitor is told: see `monitors/cronitor/signal.py`. One thing
differs. An end whose start nobody saw comes alone: `/start` has no stamp, so that one sent now
would make Healthchecks measure the time between two requests.
"""

from dataclasses import dataclass

from wlcron.core.execution import Change, Execution, Status
from wlcron.core.redaction import redact
from wlcron.monitors.http import message

_BAD = frozenset({Status.FAILED, Status.TIMEOUT, Status.ERROR, Status.LOST, Status.MISSED})
_HIGHEST_STATUS = 255


@dataclass(frozen=True, slots=True)
class Ping:
    """One ping."""

    suffix: str  # start, fail, or an exit status
    rid: str  # joins a start with its end
    body: str = ""


def ping_of(change: Change) -> Ping | None:
    """Return what Healthchecks is told of a change, if anything."""
    execution = change.execution
    if execution.status is Status.RUNNING:
        return Ping("start", execution.id)
    suffix = _suffix(execution)
    return Ping(suffix, execution.id, message(redact(execution.reason))) if suffix else None


def _suffix(execution: Execution) -> str:
    status, code = execution.status, execution.exit_code
    if status in _BAD:
        # 0 is success there, and a job may exit with it after its guard has ended it.
        return str(code) if code is not None and 0 < code <= _HIGHEST_STATUS else "fail"
    if status is Status.SUCCESS:
        return "0"
    # Somebody wanted it to end, and knows; before its start there is no start to be ended.
    is_ended = status is Status.STOPPED and execution.started_at is not None
    # SKIPPED is not told: the earlier execution is running and tells its own end.
    return "0" if is_ended else ""
