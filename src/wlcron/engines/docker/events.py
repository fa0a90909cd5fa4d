"""The daemon's events: the ends of our jobs, resumed from the last one that was heard."""

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

from wlcron.engines.docker.connection import Connection, json_lines
from wlcron.engines.docker.observation import Job, died
from wlcron.engines.docker.request import JOB, filters
from wlcron.engines.doubt import mapping, text, whole_number


class Events:
    """One server's part of the stream; it may break off, and is opened again."""

    def __init__(self, connection: Connection, instance: str) -> None:
        self._connection = connection
        self._instance = instance
        # Podman filters by its own word, and tells Docker's.
        self._wanted = {"type": ["container"], "event": ["die", "died"], **filters(instance, JOB)}
        self._last: tuple[int, str] | None = None  # instant (nanoseconds) and container

    @asynccontextmanager
    async def open(self) -> AsyncIterator[AsyncIterator[Job]]:
        """Open the stream of jobs that have ended; when this has returned, nothing is missed.

        Raises EngineUnavailableError, also later on, or DaemonError.
        """
        async with self._connection.open("GET", "events", self._query()) as response:
            yield self._ends(json_lines(response))

    def _query(self) -> dict[str, str]:
        query = {"filters": json.dumps(self._wanted)}
        if self._last is not None:
            seconds, nanoseconds = divmod(self._last[0], 1_000_000_000)
            query["since"] = f"{seconds}.{nanoseconds:09d}"
        return query

    async def _ends(self, events: AsyncIterator[Mapping[str, Any]]) -> AsyncIterator[Job]:
        async for event in events:
            actor = text(mapping(event.get("Actor")).get("ID"))
            mark = (whole_number(event.get("timeNano")) or 0, actor)
            job = died(event)
            # Podman's filter lets pass what has one of the labels. And a daemon begins a resumed
            # stream with the event that it is resumed from.
            if job is not None and job.instance == self._instance and mark != self._last:
                self._last = mark
                yield job
