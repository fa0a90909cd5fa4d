"""Finds the log of an execution, and knows when no more comes."""

import time
from collections.abc import AsyncIterator, Callable

import structlog

from wlcron.aws.names import resource_name
from wlcron.core.execution import Execution
from wlcron.engines.ecs.logs import Logs
from wlcron.engines.ecs.memory import Memory
from wlcron.engines.ecs.observation import OVER
from wlcron.engines.ecs.tasks import Tasks
from wlcron.errors import EngineUnavailableError

_LOOK_EVERY = 5.0  # seconds between two questions whether a task is over
_log = structlog.get_logger("wlcron.ecs")


class Reader:
    """Reads by the task that is on record with an execution, long after ECS has forgotten it."""

    def __init__(
        self,
        logs: Logs,
        tasks: Tasks,
        memory: Memory,
        instance: str,
        uptime: Callable[[], float] = time.monotonic,
    ) -> None:
        self._logs = logs
        self._tasks = tasks
        self._memory = memory
        self._instance = instance
        self._uptime = uptime

    async def read(self, execution: Execution, *, follow: bool) -> AsyncIterator[bytes]:
        """Yield what it wrote; with `follow` until it is over."""
        arn = await self._task(execution)
        if not arn:
            _log.warning("no log: its task is not known", execution=execution.id)
            return
        looked_at = self._uptime()

        async def is_over() -> bool:
            nonlocal looked_at
            if execution.is_final or self._memory.is_over(execution.id):
                return True
            if self._uptime() < looked_at + _LOOK_EVERY:
                return False
            looked_at = self._uptime()
            return await self._is_over(arn)

        family = resource_name(self._instance, execution.cron_name)
        async for chunk in self._logs.read(family, arn, is_over if follow else None):
            yield chunk

    async def _task(self, execution: Execution) -> str:
        known = execution.handle or self._memory.handle(execution.id)
        return known or await self._tasks.running(execution.id) or ""

    async def _is_over(self, arn: str) -> bool:
        try:
            tasks = await self._tasks.describe([arn])
        except EngineUnavailableError:
            return False
        return not tasks or tasks[0].status in OVER
