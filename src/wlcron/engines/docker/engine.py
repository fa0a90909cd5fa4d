"""DockerEngine: executions as containers, each in the PID namespace of its guard."""

import os
import shutil
from asyncio import to_thread
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from pathlib import Path

from wlcron.clock import Clock, system_clock
from wlcron.core.cron import Cron, Definition
from wlcron.core.execution import LEASE, Execution, Kind, Observation
from wlcron.engine import Finding, Verdict
from wlcron.engines.docker.cleaner import Cleaner
from wlcron.engines.docker.connection import Connection, DaemonError
from wlcron.engines.docker.containers import Containers
from wlcron.engines.docker.diagnosis import diagnose
from wlcron.engines.docker.events import Events
from wlcron.engines.docker.inspector import Inspector
from wlcron.engines.docker.memory import Memory
from wlcron.engines.docker.news import News
from wlcron.engines.docker.output import Copier
from wlcron.engines.docker.request import House, guard_name, job_name
from wlcron.engines.docker.starter import Starter
from wlcron.engines.docker.verdict import judge
from wlcron.engines.docker.watcher import Watcher
from wlcron.errors import EngineUnavailableError
from wlcron.logs import DEFAULT_LIMIT, follow_log, read_log


class DockerEngine:
    """Runs executions on one daemon; to be made inside a running event loop.

    `url` is the daemon's address, `data_dir` where logs are kept, `instance` the server's name at
    the daemon, `log_limit` the bytes that are kept of one execution's output.
    Raises ConfigurationError when the address is none.
    """

    name = "docker"
    # Starting a container is CPU-bound in the daemon; this many in flight keep it busy.
    starts_at_once = 2 * (os.cpu_count() or 1)
    lease = LEASE
    is_shared = False
    is_near = True

    def __init__(
        self,
        url: str,
        data_dir: Path,
        instance: str,
        guard_image: str = "busybox",
        log_limit: int = DEFAULT_LIMIT,
        clock: Clock = system_clock,
    ) -> None:
        self.home = f"docker:{instance}"
        house = House(instance, guard_image, log_limit)
        self._house = house
        self._connection = Connection(url)
        self._containers = Containers(self._connection)
        self._memory = Memory()
        self._copier = Copier(self._connection, self._memory, data_dir / "executions", log_limit)
        self._inspector = Inspector(self._containers, instance, self._memory, clock)
        cleaner = Cleaner(self._containers, self._copier, self._memory)
        self._news = News()
        events = Events(self._connection, instance)
        self._watcher = Watcher(
            events, self._inspector, self._memory, self._copier, cleaner, self._news
        )
        self._starter = Starter(self._connection, house, self._inspector, self._memory, self._news)

    @property
    def starts_waiting(self) -> int:
        """How many starts wait for their image: a slow registry delays nobody else."""
        return len(self._memory.pulls)

    def check(self, definition: Definition) -> Verdict:
        """Say whether this definition can be run by a daemon; asks nobody."""
        return judge(definition)

    async def start(self, execution: Execution, cron: Cron) -> Observation:
        """Start guard and job, or find them started already; pulls images that are missing."""
        seen = await self._starter.start(execution, cron)
        if seen.kind is Kind.STARTED:
            self._copier.begin(execution.id)
        return seen

    async def stop(self, execution: Execution) -> None:
        """Tell the guard to end it: TERM, and KILL after its grace, with or without us."""
        self._memory.withdraw(execution.id)
        try:
            await self._containers.kill(guard_name(execution.id), "TERM")
        except DaemonError:
            # No guard runs, so that no job should; if one does nevertheless, this ends it.
            await self._containers.stop(job_name(execution.id))

    async def inspect(self, executions: Sequence[Execution]) -> list[Observation]:
        """Say what is true of each now."""
        return await self._inspector.inspect(executions)

    def watch(self) -> AsyncGenerator[Observation, None]:
        """Yield what happens; ask for the next one when this one has been recorded."""
        return self._watcher.watch()

    async def logs(self, execution: Execution, *, follow: bool = False) -> AsyncIterator[bytes]:
        """Yield what it wrote; with `follow` until it is over."""
        directory = self._copier.directory(execution.id)
        if not follow:
            if execution.is_final:
                await self._copier.caught_up(execution.id)
            for chunk in read_log(directory):
                yield chunk
            return
        async for chunk in follow_log(directory, lambda: self._is_over(execution.id)):
            yield chunk

    async def forget(self, execution_ids: Sequence[str]) -> None:
        """Remove the containers that may be left of executions that are over, and their logs."""
        known = {job.execution_id for job in await self._inspector.everything()}
        for execution_id in execution_ids:
            if execution_id in known:
                await self._containers.clear(execution_id)
            directory = self._copier.directory(execution_id)
            await to_thread(shutil.rmtree, directory, ignore_errors=True)

    async def doctor(self) -> list[Finding]:
        """Say what the daemon can do, and what is wrong with it."""
        return await diagnose(self._connection, self._house.guard_image)

    async def close(self) -> None:
        """Let go of the daemon; executions run on."""
        await self._news.close()
        await self._copier.close()
        await self._connection.close()

    async def _is_over(self, execution_id: str) -> bool:
        if execution_id in self._memory.starting or self._copier.is_copying(execution_id):
            return False
        try:
            job = await self._inspector.look_up(execution_id)
        except EngineUnavailableError:
            return False
        return job is None or not job.is_running
