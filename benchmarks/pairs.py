"""Guard and job as the product asks for them, started by nothing but the Engine API."""

import itertools
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from engine_api import IMAGE, EngineApi
from filling import make_crons
from wlcron.core.cron import Container, Cron
from wlcron.core.planning import plan_manual
from wlcron.engines.docker.request import (
    INSTANCE,
    House,
    guard_name,
    guard_request,
    job_name,
    job_request,
)
from wlcron.logs import DEFAULT_LIMIT

HOUSE = House(f"bench-{os.getpid()}", IMAGE, DEFAULT_LIMIT)
SERVER_FLAGS = ("--engine", "docker", "--guard-image", IMAGE)
_numbers = itertools.count()


def cron_file(schedule: str, *arguments: str) -> str:
    """Return the cron file of a job in the benchmarks' image."""
    quoted = ", ".join(f"'{argument}'" for argument in arguments)
    description = f"{{image: {IMAGE}, arguments: [{quoted}]}}"
    return f"schedule: {schedule}\ntimeout: 10m\ndescription: {description}\n"


class Pair:
    """One execution by hand: the same two containers under the same names."""

    def __init__(self, *arguments: str) -> None:
        now = datetime.now(UTC)
        self._cron = _cron(*arguments)
        [self._execution] = plan_manual(self._cron, now, str(next(_numbers))).executions
        self._deadline = now + timedelta(minutes=10)
        self.guard = guard_name(self._execution.id)
        self.job = job_name(self._execution.id)

    async def start(self, api: EngineApi) -> None:
        """Make both, then start both: four calls, one after the other."""
        known = HOUSE, self._execution, self._cron, self._deadline
        await api.create(self.guard, guard_request(*known))
        await api.create(self.job, job_request(*known))
        await api.start(self.guard)
        await api.start(self.job)

    async def start_job_alone(self, api: EngineApi) -> None:
        """Make and start the job as one container, without a guard."""
        body: dict[str, Any] = job_request(HOUSE, self._execution, self._cron, self._deadline)
        del body["HostConfig"]["PidMode"]
        await api.create(self.job, body)
        await api.start(self.job)


async def remove_leftovers(api: EngineApi) -> None:
    """Remove what an interrupted benchmark has left."""
    await api.remove(*await api.names(f"{INSTANCE}={HOUSE.instance}"))


def _cron(*arguments: str) -> Cron:
    [cron] = make_crons(1, "rate(1 hour)", *arguments)
    container = Container(image=IMAGE, arguments=arguments)
    return replace(cron, definition=replace(cron.definition, description=container))
