"""The bare Engine API: the floor under everything that Docker runs, and a witness beside it."""

import contextlib
import json
import os
from collections.abc import AsyncIterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Self

import aiohttp

from waiting import until

SOCKET = "/var/run/docker.sock"
IMAGE = "wlcron-test/busybox"  # the lab makes it
_NO_LIMIT = aiohttp.ClientTimeout(total=None)


def find_daemon() -> str | None:
    """Return where a Docker daemon should be, or None."""
    if host := os.environ.get("DOCKER_HOST"):
        return host
    return f"unix://{SOCKET}" if Path(SOCKET).exists() else None


def why_no_daemon() -> str:
    """Return why there is no daemon, as far as the lab has said."""
    return os.environ.get("WLCRON_DOCKER_SKIP") or "no Docker daemon answers"


class EngineApi:
    """A daemon at unix://PATH or tcp://HOST:PORT; to be used as a context manager."""

    def __init__(self, host: str) -> None:
        is_socket = host.startswith("unix://")
        path = host.removeprefix("unix://")
        connector = aiohttp.UnixConnector(path, limit=0) if is_socket else None
        base = "http://docker" if is_socket else host.replace("tcp://", "http://")
        self._session = aiohttp.ClientSession(base, connector=connector, timeout=_NO_LIMIT)

    async def __aenter__(self) -> Self:
        """Open the connections."""
        return self

    async def __aexit__(self, *_: object) -> None:
        """Close them."""
        await self._session.close()

    async def version(self) -> str:
        """Return the daemon's version."""
        return str((await self._ask("GET", "/version"))["Version"])

    async def create(self, name: str, body: Mapping[str, Any]) -> None:
        """Make a container."""
        await self._ask("POST", f"/containers/create?name={name}", body)

    async def start(self, name: str) -> None:
        """Start a container."""
        await self._ask("POST", f"/containers/{name}/start")

    async def state(self, name: str) -> dict[str, Any]:
        """Return the state of a container."""
        found: dict[str, Any] = (await self._ask("GET", f"/containers/{name}/json"))["State"]
        return found

    async def started_at(self, name: str) -> float:
        """Return when the daemon saw the container's process start, in seconds of the epoch."""
        return datetime.fromisoformat((await self.state(name))["StartedAt"]).timestamp()

    async def remove(self, *names: str) -> None:
        """Remove containers, also those that run."""
        for name in names:
            await self._ask("DELETE", f"/containers/{name}?force=1&v=1")

    async def names(self, label: str) -> list[str]:
        """Return the containers with a label, also those that have ended."""
        filters = json.dumps({"label": [label]})
        found = await self._ask("GET", f"/containers/json?all=1&filters={filters}")
        return [each["Names"][0].removeprefix("/") for each in found]

    @contextlib.asynccontextmanager
    async def ends(self) -> AsyncIterator[AsyncIterator[str]]:
        """Listen for `die`; yields the containers' names as their events arrive."""
        filters = json.dumps({"type": ["container"], "event": ["die"]})
        async with self._session.get("/events", params={"filters": filters}) as response:
            yield _names_of(response)

    async def _ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:  # noqa: ANN401 -- JSON
        async with self._session.request(method, path, json=body) as response:
            if not response.ok:
                raise RuntimeError(f"{method} {path}: {await response.text()}")
            text = await response.text()
            return json.loads(text) if text else None


async def until_removed(api: EngineApi, label: str) -> None:
    """Wait until there is no container with a label."""

    async def is_gone() -> bool:
        return not await api.names(label)

    await until(is_gone)


async def _names_of(response: aiohttp.ClientResponse) -> AsyncIterator[str]:
    async for line in response.content:
        yield json.loads(line)["Actor"]["Attributes"]["name"]
