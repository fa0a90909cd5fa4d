"""start_request(execution, cron, …): what the guard is asked to start."""

from collections.abc import Mapping
from datetime import datetime

from wlcron.core.cron import Cron
from wlcron.core.execution import Execution
from wlcron.engines.environment import environment
from wlcron.engines.host.protocol import StartRequest

INHERITED = ("PATH", "HOME", "LANG")


def start_request(
    execution: Execution,
    cron: Cron,
    *,
    now: datetime,
    uptime: float,
    inherited: Mapping[str, str],
    log_limit: int,
) -> StartRequest:
    """Make the request for an execution whose timeout begins `now` (zone-aware).

    `uptime` is the same instant by CLOCK_BOOTTIME, in seconds; `inherited` is the server's
    environment, of which PATH, HOME and LANG are passed on; `log_limit` is in bytes.
    """
    container, timeout = cron.definition.description, cron.definition.timeout
    deadline = now + timeout
    names = [name for name in INHERITED if not (name == "HOME" and container.user)]
    passed = {name: inherited[name] for name in names if name in inherited}
    return {
        "id": execution.id,
        "arguments": list(arguments(execution, cron)),
        "env": {**passed, **environment(execution, cron, deadline)},
        "directory": container.working_directory,
        "user": container.user,
        "memory": container.memory,
        "cpu": container.cpu,
        "deadline": deadline.timestamp(),
        "ends_at": uptime + timeout.total_seconds(),
        "grace": container.stop_grace.total_seconds(),
        "log_limit": log_limit,
    }


def arguments(execution: Execution, cron: Cron) -> tuple[str, ...]:
    """Return the command of an execution: the cron's, or the one it was given for this time."""
    overrides = execution.overrides
    if overrides is not None and overrides.arguments is not None:
        return overrides.arguments
    return cron.definition.description.arguments
