"""The real program: a server that is started, stopped and killed, and `wl` beside it."""

import asyncio
import contextlib
import http.client
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tests.conftest import eventually
from tests.docker_daemon import remove_containers

WL = Path(sys.executable).parent / "wl"
PATIENCE = 60.0  # seconds for anything that takes one, on a machine that is busy
# What a user's shell has, and where the checkout is that is tested.
INHERITED = ("PATH", "LANG", "PYTHONPATH", "PYTHONDONTWRITEBYTECODE", "DOCKER_HOST")


def free_port() -> int:
    """Return a port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Answer(NamedTuple):
    """What a command of `wl` printed, and its exit code."""

    code: int
    out: str
    err: str

    def json(self) -> Any:  # noqa: ANN401 -- as the command says
        """Return what `-o json` printed."""
        return json.loads(self.out)


@dataclass
class Server:
    """`wl server` on a data directory and a port of its own, as often as it is started."""

    data: Path
    home: Path
    engine: str = "host"
    environ: dict[str, str] = field(default_factory=dict)
    preload: dict[str, str] = field(default_factory=dict)  # variables of the server alone
    port: int = field(default_factory=free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def token(self) -> str:
        """Return what opens its API."""
        return self.environ.get("WL_TOKEN") or (self.data / "token").read_text().strip()

    @property
    def log(self) -> str:
        """Return what it wrote to standard error, of all its lives."""
        return self._log.read_text() if self._log.exists() else ""

    async def start(self, *flags: str) -> None:
        """Start it and return when it is ready."""
        lives = self.log.count('"ready"')
        process = self.launch(flags)
        await eventually(
            lambda: self.log.count('"ready"') > lives or process.poll() is not None,
            within=PATIENCE,
        )
        assert process.poll() is None, self.log

    def launch(self, flags: Sequence[str] = ()) -> subprocess.Popen[bytes]:
        """Start it and do not wait."""
        command = [str(WL), "server", "--data-dir", str(self.data), "--engine", self.engine]
        command += ["--listen", f"127.0.0.1:{self.port}", "--log-format", "json", *flags]
        with self._log.open("ab") as file:
            self.process = _spawn(command, self._environ() | self.preload, file)
        return self.process

    async def refuse(self, *flags: str) -> Answer:
        """Start it where it cannot be started; return how it ended."""
        before = len(self.log)
        process, self.process = self.launch(flags), None
        code = await asyncio.to_thread(process.wait, PATIENCE)
        return Answer(code, "", self.log[before:])

    async def stop(self) -> int:
        """Send it SIGTERM; return its exit code."""
        return await self._end(signal.SIGTERM)

    async def kill(self) -> None:
        """Kill it, as a power cut would."""
        await self._end(signal.SIGKILL)

    async def wl(self, *arguments: str, stdin: str = "") -> Answer:
        """Run `wl` against it to its end."""
        done = await asyncio.to_thread(self._run, arguments, stdin)
        return Answer(done.returncode, done.stdout, done.stderr)

    def begin(self, *arguments: str, output: Path) -> subprocess.Popen[bytes]:
        """Start a command of `wl` that goes on, printing into a file; end it by `ended`."""
        with output.open("wb") as file:
            return _spawn([str(WL), *arguments], self._environ(), file)

    async def ask(self, method: str, path: str, body: str = "", *, key: str = "") -> Any:  # noqa: ANN401 -- any JSON
        """Ask its API, which costs less than a command where something is waited for.

        `key` is the Idempotency-Key. OSError or HTTPException: there was no answer.
        """
        return await asyncio.to_thread(self._ask, method, path, body, key)

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield the lines of its log, each of which has to be JSON."""
        return map(json.loads, self.log.splitlines())

    @property
    def _log(self) -> Path:
        return self.home / "server.log"

    def _environ(self) -> dict[str, str]:
        passed = {name: os.environ[name] for name in INHERITED if name in os.environ}
        where = {"HOME": str(self.home), "WL_URL": self.url, "WL_DATA_DIR": str(self.data)}
        return passed | where | self.environ

    async def _end(self, number: signal.Signals) -> int:
        process, self.process = self.process, None
        if process is None:
            return 0
        process.send_signal(number)
        return await asyncio.to_thread(process.wait, PATIENCE)

    def _run(self, arguments: Sequence[str], stdin: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 -- the program that is tested
            [str(WL), *arguments],
            env=self._environ(),
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


@asynccontextmanager
async def a_server(home: Path, engine: str) -> AsyncIterator[Server]:
    """Yield a server; end whatever it left, and see that it never lost its composure."""
    made = Server(home / "data", home, engine)
    try:
        yield made
    finally:
        await made.kill()
        await end_guard(made.data)
        instance = made.data / "instance"
        if instance.exists():  # it met Docker
            await remove_containers(instance.read_text().strip())
    assert "Traceback" not in made.log


async def ended(process: subprocess.Popen[bytes]) -> int:
    """Wait for the end of a process and return its exit code."""
    return await asyncio.to_thread(process.wait, PATIENCE)


async def end_guard(data: Path) -> None:
    """End the guard of a data directory, and with it all that it guards."""
    for pid in _guards(data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    await eventually(lambda: not _guards(data))


def _spawn(
    command: list[str],
    environ: Mapping[str, str],
    output: Any,  # noqa: ANN401 -- a file
) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 -- the program that is tested
        command, env=environ, stdin=subprocess.DEVNULL, stdout=output, stderr=output
    )


def _guards(data: Path) -> list[int]:
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [pid for pid in pids if _is_guard(pid, data)]


def _is_guard(pid: int, data: Path) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:  # it has ended
        return False
    return b"wlcron.engines.host.guard" in command and os.fsencode(data) in command
