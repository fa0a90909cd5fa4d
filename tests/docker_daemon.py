"""The Docker daemon that tests use: the one that DOCKER_HOST names, or none."""

import asyncio
import json
import os
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest
from aiodocker import Docker, DockerError

from wlcron.engines.docker import find_docker
from wlcron.engines.docker.request import INSTANCE

BUSYBOX = "wlcron-test/busybox"  # made by scripts/docker_lab.py


def docker_url() -> str:
    """Return the daemon's address; skip the test, with the one reason, where none answers."""
    url = _find()
    if url is None:
        reason = os.environ.get("WLCRON_DOCKER_SKIP", "no Docker daemon answers at DOCKER_HOST")
        pytest.skip(reason)
    return url


@cache
def _find() -> str | None:
    named = os.environ.get("DOCKER_HOST")
    if not named:
        return None
    with ThreadPoolExecutor(1) as beside:  # a test's own loop may be running here
        return beside.submit(lambda: asyncio.run(find_docker(named))).result()


async def remove_containers(instance: str) -> None:
    """Remove all containers of one instance, whatever they do."""
    async with Docker(docker_url()) as docker:
        filters = {"label": [f"{INSTANCE}={instance}"]}
        found = await docker.containers.list(all=True, filters=json.dumps(filters))
        # A job goes with its guard, and may be gone when its turn comes.
        removals = (container.delete(force=True, v=True) for container in found)
        for result in await asyncio.gather(*removals, return_exceptions=True):
            if isinstance(result, BaseException) and not isinstance(result, DockerError):
                raise result
