"""Starts an execution: first the guard, then the job; what is there already is found."""

import asyncio
import os
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime

from wlcron.core.cron import Cron
from wlcron.core.execution import Execution, Kind, Observation
from wlcron.engines.docker.connection import CONFLICT, NOT_FOUND, Connection, DaemonError
from wlcron.engines.docker.containers import Containers
from wlcron.engines.docker.images import pull
from wlcron.engines.docker.inspector import Inspector
from wlcron.engines.docker.memory import Memory
from wlcron.engines.docker.news import News
from wlcron.engines.docker.observation import in_plain_words, inspected
from wlcron.engines.docker.request import (
    House,
    guard_name,
    guard_request,
    job_name,
    job_request,
)
from wlcron.errors import EngineUnavailableError

# Two images to pull and what an earlier attempt has left to clear away, and once more.
_ATTEMPTS = 4
# What leaves no job behind, so that nothing is left to be heard of.
_NOTHING_RUNS = frozenset({Kind.REFUSED, Kind.WITHDRAWN, Kind.OVERDUE})


class _RefusedError(Exception):
    """The execution cannot be started; the message is the sentence for a person."""


class _StrangerError(Exception):
    """Somebody else has a container of the name that is needed."""


@dataclass(frozen=True, slots=True)
class _Obstacle:
    """Why a container could not be made."""

    name: str
    image: str
    error: DaemonError


