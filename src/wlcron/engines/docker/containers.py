"""What is asked of containers: the Engine API's verbs, one call each."""

import json
from collections.abc import Mapping
from typing import Any

from aiodocker.containers import DockerContainer

from wlcron.engines.docker.connection import ANSWER, CONFLICT, NOT_FOUND, Connection, DaemonError
from wlcron.engines.docker.observation import check_inspection, check_list
from wlcron.engines.docker.request import guard_name, job_name


class Containers:
    """The containers of one daemon, by name.

    All verbs raise EngineUnavailableError when it does not answer; `create`, `start` and `kill`
    raise DaemonError when it refuses.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def create(self, name: str, body: Mapping[str, Any]) -> None:
        """Make a container."""
        with self._connection.answering():
            await self._connection.docker.containers.create(body, name=name)

    async def start(self, name: str) -> None:
        """Start a container that was made. One that has ended is run AGAIN, so inspect first."""
        with self._connection.answering():
            await self._container(name).start()

    async def kill(self, name: str, signal: str) -> None:
        """Send a signal to a container's first process."""
        with self._connection.answering():
            await self._container(name).kill(signal=signal)

    async def stop(self, name: str) -> None:
        """Send TERM, and KILL after its grace; returns when the container has ended."""
        await self._connection.unless_absent(self._container(name).stop())

    async def clear(self, execution_id: str) -> None:
        """Remove the containers of an execution, unless its job runs."""
        job, guard = (
            self._container(job_name(execution_id)),
            self._container(guard_name(execution_id)),
        )
        try:
            with self._connection.answering():
                await job.delete(v=True)
        except DaemonError as error:
            if error.status != NOT_FOUND:  # it runs, or it is being removed
                return
        await self._connection.unless_absent(guard.delete(force=True, v=True), CONFLICT)

    async def inspect(self, name: str) -> dict[str, Any] | None:
        """Return what the daemon knows of a container, or None."""
        return await self._connection.unless_absent(self._shown(name))

    async def find(self, filters: Mapping[str, list[str]]) -> list[dict[str, Any]]:
        """List the containers that filters find, also those that have ended."""
        found = await self._connection.unless_absent(self._find(filters))
        return found or []

    async def _shown(self, name: str) -> dict[str, Any]:
        document: dict[str, Any] = await self._container(name).show()
        check_inspection(document)
        return document

    async def _find(self, filters: Mapping[str, list[str]]) -> list[dict[str, Any]]:
        query = {"all": "1", "filters": json.dumps(filters)}
        opened = self._connection.open("GET", "containers/json", query, timeout=ANSWER)
        async with opened as response:
            found: list[dict[str, Any]] = await response.json()
            check_list(found)
            return found

    def _container(self, name: str) -> DockerContainer:
        return self._connection.docker.containers.container(name)
