"""Servers: one on each engine that tests share, and ones of a test's own."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import pytest_asyncio

from tests.acceptance.amazon import an_aws_server
from tests.acceptance.crons import EVERY_MINUTE, create, cron_file
from tests.acceptance.hook import settings_of
from tests.acceptance.program import Server, a_server
from tests.aws_lab.process import Lab, running_lab
from tests.docker_daemon import docker_url
from tests.vendors import Vendor, says, vendor

ENGINES = ["host", pytest.param("docker", marks=pytest.mark.docker), "ecs"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.acceptance)


@pytest.fixture
def name() -> str:
    """Return a name that no other test gives to its cron."""
    return f"cron-{uuid4().hex[:8]}"


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def host(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """Return the server on the host engine for all tests that leave it as it was."""
    async with a_server(tmp_path_factory.mktemp("host"), "host") as made:
        await made.start()
        # Its minute passes while other tests run.
        await create(made, EVERY_MINUTE, cron_file("true", "cron(* * * * ? *)"))
        yield made


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def docker(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    """Return the server on the docker engine for all tests that leave it as it was."""
    docker_url()  # or skipped
    async with a_server(tmp_path_factory.mktemp("docker"), "docker") as made:
        await made.start()
        yield made


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """Return what stands in for AWS; its containers are Docker's, where a daemon answers."""
    with running_lab() as lab:
        yield lab


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def ecs(tmp_path_factory: pytest.TempPathFactory, lab: Lab) -> AsyncIterator[Server]:
    """Return the server over AWS for all tests that leave it as it was."""
    async with an_aws_server(tmp_path_factory.mktemp("ecs"), lab) as made:
        yield made


@pytest.fixture(params=ENGINES)
def server(request: pytest.FixtureRequest) -> Server:
    """Return the server of each engine in turn, to be left as it was."""
    shared: Server = request.getfixturevalue(request.param)
    return shared


@pytest.fixture(params=ENGINES)
async def own(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Server]:
    """Return a server of the test's own on each engine in turn."""
    if request.param == "ecs":
        async with an_aws_server(tmp_path, request.getfixturevalue("lab")) as made:
            yield made
        return
    if request.param == "docker":
        docker_url()  # or skipped
    async with a_server(tmp_path, request.param) as made:
        await made.start()
        yield made


@pytest.fixture
async def fresh(tmp_path: Path) -> AsyncIterator[Server]:
    """Return a server of the test's own on the host engine that was not started yet."""
    async with a_server(tmp_path, "host") as made:
        yield made


@pytest.fixture
async def hook() -> AsyncIterator[Vendor]:
    """Return who is called for help."""
    async with vendor() as there:
        there.will(says("heard", 200))
        yield there


@pytest.fixture
def alerted(fresh: Server, hook: Vendor) -> Server:
    """Return a server that calls there."""
    fresh.preload = settings_of(hook)
    return fresh
