"""Copies what jobs write from the daemon's log into ours, and goes on where it was broken off."""

import asyncio
from contextlib import suppress
from pathlib import Path

from wlcron.engines.docker.connection import Connection, DaemonError
from wlcron.engines.docker.logcopy import LogCopy
from wlcron.engines.docker.memory import Memory
from wlcron.engines.docker.news import end
from wlcron.engines.docker.request import job_name
from wlcron.errors import EngineUnavailableError

_LAST_WORDS = 10.0  # seconds in which the copy of an ended job's log ends by itself
_CAUGHT_UP_WITHIN = 5.0  # seconds
_PAUSE = 1.0  # seconds before a copy that broke off is taken up again
# Beyond its limit a log loses its middle anyhow: from there a copy may use so much of its time
# that other executions keep theirs.
_REST_PER_WORK = 4.0


class Copier:
    """Copies the logs of executions, each by a task of its own."""

    def __init__(
        self, connection: Connection, memory: Memory, executions: Path, limit: int
    ) -> None:
        self._connection = connection
        self._memory = memory
        self._executions = executions
        self._limit = limit
        self._tasks: dict[str, asyncio.Task[None]] = {}

    def directory(self, execution_id: str) -> Path:
        """Return where the log of an execution is."""
        return self._executions / execution_id

    def begin(self, execution_id: str) -> None:
        """Copy the log of an execution as it is written, if that is not being done."""
        if execution_id not in self._tasks:
            task = asyncio.create_task(self._follow(execution_id), name=f"log {execution_id}")
            self._tasks[execution_id] = task

    def is_copying(self, execution_id: str) -> bool:
        """Whether more may come."""
        task = self._tasks.get(execution_id)
        return task is not None and not task.done()

    async def caught_up(self, execution_id: str) -> None:
        """Wait, not for long, until what a job that is over wrote is here.

        Its end is told as soon as it is certain, and the last of its log comes a moment later.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(_CAUGHT_UP_WITHIN):
                async with self._memory.lock(execution_id):  # an end may be told before its start
                    task = self._tasks.get(execution_id)
                if task is not None:
                    await asyncio.wait([task])

    async def finish(self, execution_id: str) -> None:
        """Copy what is left of the log of an execution that has ended.

        Raises EngineUnavailableError.
        """
        task = self._tasks.get(execution_id)
        try:
            if task is not None:
                await asyncio.wait([task], timeout=_LAST_WORDS)
                await end([task])
            if task is None or task.cancelled() or task.exception():
                with suppress(DaemonError):
                    await self._copy(execution_id, follow=False)
        finally:
            self._tasks.pop(execution_id, None)

    async def close(self) -> None:
        """Break all copies off."""
        await end(self._tasks.values())

    async def _follow(self, execution_id: str) -> None:
        await self._memory.let_starts_pass()  # the daemon keeps the beginning meanwhile
        while True:
            try:
                await self._copy(execution_id, follow=True)
                # Docker 20.10 ends the stream without a last line that has no line feed.
                await self._copy(execution_id, follow=False)
            except DaemonError:  # the container is gone
                return
            except EngineUnavailableError:
                await asyncio.sleep(_PAUSE)
            else:
                return

    async def _copy(self, execution_id: str, *, follow: bool) -> None:
        copy = LogCopy(self.directory(execution_id), self._limit)
        query = {"stdout": "1", "stderr": "1", "timestamps": "1", "follow": str(int(follow))}
        if copy.place.since:
            query["since"] = copy.place.since
        path = f"containers/{job_name(execution_id)}/logs"
        clock = asyncio.get_running_loop().time
        try:
            async with self._connection.open("GET", path, query) as response:
                async for chunk in response.content.iter_any():
                    begun = clock()
                    copy.take(chunk)
                    if follow and copy.taken > self._limit:
                        await asyncio.sleep((clock() - begun) * _REST_PER_WORK)
        finally:
            copy.close()
