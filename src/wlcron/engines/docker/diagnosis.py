"""`wl doctor` for Docker: what the daemon says of itself -> findings; and where a daemon is."""

import asyncio
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from wlcron.engine import Finding
from wlcron.engines.docker.connection import Connection, DaemonError
from wlcron.errors import EngineUnavailableError

_QUICKLY = 5.0  # seconds in which a daemon answers that is to be found


async def find_docker(docker_host: str = "") -> str | None:
    """Return the address of the daemon to use, or None when none answers.

    `docker_host`, else the environment's DOCKER_HOST, is the only one that is tried where it is
    given; else the places where Docker and Podman have their sockets.
    Raises ConfigurationError when what is given is no address.
    """
    given = docker_host or os.environ.get("DOCKER_HOST", "")
    for url in [given] if given else _usual_places(os.environ):
        if await _answers(url):
            return url
    return None


async def diagnose(connection: Connection, guard_image: str) -> list[Finding]:
    """Ask the daemon, and say what that means for executions."""
    try:
        version, info = await connection.describe()
        has_guard = await connection.has_image(guard_image)
    except (EngineUnavailableError, DaemonError) as error:
        return [Finding(good=False, subject="docker", says=str(error))]
    return [
        _daemon(version, connection.url),
        _guard(guard_image, has_image=has_guard),
        *_limits(info),
        *_restarts(version, info),
    ]


def _usual_places(environ: Mapping[str, str]) -> Iterator[str]:
    runtime = Path(environ.get("XDG_RUNTIME_DIR") or f"/run/user/{os.getuid()}")
    for path in (
        Path("/var/run/docker.sock"),
        runtime / "docker.sock",
        Path.home() / ".docker/run/docker.sock",
        runtime / "podman/podman.sock",
        Path("/run/podman/podman.sock"),
    ):
        if path.is_socket():
            yield f"unix://{path}"


async def _answers(url: str) -> bool:
    connection = Connection(url)
    try:
        async with asyncio.timeout(_QUICKLY):
            await connection.describe()
    except (EngineUnavailableError, DaemonError, TimeoutError):
        return False
    finally:
        await connection.close()
    return True


def _daemon(version: Mapping[str, Any], url: str) -> Finding:
    says = f"{_product(version)} {version['Version']}, API {version['ApiVersion']}, at {url}"
    return Finding(good=True, subject="docker", says=says)


def _product(version: Mapping[str, Any]) -> str:
    names = [component.get("Name", "") for component in version.get("Components") or ()]
    return "Podman" if any("Podman" in name for name in names) else "Docker"


def _guard(image: str, *, has_image: bool) -> Finding:
    says = f"image {image} is here" if has_image else f"image {image} is pulled at the first start"
    return Finding(good=True, subject="guard", says=says)


def _limits(info: Mapping[str, Any]) -> Iterator[Finding]:
    for subject, key, controller in (
        ("memory limits", "MemoryLimit", "memory"),
        ("cpu limits", "CpuCfsQuota", "cpu"),
    ):
        # Podman leaves out what it has.
        if info.get(key, True):
            yield Finding(good=True, subject=subject, says="hold")
        else:
            says = f"do not hold: give the daemon the kernel's {controller} controller (cgroups)"
            yield Finding(good=False, subject=subject, says=says)


def _restarts(version: Mapping[str, Any], info: Mapping[str, Any]) -> Iterator[Finding]:
    if _product(version) == "Docker" and not info.get("LiveRestoreEnabled"):
        says = "end running jobs; live-restore in Docker's daemon.json lets them run on"
        yield Finding(good=True, subject="restarts of the daemon", says=says)
