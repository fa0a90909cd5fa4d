"""HostEngine: executions are processes of this machine, below a guard that outlives the server."""

import asyncio
import os
import shutil
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from wlcron.core.cron import Cron, Definition
from wlcron.core.execution import LEASE, Execution, Kind, Observation
from wlcron.engine import Finding, Verdict
from wlcron.engines.host.check import NOTHING_TO_RUN, check, doctor
from wlcron.engines.host.limits import ControlGroups
from wlcron.engines.host.link import Link
from wlcron.engines.host.protocol import Record, boottime, executions_in
from wlcron.engines.host.request import arguments, start_request
from wlcron.engines.host.truth import UNFINISHED, Truth
from wlcron.errors import EngineUnavailableError
from wlcron.logs import DEFAULT_LIMIT, follow_log, read_log

_IDLE = timedelta(seconds=10)


class HostEngine:
    """Runs executions below the guard of a data directory, which it finds or starts.

    `instance` is the data directory's name, `log_limit` (bytes) what is kept of the log of one
    execution, and `idle` how long the guard stays when it has nothing to do and no server is
    connected.
    """

    name = "host"
    starts_at_once = 1000  # they wait in the guard, which shares its costs among them
    starts_waiting = 0
    lease = LEASE
    is_shared = False
    is_near = True

    def __init__(
        self,
        data: Path,
        log_limit: int = DEFAULT_LIMIT,
        *,
        instance: str = "",
        idle: timedelta = _IDLE,
    ) -> None:
        self.home = f"host:{instance}"
        self._executions = executions_in(data.absolute())
        self._log_limit = log_limit
        self._groups = ControlGroups()
        self._link = Link(data.absolute(), idle, told=self._tell, lost=lambda: self._tell(None))
        self._truth = Truth(self._executions, self._link)
        self._watchers: set[asyncio.Queue[Observation | None]] = set()  # None: ask what is true

    def check(self, definition: Definition) -> Verdict:
        """Refuse what has nothing to run or needs another user than this one can be."""
        return check(definition, self._groups, is_root=os.geteuid() == 0)

    async def start(self, execution: Execution, cron: Cron) -> Observation:
        """Have it started by the guard, which starts it once however often it is asked."""
        now = datetime.now(UTC)
        if not arguments(execution, cron):
            return Observation(
                execution_id=execution.id, kind=Kind.REFUSED, at=now, reason=NOTHING_TO_RUN
            )
        request = start_request(
            execution,
            cron,
            now=now,
            uptime=boottime(),
            inherited=os.environ,
            log_limit=self._log_limit,
        )
        return self._truth.noted(await self._link.start(request))

    async def stop(self, execution: Execution) -> None:
        """Have it ended by the guard."""
        await self._link.stop(execution.id)

    async def inspect(self, executions: Sequence[Execution]) -> list[Observation]:
        """Say what is true of each, by its end record or else by the guard."""
        return await self._truth.of([execution.id for execution in executions])

    async def watch(self) -> AsyncGenerator[Observation, None]:
        """Yield ends as the guard tells them; when the guard was lost, what became of each."""
        news: asyncio.Queue[Observation | None] = asyncio.Queue()
        self._watchers.add(news)
        try:
            await self._join()
            while True:
                seen = await news.get()
                for one in [seen] if seen is not None else await self._truth.after_a_loss():
                    yield one
        finally:
            self._watchers.discard(news)

    async def logs(self, execution: Execution, *, follow: bool = False) -> AsyncIterator[bytes]:
        """Yield what it wrote."""
        directory = self._executions / execution.id

        async def is_over() -> bool:
            [seen] = await self._truth.of([execution.id])
            return seen.kind not in UNFINISHED

        if follow:
            async for chunk in follow_log(directory, is_over):
                yield chunk
        else:
            for chunk in read_log(directory):
                yield chunk

    async def forget(self, execution_ids: Sequence[str]) -> None:
        """Remove the folders of executions that are over."""
        for execution_id in execution_ids:
            directory = self._executions / execution_id
            await asyncio.to_thread(shutil.rmtree, directory, ignore_errors=True)

    async def doctor(self) -> list[Finding]:
        """Say what the guard can enforce on this machine."""
        try:
            isolated = (await self._link.hello())["isolated"]
        except EngineUnavailableError as error:
            return [Finding(good=False, subject="guard", says=str(error))]
        return doctor(self._groups, isolated=isolated, is_root=os.geteuid() == 0)

    async def close(self) -> None:
        """Let go of the guard; executions run on."""
        await self._link.close()

    def _tell(self, record: Record | None) -> None:
        seen = None if record is None else self._truth.noted(record)
        for news in self._watchers:
            news.put_nowait(seen)

    async def _join(self) -> None:
        try:
            await self._link.join()
        except EngineUnavailableError:
            self._tell(None)
