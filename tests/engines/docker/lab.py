"""A docker engine, or several after each other, on the daemon that is there for tests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

from aiodocker import Docker, DockerError

from tests.conftest import eventually
from tests.docker_daemon import BUSYBOX, docker_url, remove_containers
from tests.samples import HOUR, make_cron, make_execution
from wlcron.core.cron import Container, Cron
from wlcron.core.execution import Execution, Kind, Observation, Status
from wlcron.engines.docker import DockerEngine
from wlcron.engines.docker.connection import Connection
from wlcron.engines.docker.containers import Containers
from wlcron.engines.docker.observation import Job, listed
from wlcron.engines.docker.request import House, filters

FOR_LONG = ("sleep", "300")


def shell(script: str) -> tuple[str, ...]:
    """Return the arguments that run a script."""
    return ("sh", "-c", script)


def cron_with(*arguments: str, timeout: timedelta = HOUR, **container: object) -> Cron:
    """Return a cron that runs this in a container."""
    grace = timedelta(seconds=0.5)
    fields: dict[str, object] = {"image": BUSYBOX, "arguments": arguments, "stop_grace": grace}
    description = Container(**(fields | container))  # type: ignore[arg-type]  # test data
    cron = make_cron(f"job-{uuid4().hex[:8]}", timeout=timeout)
    return replace(cron, definition=replace(cron.definition, description=description))


def execution_of(cron: Cron) -> Execution:
    """Return an execution that a launcher is about to start."""
    start_by = datetime.now(UTC) + HOUR
    return make_execution(
        cron, id=str(uuid4()), status=Status.STARTING, attempt=1, start_by=start_by
    )


class Lab:
    """One server's share of the daemon."""

    def __init__(self, data: Path) -> None:
        self.url = docker_url()
        self.data = data
        self.instance = f"test-{uuid4().hex[:8]}"
        self.house = House(self.instance, BUSYBOX, 10_000_000)
        self.connection = Connection(self.url)
        self.containers = Containers(self.connection)
        self.engine = self.new_engine()

    def new_engine(self, log_limit: int = 10_000_000, guard_image: str = BUSYBOX) -> DockerEngine:
        """Return one more engine over the same executions."""
        return DockerEngine(self.url, self.data, self.instance, guard_image, log_limit)

    async def restart(self) -> None:
        """Put a new engine in the place of the one that was."""
        await self.engine.close()
        self.engine = self.new_engine()

    async def close(self) -> None:
        """End and remove everything."""
        await self.engine.close()
        await self.connection.close()
        await remove_containers(self.instance)

    async def start(self, cron: Cron) -> tuple[Execution, Observation]:
        """Start an execution of a cron; return it with what start said."""
        execution = execution_of(cron)
        return execution, await self.engine.start(execution, cron)

    async def truth(self, execution: Execution) -> Observation:
        """Return what is true of an execution."""
        [seen] = await self.engine.inspect([execution])
        return seen

    async def end(self, execution: Execution) -> Observation:
        """Return how an execution ended, when it has."""

        async def is_over() -> bool:
            return (await self.truth(execution)).kind is not Kind.STARTED

        await eventually(is_over)
        return await self.truth(execution)

    async def exit_code(self, name: str) -> int:
        """Wait for the end of a container and return its exit code."""
        code: int | None = None

        async def has_ended() -> bool:
            nonlocal code
            document = await self.containers.inspect(name)
            assert document is not None
            code = None if document["State"]["Running"] else document["State"]["ExitCode"]
            return code is not None

        await eventually(has_ended)
        assert code is not None
        return code

    async def log(self, execution: Execution) -> bytes:
        """Return what there is of an execution's log."""
        return b"".join([chunk async for chunk in self.engine.logs(execution)])

    async def left(self) -> list[Job]:
        """Return what the daemon has of this server's containers."""
        return [listed(one) for one in await self.containers.find(filters(self.instance))]

    async def is_empty(self) -> bool:
        """Whether the daemon has none."""
        return not await self.left()


async def remove_image(url: str, image: str) -> None:
    """Remove an image by its name."""
    async with Docker(url) as docker:
        with suppress(DockerError):
            await docker.images.delete(image)


@asynccontextmanager
async def watching(engine: DockerEngine) -> AsyncIterator[list[Observation]]:
    """Watch an engine aside, and record what it tells."""
    told: list[Observation] = []

    async def watch() -> None:
        async for seen in engine.watch():
            told.append(seen)  # noqa: PERF401 -- it never ends

    task = asyncio.create_task(watch())
    try:
        yield told
    finally:
        task.cancel()
        await asyncio.wait([task])
