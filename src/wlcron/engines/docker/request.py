"""Execution -> what the Engine API is asked for: the guard's container and the job's."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from wlcron import __version__
from wlcron.core.cron import Container, Cron
from wlcron.core.execution import Execution
from wlcron.engines.docker.guard import NAP, SCRIPT
from wlcron.engines.environment import environment

INSTANCE = "wlcron.instance"
EXECUTION = "wlcron.execution"
CRON = "wlcron.cron"
ROLE = "wlcron.role"
DEADLINE = "wlcron.deadline"
VERSION = "wlcron.version"
JOB = "job"
GUARD = "guard"

LEAST_MEMORY = 6 * 1024 * 1024  # what Docker accepts, bytes
_LEAST_LOG_FILE = 1_000_000  # bytes
_NANO = 1_000_000_000


@dataclass(frozen=True, slots=True)
class House:
    """What all requests of one server share."""

    instance: str  # the server's name at the daemon: containers with it are its own
    guard_image: str
    log_limit: int  # bytes kept of one execution's output


def job_name(execution_id: str) -> str:
    """Return the name of a job's container: the same execution never has two."""
    return f"wl-{execution_id}"


def guard_name(execution_id: str) -> str:
    """Return the name of a guard's container."""
    return f"wl-{execution_id}-guard"


def guard_request(
    house: House, execution: Execution, cron: Cron, deadline: datetime
) -> dict[str, Any]:
    """Return the body that creates the guard's container.

    It has no network namespace of its own, because making one is half of a container's start;
    it holds one right, to signal the processes of other users. It has no limits: a guard that
    hits one takes its job along.
    """
    grace = cron.definition.description.stop_grace
    return {
        "Image": house.guard_image,
        "Entrypoint": ["/bin/sh", "-c", SCRIPT],
        "Env": [
            f"TIMEOUT={math.ceil(cron.definition.timeout / timedelta(milliseconds=10))}",
            f"NAP={NAP}",
            f"GRACE={math.ceil(grace / timedelta(milliseconds=100))}",
        ],
        "User": "0",
        "Labels": _labels(house, execution, deadline, GUARD),
        "StopTimeout": math.ceil(grace.total_seconds()) + 5,
        "HostConfig": {
            "NetworkMode": "host",
            "LogConfig": {"Type": "none"},
            "CapDrop": ["ALL"],
            "CapAdd": ["KILL"],
            "ReadonlyRootfs": True,
            "SecurityOpt": ["no-new-privileges"],
        },
    }


def job_request(
    house: House, execution: Execution, cron: Cron, deadline: datetime
) -> dict[str, Any]:
    """Return the body that creates the job's container, in the guard's PID namespace."""
    container = cron.definition.description
    variables = environment(execution, cron, deadline)
    return {
        "Image": container.image,
        **_command(execution, container),
        "Env": [f"{name}={value}" for name, value in variables.items()],
        "Labels": _labels(house, execution, deadline, JOB),
        "StopTimeout": math.ceil(container.stop_grace.total_seconds()),
        "HostConfig": {
            "PidMode": f"container:{guard_name(execution.id)}",
            "LogConfig": _log_config(house.log_limit),
            **_limits(container),
        },
    }


def filters(instance: str, role: str | None = None) -> Mapping[str, list[str]]:
    """Return the filters that find the containers of one server."""
    labels = [f"{INSTANCE}={instance}"]
    return {"label": [*labels, f"{ROLE}={role}"] if role else labels}


def _labels(house: House, execution: Execution, deadline: datetime, role: str) -> dict[str, str]:
    return {
        INSTANCE: house.instance,
        EXECUTION: execution.id,
        CRON: execution.cron_name,
        ROLE: role,
        DEADLINE: deadline.isoformat(),
        VERSION: __version__,
    }


def _command(execution: Execution, container: Container) -> dict[str, Any]:
    arguments = container.arguments
    if execution.overrides is not None and execution.overrides.arguments is not None:
        arguments = execution.overrides.arguments
    given = {
        "Cmd": list(arguments),
        "User": container.user,
        "WorkingDir": container.working_directory,
    }
    # What is not given is the image's own.
    return {key: value for key, value in given.items() if value}


def _limits(container: Container) -> dict[str, int]:
    limits: dict[str, int] = {}
    if container.memory is not None:
        # Without the second one a job may use as much swap again.
        limits |= {"Memory": container.memory, "MemorySwap": container.memory}
    if container.cpu is not None:
        limits["NanoCpus"] = round(container.cpu * _NANO)
    return limits


def _log_config(log_limit: int) -> dict[str, Any]:
    # Twice the limit, five times: room for what Docker writes around each line, and for a burst
    # until it is copied, also on a busy machine; more than that a flood never takes.
    size = max(2 * log_limit, _LEAST_LOG_FILE)
    return {"Type": "json-file", "Config": {"max-size": str(size), "max-file": "5"}}
