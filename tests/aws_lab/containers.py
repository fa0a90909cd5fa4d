"""Containers of a Docker daemon."""

import json
from collections.abc import AsyncIterator, Mapping
from http import HTTPStatus
from typing import Any

from aiodocker import Docker, DockerError
from aiodocker.containers import DockerContainer

from tests.aws_lab.box import Box
from tests.aws_lab.running import StartError

LABEL = "wlcron.lab"
_MIB = 1024 * 1024
_OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
# Where the registry cannot be reached: images that scripts/docker_lab.py makes.
STAND_INS = {
    "public.ecr.aws/docker/library/busybox:stable": "wlcron-test/busybox",
    "busybox": "wlcron-test/busybox",
    "perl": "wlcron-test/perl",
}


class RunningContainer:
    """A container that runs."""

    def __init__(self, container: DockerContainer) -> None:
        self._container = container

    async def wait(self) -> tuple[int, str | None]:
        """Return the exit code, and whether it had too little memory."""
        code = int((await self._container.wait())["StatusCode"])
        state = (await self._container.show())["State"]
        return code, _OUT_OF_MEMORY if state["OOMKilled"] else None

    async def signal(self, name: str) -> None:
        """Send a signal; Docker sends it to the first process, whose end is everybody's."""
        try:
            await self._container.kill(signal=f"SIG{name}")
        except DockerError as error:
            if error.status not in {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT}:
                raise

    async def lines(self) -> AsyncIterator[str]:
        """Yield what it writes, of both streams."""
        rest, told = "", 0
        async for text in self._container.log(stdout=True, stderr=True, follow=True):
            *whole, rest = (rest + text).split("\n")
            for line in whole:
                told += 1
                yield line
        # Docker 20.10 may end that stream without a last line that has no line feed.
        written = "".join(await self._container.log(stdout=True, stderr=True))
        for line in filter(None, written.split("\n")[told:]):
            yield line

    async def remove(self) -> None:
        """Remove the container, whatever it does."""
        await _remove(self._container)


class ContainerRunner:
    """Starts containers on the daemon at `url`; they share the host's network.

    A network of each task's own would be two thirds of what a start takes.
    """

    def __init__(self, url: str, lab: str) -> None:
        self._docker = Docker(url)
        self._lab = lab

    async def start(self, box: Box, environment: dict[str, str]) -> RunningContainer:
        """Create and start a container; an image that is not here cannot be pulled."""
        container = await self._create(box, environment)
        try:
            await container.start()
        except DockerError as error:
            await _remove(container)
            raise StartError(f"CannotStartContainerError: {error.message}") from error
        return RunningContainer(container)

    async def _create(self, box: Box, environment: Mapping[str, str]) -> DockerContainer:
        config = self._config(box, environment)
        named = str(box.definition["image"])
        for image in filter(None, (named, STAND_INS.get(named))):
            try:
                return await self._docker.containers.create(
                    config | {"Image": image}, name=f"lab-{box.task_id[:12]}-{box.name}"
                )
            except DockerError as error:
                if error.status != HTTPStatus.NOT_FOUND:
                    raise StartError(f"CannotCreateContainerError: {error.message}") from error
        raise StartError(
            f"CannotPullContainerError: failed to resolve ref {named}: {named}: not found"
        )

    async def close(self) -> None:
        """Remove all containers of this laboratory."""
        filters = json.dumps({"label": [f"{LABEL}={self._lab}"]})
        for container in await self._docker.containers.list(all=True, filters=filters):
            await _remove(container)
        await self._docker.close()

    def _config(self, box: Box, environment: Mapping[str, str]) -> dict[str, Any]:
        given = box.definition
        linux = given.get("linuxParameters") or {}
        host = {
            "NetworkMode": "host",
            "Init": bool(linux.get("initProcessEnabled")),
            "ReadonlyRootfs": bool(given.get("readonlyRootFilesystem")),
            "Memory": given.get("memory", 0) * _MIB,
            "LogConfig": {"Type": "json-file"},
        }
        return {
            "Entrypoint": given.get("entryPoint") or None,
            "Cmd": box.command or None,
            "Env": [f"{name}={value}" for name, value in environment.items()],
            "User": given.get("user") or "",
            "WorkingDir": given.get("workingDirectory") or "",
            "Labels": {LABEL: self._lab},
            "HostConfig": host,
        }


async def _remove(container: DockerContainer) -> None:
    try:
        await container.delete(force=True, v=True)
    except DockerError as error:
        if error.status not in {HTTPStatus.NOT_FOUND, HTTPStatus.CONFLICT}:
            raise
