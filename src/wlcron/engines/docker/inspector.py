"""Finds out what is true of executions by asking the daemon."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from wlcron.core.execution import Execution, Kind, Observation
from wlcron.engines.docker import guard
from wlcron.engines.docker.containers import Containers
from wlcron.engines.docker.memory import Memory
from wlcron.engines.docker.observation import Job, ended, inspected, listed, started, truth
from wlcron.engines.docker.request import JOB, filters, guard_name, job_name

# A guard that ends an execution ends itself within a tenth of a second after the job; the rest is
# what a daemon under load needs to notice. Past the deadline it is the guard in all likelihood, and
# only a clock that was set can make it another; before it, it is the other way round. Seconds.
_GUARD_ENDS_WITHIN = 10.0
_GUARD_MAY_END_WITHIN = 1.0
_LOOK = 0.05


class Inspector:
    """Asks as little as the case allows."""

    def __init__(
        self,
        containers: Containers,
        instance: str,
        memory: Memory,
        clock: Callable[[], datetime],
    ) -> None:
        self._containers = containers
        self._ours = filters(instance)
        self._memory = memory
        self.clock = clock

    async def look_up(self, execution_id: str) -> Job | None:
        """Return what is known of an execution's job, or None when there is no container."""
        document = await self._containers.inspect(job_name(execution_id))
        return inspected(document) if document else None

    async def everything(self) -> list[Job]:
        """List the jobs and guards of this server, as far as a list tells of them."""
        return [listed(summary) for summary in await self._containers.find(self._ours)]

    async def settle(self, job: Job) -> Observation:
        """Return the end of a job that an event tells of, asking only where there is a doubt."""
        since = self._memory.started.get(job.execution_id)
        if since is not None and not job.is_doubtful:
            return ended(replace(job, started_at=since), None, self.clock())
        document = await self._containers.inspect(job_name(job.execution_id))
        if document is not None:
            return await self.truth(inspected(document))
        return await self.truth(job) if job.ended_at else self._gone(job.execution_id)

    async def is_refused(self, job: Job) -> bool:
        """Whether a job that was inspected could not be started by a fault of its own.

        It could not be, whatever the daemon says, where its guard ended half way: the start of a
        job that loses its namespace fails at any step, and in as many words.
        """
        if not job.was_refused:
            return False
        state = await self.guard_state(job.execution_id)
        return state is not None and bool(state["Running"])

    async def truth(self, job: Job) -> Observation:
        """Return what is true of a job that was inspected."""
        over = not job.is_running and not job.never_ran
        if over and job.is_doubtful and not job.out_of_memory:
            return truth(job, await self._guard_code(job), self.clock())
        return truth(job, None, self.clock())

    async def inspect(self, executions: Sequence[Execution]) -> list[Observation]:
        """Say what is true of each: one question for all, one more for each that has ended."""
        jobs = {job.execution_id: job for job in await self.everything() if job.role == JOB}
        return list(
            await asyncio.gather(
                *(self._inspect(execution.id, jobs.get(execution.id)) for execution in executions)
            )
        )

    async def _inspect(self, execution_id: str, job: Job | None) -> Observation:
        since = self._memory.started.get(execution_id)
        if job is not None and job.is_running and since is not None:
            return started(replace(job, started_at=since), self.clock())
        known = await self.look_up(execution_id) if job is not None else None
        if known is None or (known.was_refused and not await self.is_refused(known)):
            return self._gone(execution_id)
        return await self.truth(known)

    def _gone(self, execution_id: str) -> Observation:
        return Observation(execution_id=execution_id, kind=Kind.GONE, at=self.clock())

    async def guard_state(self, execution_id: str) -> dict[str, Any] | None:
        """Return the state of an execution's guard, or None when there is no guard."""
        document = await self._containers.inspect(guard_name(execution_id))
        return document["State"] if document else None

    async def _guard_code(self, job: Job) -> int | None:
        """Return the exit code of the guard of an ended job, or None when it goes on."""
        is_late = bool(job.deadline and job.ended_at and job.ended_at >= job.deadline)
        with suppress(TimeoutError):
            async with asyncio.timeout(_GUARD_ENDS_WITHIN if is_late else _GUARD_MAY_END_WITHIN):
                while True:
                    state = await self.guard_state(job.execution_id)
                    if state is None:  # so the clocks are all there is
                        return guard.AT_DEADLINE if is_late else None
                    if not state["Running"]:
                        return int(state["ExitCode"])
                    await asyncio.sleep(_LOOK)
        return None
