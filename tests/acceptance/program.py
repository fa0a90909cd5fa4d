"""The real program: a server that is started, stopped and killed."""

import asyncio
import contextlib
import json
import os
import signal
import subprocess
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.acceptance.user import PATIENCE, WL, Answer, User, spawn
from tests.conftest import eventually
from tests.docker_daemon import remove_containers


@dataclass
class Server(User):
    """`wl server` on a data directory and a port of its own, as often as it is started."""

    engine: str = "host"
    preload: dict[str, str] = field(default_factory=dict)  # variables of the server alone
    process: subprocess.Popen[bytes] | None = None

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
            self.process = spawn(command, self.variables() | self.preload, file)
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

    def events(self) -> Iterator[dict[str, Any]]:
        """Yield the lines of its log, each of which has to be JSON."""
        return map(json.loads, self.log.splitlines())

    @property
    def _log(self) -> Path:
        return self.home / "server.log"

    async def _end(self, number: signal.Signals) -> int:
        process, self.process = self.process, None
        if process is None:
            return 0
        process.send_signal(number)
        return await asyncio.to_thread(process.wait, PATIENCE)


@asynccontextmanager
async def a_server(home: Path, engine: str) -> AsyncIterator[Server]:
    """Yield a server; end whatever it left, and see that it never lost its composure."""
    made = Server(home / "data", home, engine=engine)
    try:
        yield made
    finally:
        await made.kill()
        await end_guard(made.data)
        instance = made.data / "instance"
        if engine == "docker" and instance.exists():
            await remove_containers(instance.read_text().strip())
    assert "Traceback" not in made.log


def refused(answer: Answer) -> str:
    """Return the one sentence of a server that could not be started."""
    assert answer.code == 1, answer
    assert answer.err.count("\n") == 1, answer.err
    assert answer.err.startswith("wl: ")
    return answer.err


async def ended(process: subprocess.Popen[bytes]) -> int:
    """Wait for the end of a process and return its exit code."""
    return await asyncio.to_thread(process.wait, PATIENCE)


async def end_guard(data: Path) -> None:
    """End the guard of a data directory, and with it all that it guards."""
    for pid in _guards(data):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    await eventually(lambda: not _guards(data))


def _guards(data: Path) -> list[int]:
    pids = (int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit())
    return [pid for pid in pids if _is_guard(pid, data)]


def _is_guard(pid: int, data: Path) -> bool:
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except OSError:  # it has ended
        return False
    return b"wlcron.engines.host.guard" in command and os.fsencode(data) in command
