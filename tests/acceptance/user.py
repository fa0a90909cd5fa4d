"""A user: `wl` and the API, against one server."""

import asyncio
import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

WL = Path(sys.executable).parent / "wl"
PATIENCE = 60.0  # seconds for anything that takes one, on a machine that is busy
# What a user's shell has, and where the checkout is that is tested.
INHERITED = ("PATH", "LANG", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "DOCKER_HOST")


class Answer(NamedTuple):
    """What a command of `wl` printed, and its exit code."""

    code: int
    out: str
    err: str

    def json(self) -> Any:  # noqa: ANN401 -- as the command says
        """Return what `-o json` printed."""
        return json.loads(self.out)


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class User:
    """Somebody who knows where a server is, and may know its token."""

    data: Path
    home: Path
    environ: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self) -> str:
        """Return what opens its API."""
        return self.environ.get("WL_TOKEN") or (self.data / "token").read_text().strip()

    async def wl(self, *arguments: str, stdin: str = "") -> Answer:
        """Run `wl` against it to its end."""
        done = await asyncio.to_thread(self._run, arguments, stdin)
        return Answer(done.returncode, done.stdout, done.stderr)

    def begin(self, *arguments: str, output: Path) -> subprocess.Popen[bytes]:
        """Start a command of `wl` that goes on, printing into a file; end it by `ended`."""
        with output.open("wb") as file:
            return spawn([str(WL), *arguments], self.variables(), file)

    async def ask(self, method: str, path: str, body: str = "", *, key: str = "") -> Any:  # noqa: ANN401 -- any JSON
        """Ask its API, which costs less than a command where something is waited for.

        `key` is the Idempotency-Key. OSError or HTTPException: there was no answer.
        """
        return await asyncio.to_thread(self._ask, method, path, body, key)

    def variables(self) -> dict[str, str]:
        """Return the environment of what the user starts."""
        passed = {name: os.environ[name] for name in INHERITED if name in os.environ}
        where = {"HOME": str(self.home), "WL_URL": self.url, "WL_DATA_DIR": str(self.data)}
        return passed | where | self.environ

    def _run(self, arguments: Sequence[str], stdin: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 -- the program that is tested
            [str(WL), *arguments],
            env=self.variables(),
            cwd=self.home,
            input=stdin,
            capture_output=True,
            text=True,
            check=False,
            timeout=2 * PATIENCE,
        )

    def _ask(self, method: str, path: str, body: str, key: str) -> Any:  # noqa: ANN401 -- any JSON
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        with contextlib.closing(connection):
            headers = {"Authorization": f"Bearer {self.token}"}
            headers |= {"Idempotency-Key": key} if key else {}
            connection.request(method, path, body.encode() or None, headers)
            answer = connection.getresponse()
            return json.loads(answer.read())


def spawn(
    command: list[str],
    environ: Mapping[str, str],
    output: Any,  # noqa: ANN401 -- a file
) -> subprocess.Popen[bytes]:
    """Start a program of ours."""
    return subprocess.Popen(  # noqa: S603 -- the program that is tested
        command, env=environ, stdin=subprocess.DEVNULL, stdout=output, stderr=output
    )
