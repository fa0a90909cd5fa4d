"""What all tests share."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import HealthCheck, settings

# How fast an example is depends on who else uses the machine; speed lives in `make bench`.
# A run of the suite tries the same examples each time, so that what lands is what was seen to
# pass; new ones are looked for by `make fuzz`, which may take as long as it is let.
settings.register_profile(
    "wlcron", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "search", settings.get_profile("wlcron"), derandomize=False, max_examples=2_000
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "wlcron"))

DEADLINE = 30.0


def pytest_configure() -> None:
    """Hear of SIGINT also where a shell had it ignored for us, as it does in the background.

    What is ignored would be ignored by every program that the tests start, and a test that
    presses Ctrl-C would wait for ever.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


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