class Starter:
    """Takes five calls where nothing is in the way, and asks only where something is."""

    def __init__(
        self,
        connection: Connection,
        house: House,
        inspector: Inspector,
        memory: Memory,
        news: News,
    ) -> None:
        self._connection = connection
        self._containers = Containers(connection)
        self._house = house
        self._inspector = inspector
        self._memory = memory
        self._news = news

    async def start(self, execution: Execution, cron: Cron) -> Observation:
        """Start an execution, or find what became of its start; raises EngineUnavailableError."""
        async with self._memory.lock(execution.id):
            with self._memory.start(execution.id):
                try:
                    seen = await self._start(execution, cron)
                except _StrangerError as error:
                    return self._saw(execution, Kind.REFUSED, str(error))
                except _RefusedError as error:
                    seen = self._saw(execution, Kind.REFUSED, str(error))
            if seen.kind in _NOTHING_RUNS:
                with suppress(EngineUnavailableError):
                    await self._containers.clear(execution.id)
            return seen

    async def _start(self, execution: Execution, cron: Cron) -> Observation:
        made = await self._make(execution, cron)
        if isinstance(made, Observation):
            return made
        if execution.id in self._memory.withdrawn:
            return self._saw(execution, Kind.WITHDRAWN)
        try:
            await self._containers.start(job_name(execution.id))
        except DaemonError as error:
            return await self._explain(execution, error)
        # The one call more: whoever asks later, also after a restart, is told the same instant.
        job = await self._inspector.look_up(execution.id)
        since = (job and job.started_at) or self._inspector.clock()
        self._memory.started[execution.id] = since
        return Observation(
            execution_id=execution.id,
            kind=Kind.STARTED,
            at=since,
            started_at=since,
            deadline=made,
            image=job.image if job else "",
        )

    async def _make(self, execution: Execution, cron: Cron) -> datetime | Observation:
        """Start the guard and make the job; return the deadline, or what is true already."""
        pulled: set[str] = set()
        for _ in range(_ATTEMPTS):
            deadline = self._inspector.clock() + cron.definition.timeout
            obstacle = await self._prepare(execution, cron, deadline)
            if obstacle is None:
                return deadline
            seen = await self._overcome(execution, obstacle, pulled)
            if seen is not None:
                return seen
            # Made by an earlier attempt, with a deadline of its own, and never run.
            await self._containers.clear(execution.id)
        raise EngineUnavailableError(
            "Docker has containers of this execution that cannot be removed: see `docker ps -a`"
        )

    async def _prepare(
        self, execution: Execution, cron: Cron, deadline: datetime
    ) -> _Obstacle | None:
        guard, job = guard_name(execution.id), job_name(execution.id)
        try:
            await self._containers.create(
                guard, guard_request(self._house, execution, cron, deadline)
            )
            await self._containers.start(guard)
        except DaemonError as error:
            return _Obstacle(guard, self._house.guard_image, error)
        body = job_request(self._house, execution, cron, deadline)
        try:
            await self._containers.create(job, body)
        except DaemonError as error:
            return _Obstacle(job, body["Image"], error)
        return None

    async def _overcome(
        self, execution: Execution, obstacle: _Obstacle, pulled: set[str]
    ) -> Observation | None:
        """Return what is true of the execution, or None when it is worth another attempt."""
        error, image = obstacle.error, obstacle.image
        if error.status == CONFLICT or "already in use" in error.message:
            return await self._find(execution.id)
        if error.status == NOT_FOUND and image not in pulled:
            pulled.add(image)
            return await self._pull(execution, image)
        if obstacle.name == guard_name(execution.id):
            raise _RefusedError(_guard_problem(image, error))
        raise _RefusedError(in_plain_words(error.message))

    async def _find(self, execution_id: str) -> Observation | None:
        """Return what is true of an execution that was begun before; None: it never ran."""
        await self._refuse_strangers(execution_id)
        job = await self._inspector.look_up(execution_id)
        if job is None or (job.never_ran and not await self._inspector.is_refused(job)):
            return None
        if job.is_running and job.started_at is not None:
            self._memory.started[execution_id] = job.started_at
        return await self._inspector.truth(job)

    async def _refuse_strangers(self, execution_id: str) -> None:
        for name in (guard_name(execution_id), job_name(execution_id)):
            document = await self._containers.inspect(name)
            if document and inspected(document).instance != self._house.instance:
                raise _StrangerError(
                    f"there is a container {name} that is not this server's: remove it"
                )

    async def _pull(self, execution: Execution, image: str) -> Observation | None:
        """Pull an image, unless it is too late or not wanted any more when that is done."""
        pulling = asyncio.create_task(self._tell_of_pull(execution, image))
        self._memory.pulls[execution.id] = pulling
        try:
            await asyncio.wait([pulling])
        finally:
            pulling.cancel()
            del self._memory.pulls[execution.id]
        if pulling.cancelled():
            return self._saw(execution, Kind.WITHDRAWN)
        try:
            pulling.result()
        except DaemonError as error:
            raise _RefusedError(f"image {image} cannot be pulled: {error.message}") from error
        if self._inspector.clock() <= execution.start_by:
            return None
        reason = f"its image {image} was not here before it ceased to be worth starting"
        return self._saw(execution, Kind.OVERDUE, reason)

    async def _tell_of_pull(self, execution: Execution, image: str) -> None:
        async for sentence in pull(self._connection, image, os.environ):
            self._news.tell(self._saw(execution, Kind.PROGRESS, sentence))

    async def _explain(self, execution: Execution, error: DaemonError) -> Observation:
        """Return what is true after the daemon has refused to start the job."""
        job = await self._inspector.look_up(execution.id)
        if job is not None and not job.never_ran:
            return await self._inspector.truth(job)
        state = await self._inspector.guard_state(execution.id)
        if state is not None and state["Running"]:
            raise _RefusedError(in_plain_words(error.message)) from error
        # Nobody's word but ours: a daemon that shuts down asks guards to end as well.
        if execution.id in self._memory.withdrawn:
            return self._saw(execution, Kind.WITHDRAWN)
        raise EngineUnavailableError("its guard ended before it was started, so it is begun anew")

    def _saw(self, execution: Execution, kind: Kind, reason: str = "") -> Observation:
        now = self._inspector.clock()
        return Observation(execution_id=execution.id, kind=kind, at=now, reason=reason)


def _guard_problem(image: str, error: DaemonError) -> str:
    return f"its guard does not start from image {image}: {error.message}; correct guard-image"
