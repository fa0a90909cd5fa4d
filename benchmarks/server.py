"""The product as its users start it: `wl server` in a process and a data directory of its own."""

import asyncio
import contextlib
import os
import signal
import socket
import sys
import time
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any

import aiohttp

WL = Path(sys.executable).parent / "wl"
_PATIENCE = 60.0  # seconds for a start
_LOOK_EVERY = 0.005


@dataclass(frozen=True, slots=True)
class Server:
    """A server that is ready, and a connection to it that is kept."""

    pid: int
    data: Path
    url: str
    ready_after: float  # seconds from its start to its first 200 from /readyz
    session: aiohttp.ClientSession

    @property
    def database(self) -> Path:
        """Return where its SQLite database is."""
        return self.data / "wlcron.db"

    @property
    def token(self) -> str:
        """Return what its API wants to hear."""
        return (self.data / "token").read_text().strip()

    async def get(self, path: str) -> Any:  # noqa: ANN401 -- JSON
        """Return what the API answers."""
        return await self._ask("GET", path)

    async def create(self, name: str, cron_file: str) -> None:
        """Hand in a cron."""
        await self._ask("PUT", f"/v1/crons/{name}", cron_file)

    async def run(self, name: str) -> str:
        """Start an execution now, and return its id."""
        return str((await self._ask("POST", f"/v1/crons/{name}/executions"))["id"])

    async def stop(self, execution_id: str) -> None:
        """Ask for the end of an execution."""
        await self._ask("POST", f"/v1/executions/{execution_id}/stop")

    async def _ask(self, method: str, path: str, body: str | None = None) -> Any:  # noqa: ANN401 -- JSON
        async with self.session.request(method, self.url + path, data=body) as response:
            if not response.ok:
                raise RuntimeError(f"{method} {path}: {await response.text()}")
            return await response.json()


def user_environment() -> dict[str, str]:
    """Return the environment of a user who has configured nothing.

    What `make` adds is left out: it forbids Python to keep what it has compiled.
    """
    ours = ("WL_", "PYTHONDONTWRITEBYTECODE")
    return {name: value for name, value in os.environ.items() if not name.startswith(ours)}


@contextlib.asynccontextmanager
async def running(data: Path, *flags: str) -> AsyncIterator[Server]:
    """Start a server, yield it when it is ready, and end it."""
    url = f"127.0.0.1:{_free_port()}"
    log = data.with_suffix(".log")
    with log.open("wb") as errors:
        begin = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            *(str(WL), "server", "--data-dir", str(data), "--listen", url, *flags),
            stderr=errors,
            env=user_environment(),
        )
    try:
        await _ready(f"http://{url}", process, log)
        ready_after = time.perf_counter() - begin
        headers = {"Authorization": f"Bearer {(data / 'token').read_text().strip()}"}
        async with aiohttp.ClientSession(headers=headers) as session:
            yield Server(process.pid, data, f"http://{url}", ready_after, session)
    finally:
        await _end(process)


async def _ready(url: str, process: Process, log: Path) -> None:
    async with asyncio.timeout(_PATIENCE):
        while not await _says_ready(url):
            if process.returncode is not None:
                raise RuntimeError(f"the server has ended: {_tail(log)}")
            await asyncio.sleep(_LOOK_EVERY)


def _tail(log: Path) -> str:
    return log.read_text()[-2000:]


async def _says_ready(url: str) -> bool:
    try:
        async with aiohttp.request("GET", f"{url}/readyz") as response:
            return response.status == HTTPStatus.OK
    except aiohttp.ClientError:
        return False


async def _end(process: Process) -> None:
    if process.returncode is None:
        process.send_signal(signal.SIGTERM)
        await process.wait()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return int(listening.getsockname()[1])
