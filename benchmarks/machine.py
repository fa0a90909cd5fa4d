"""What machine it was: a figure without it says little."""

import os
import platform
from datetime import UTC, datetime
from pathlib import Path

import aiohttp

from engine_api import EngineApi, find_daemon


async def describe_machine() -> str:
    """Return cores, memory, kernel, versions, date and load in one paragraph."""
    parts = [
        f"{os.cpu_count()} cores ({_processor()})",
        f"{_memory_gib():.0f} GiB of memory",
        f"Linux {platform.release()}",
        f"Python {platform.python_version()}",
        await _docker(),
        f"load {os.getloadavg()[0]:.1f} at the beginning",
    ]
    return f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC: {', '.join(parts)}."


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return " ".join(line.partition(":")[2].split())
    return platform.machine()


def _memory_gib() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


async def _docker() -> str:
    if (host := find_daemon()) is None:
        return "no Docker daemon"
    try:
        async with EngineApi(host) as api:
            return f"Docker {await api.version()}"
    except (aiohttp.ClientError, OSError) as error:
        return f"no Docker daemon ({error})"
