"""Removes the containers of executions that are over, one after the other, behind the starts."""

import asyncio

import structlog

from wlcron.engines.docker.containers import Containers
from wlcron.engines.docker.memory import Memory
from wlcron.engines.docker.output import Copier
from wlcron.errors import EngineUnavailableError

_LONG_QUEUE = 50  # from here on removals have to keep up, whatever is being started
_log = structlog.get_logger("wlcron.docker")


class Cleaner:
    """What it does not manage is seen by the next look at the daemon's list."""

    def __init__(self, containers: Containers, copier: Copier, memory: Memory) -> None:
        self._containers = containers
        self._copier = copier
        self._memory = memory
        self._over: asyncio.Queue[str] = asyncio.Queue()

    def put(self, execution_id: str) -> None:
        """Take the containers of an execution that is over, and recorded, out of the way."""
        self._over.put_nowait(execution_id)

    async def work(self) -> None:
        """Do so until cancelled."""
        while True:
            execution_id = await self._over.get()
            if self._over.qsize() < _LONG_QUEUE:
                await self._memory.let_starts_pass()
            try:
                await self._clear(execution_id)
            except EngineUnavailableError as error:
                self._memory.told.discard(execution_id)
                _log.warning("containers left", execution=execution_id, problem=str(error))

    async def _clear(self, execution_id: str) -> None:
        async with self._memory.lock(execution_id):
            if self._memory.runs(execution_id):
                return
            await self._copier.finish(execution_id)
            await self._containers.clear(execution_id)
            self._memory.forget(execution_id)
