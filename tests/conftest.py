"""What all tests share."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

DEADLINE = 30.0


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip Docker's tests where there is no daemon: from here, so that one line says so."""
    if item.get_closest_marker("docker") is not None:
        from tests.docker_daemon import docker_url

        docker_url()


async def eventually(
    holds: Callable[[], Awaitable[bool] | bool], *, within: float = DEADLINE
) -> None:
    """Return as soon as a condition holds; fail when it does not within so many seconds."""
    async with asyncio.timeout(within):
        while True:
            result = holds()
            if await result if isinstance(result, Awaitable) else result:
                return
            await asyncio.sleep(0.01)
