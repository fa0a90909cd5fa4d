"""Servers to be killed, on each engine."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.acceptance.program import Server, a_server
from tests.docker_daemon import docker_url


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder: it tries the real program as well."""
    here = Path(__file__).parent
    for item in items:
        if item.path.is_relative_to(here):
            item.add_marker(pytest.mark.acceptance)


@pytest.fixture(params=["host", pytest.param("docker", marks=pytest.mark.docker)])
async def victim(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Server]:
    """Return a server that was not started yet, on each engine in turn."""
    if request.param == "docker":
        docker_url()  # or skipped
    async with a_server(tmp_path, request.param) as made:
        yield made
