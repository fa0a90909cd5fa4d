"""HostEngine: executions are processes of this machine, below a guard that outlives the server."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from wlcron.core.cron import Cron, Definition
from wlcron.core.execution import Execution, Kind, Observation
from wlcron.engine import Finding, Verdict
from wlcron.engines.host.check import check, doctor
from wlcron.engines.host.limits import ControlGroups
from wlcron.engines.host.link import Link
from wlcron.engines.host.observation import observation
from wlcron.engines.host.protocol import Record, boottime, executions_in
from wlcron.engines.host.records import read_record
from wlcron.engines.host.request import arguments, start_request
from wlcron.errors import EngineUnavailableError
from wlcron.logs import DEFAULT_LIMIT, follow_log, read_log

_IDLE = timedelta(seconds=10)
_ASKED_AT_ONCE = 1000
_PAUSE = 1.0  # seconds before a guard that cannot be had is tried again
_UNKNOWN = "the host engine knows nothing of it"
_NO_ARGUMENTS = "there is nothing to run: the host engine needs `arguments`"


class HostEngine:
    """Runs executions below the guard of a data directory, which it finds or starts.

    `log_limit` (bytes) is what is kept of the log of one execution; `idle` is how long the guard
    stays when it has nothing to do and no server is connected.
    """

    name = "host"
    starts_at_once = 256

    def __init__(
        self, data: Path, log_limit: int = DEFAULT_LIMIT, *, idle: timedelta = _IDLE
    ) -> None:
        self._executions = executions_in(data.absolute())
        self._log_limit = log_limit
        self._groups = ControlGroups()
        self._link = Link(data.absolute(), idle, self._told, self._lost)
        self._running: set[str] = set()  # those whose end we have not heard of
        self._watchers: set[asyncio.Queue[Observation | None]] = set()  # None: ask what is true

    def check(self, definition: Definition) -> Verdict:
        """Refuse what has nothing to run or needs another user than this one can be."""
        return check(definition, self._groups, is_root=os.geteuid() == 0)

    async def start(self, execution: Execution, cron: Cron) -> Observation:
        """Have it started by the guard, which starts it once however often it is asked."""
        now = datetime.now(UTC)
        if not arguments(execution, cron):
            return _observed(execution.id, Kind.REFUSED, now, _NO_ARGUMENTS)
        request = start_request(
            execution,
            cron,
            now=now,
            uptime=boottime(),
            inherited=os.environ,
            log_limit=self._log_limit,
        )
        return self._noted(await self._link.start(request))

    async def stop(self, execution: Execution) -> None:
        """Have it ended by the guard."""
        await self._link.stop(execution.id)

    async def inspect(self, executions: Sequence[Execution]) -> list[Observation]:
        """Say what is true of each, by its end record or else by the guard."""
        return await self._truth([execution.id for execution in executions])

    async def watch(self) -> AsyncIterator[Observation]:
        """Yield ends as the guard tells them; when the guard was lost, what became of each."""
        news: asyncio.Queue[Observation | None] = asyncio.Queue()
        self._watchers.add(news)
        try:
            await self._join()
            while True:
                if (seen := await news.get()) is not None:
                    yield seen
                    continue
                for seen in await self._truth_after_a_loss():
                    yield seen
        finally:
            self._watchers.discard(news)

    async def logs(self, execution_id: str, *, follow: bool = False) -> AsyncIterator[bytes]:
        """Yield what it wrote."""
        directory = self._executions / execution_id

        async def is_over() -> bool:
            [seen] = await self._truth([execution_id])
            return seen.kind is not Kind.STARTED

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

    def _told(self, record: Record) -> None:
        seen = self._noted(record)
        for news in self._watchers:
            news.put_nowait(seen)

    def _lost(self) -> None:
        for news in self._watchers:
            news.put_nowait(None)

    def _noted(self, record: Record) -> Observation:
        seen = observation(record)
        if seen.kind is Kind.STARTED:
            self._running.add(seen.execution_id)
        else:
            self._running.discard(seen.execution_id)
        return seen

    async def _join(self) -> None:
        try:
            await self._link.join()
        except EngineUnavailableError:
            self._lost()

    async def _truth_after_a_loss(self) -> list[Observation]:
        while True:
            try:
                seen = await self._truth(sorted(self._running))
            except EngineUnavailableError:
                await asyncio.sleep(_PAUSE)
            else:
                return [one for one in seen if one.kind is not Kind.STARTED]

    async def _truth(self, execution_ids: Sequence[str]) -> list[Observation]:
        records = await self._records(execution_ids)
        open_ids = [one for one in execution_ids if one not in records]
        for start in range(0, len(open_ids), _ASKED_AT_ONCE):
            running = await self._link.running(open_ids[start : start + _ASKED_AT_ONCE])
            records |= {record["id"]: record for record in running}
        # Looked up again: some may have ended between the two questions.
        records |= await self._records([one for one in open_ids if one not in records])
        now = datetime.now(UTC)
        return [
            self._noted(records[one]) if one in records else self._missing(one, now)
            for one in execution_ids
        ]

    async def _records(self, execution_ids: Sequence[str]) -> dict[str, Record]:
        def read_all() -> dict[str, Record]:
            found = (read_record(self._executions, one) for one in execution_ids)
            return {record["id"]: record for record in found if record is not None}

        return await asyncio.to_thread(read_all) if execution_ids else {}

    def _missing(self, execution_id: str, now: datetime) -> Observation:
        self._running.discard(execution_id)
        return _observed(execution_id, Kind.GONE, now, _UNKNOWN)


def _observed(execution_id: str, kind: Kind, at: datetime, reason: str) -> Observation:
    return Observation(execution_id=execution_id, kind=kind, at=at, reason=reason)
