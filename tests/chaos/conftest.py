"""Servers to be broken, on each engine, with witnesses whom they cannot reach."""

import json
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import pytest

from tests.acceptance.program import a_server
from tests.chaos.jobs import Book, Witness, a_listener
from tests.chaos.length import IS_LONG, LONGEST
from tests.chaos.trial import Trial
from tests.docker_daemon import docker_url
from tests.vendors import Vendor, says, vendor

ENGINES = ["host", pytest.param("docker", marks=pytest.mark.docker)]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder: it tries the real program as well, and takes its time."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.acceptance)
            if IS_LONG:
                item.add_marker(pytest.mark.timeout(LONGEST))


@pytest.fixture(params=ENGINES)
async def trial(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Trial]:
    """Return a run on each engine in turn, whose server was not started yet."""
    docker_host = docker_url() if request.param == "docker" else ""
    async with a_trial(tmp_path, request.param, docker_host) as made:
        yield made


@pytest.fixture
async def host_trial(tmp_path: Path) -> AsyncIterator[Trial]:
    """Return a run on the host engine, whose server was not started yet."""
    async with a_trial(tmp_path, "host") as made:
        yield made


@pytest.fixture
async def docker_trial(tmp_path: Path) -> AsyncIterator[Trial]:
    """Return a run on the docker engine, whose server was not started yet."""
    async with a_trial(tmp_path, "docker", docker_url()) as made:
        yield made


@asynccontextmanager
async def a_trial(home: Path, engine: str, docker_host: str = "") -> AsyncIterator[Trial]:
    """Yield a run with a server, a witness and a webhook of its own."""
    async with AsyncExitStack() as stack:
        witness: Witness = Book(home / "told")
        if docker_host:
            witness = await stack.enter_async_context(a_listener(docker_host))
        hook = await stack.enter_async_context(vendor())
        hook.will(says("heard", 200))
        server = await stack.enter_async_context(a_server(home, engine))
        server.preload = calling(hook)
        yield Trial(server, witness, hook)


def calling(hook: Vendor) -> dict[str, str]:
    """Return what makes a server call a webhook, for each incident by itself."""
    table = {"type": "webhook", "url": f"{hook.url}/hook", "secret": "s", "allow-private": True}
    return {"WL_CHANNELS": json.dumps({"hook": table}), "WL_ALERTS_FLOOD": "1000"}
