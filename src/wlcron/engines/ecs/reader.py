"""Finds the log of an execution, and knows when no more comes."""

import time
from collections.abc import AsyncIterator, Callable

import structlog

from wlcron.engines.ecs.logs import Logs
from wlcron.engines.ecs.memory import Memory
from wlcron.engines.ecs.observation import OVER
from wlcron.engines.ecs.task import Task
from wlcron.engines.ecs.tasks import Tasks
from wlcron.errors import EngineUnavailableError

_LOOK_EVERY = 5.0  # seconds between two questions whether a task is over
_log = structlog.get_logger("wlcron.ecs")


class Reader:
    """Reads by the execution's id."""

    def __init__(
        self,
        logs: Logs,
        tasks: Tasks,
        memory: Memory,
        uptime: Callable[[], float] = time.monotonic,
    ) -> None:
        self._logs = logs
        self._tasks = tasks
        self._memory = memory
        self._uptime = uptime

    async def read(self, execution_id: str, *, follow: bool) -> AsyncIterator[bytes]:
        """Yield what it wrote; with `follow` until it is over."""
        task = await self._task(execution_id)
        if task is None:
            _log.warning("no log: ECS does not know its task any more", execution=execution_id)
            return
        looked_at = self._uptime()

        async def is_over() -> bool:
            nonlocal looked_at
            if task.status in OVER or self._memory.is_over(execution_id):
                return True
            if self._uptime() < looked_at + _LOOK_EVERY:
                return False
            looked_at = self._uptime()
            return await self._is_over(task.arn)

        async for chunk in self._logs.read(task.family, task.arn, is_over if follow else None):
            yield chunk

    async def _task(self, execution_id: str) -> Task | None:
        arn = self._memory.handle(execution_id) or await self._tasks.running(execution_id)
        return next(iter(await self._tasks.describe([arn] if arn else [])), None)

    async def _is_over(self, arn: str) -> bool:
        try:
            tasks = await self._tasks.describe([arn])
        except EngineUnavailableError:
            return False
        return not tasks or tasks[0].status in OVER
