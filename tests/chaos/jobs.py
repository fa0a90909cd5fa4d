"""Jobs that tell what they do where the server cannot reach: the only witnesses that count."""

import asyncio
import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from aiodocker import Docker

from tests.acceptance.crons import cron_file
from tests.chaos.counting import BEAT, BEGIN, END, FAILS_WITH, Bounds

GRACE = 1
_TELL = """\
tell() {
  read -r up _ < /proc/uptime
  echo "$WL_CRON $WL_EXECUTION $WL_SLOT $1 $up"
} >&3 2>/dev/null
live() { i=0; while [ "$i" -lt "$1" ]; do tell %s; sleep 0.1; i=$((i + 1)); done; }
"""


class Witness(Protocol):
    """Where jobs tell, and what they told."""

    @property
    def opening(self) -> str:
        """Return the shell's words that make a file of number 3 to tell into."""

    @property
    def closing(self) -> str:
        """Return the shell's words that see to it that all of it has arrived."""

    def text(self) -> str:
        """Return all that was told."""


@dataclass(frozen=True, slots=True)
class Book:
    """A file outside of the data directory, for processes of this machine."""

    path: Path
    closing: str = ":"

    @property
    def opening(self) -> str:
        """Have lines added to the file."""
        return f"exec 3>>{self.path}"

    def text(self) -> str:
        """Return all that was told."""
        return self.path.read_text() if self.path.exists() else ""


@dataclass(slots=True)
class Listener:
    """A port of this machine, for containers: they can write to no file of ours."""

    address: str  # of this machine, as containers see it
    port: int = 0
    _told: list[bytes] = field(default_factory=list)
    closing: str = "exec 3>&-; wait"

    @property
    def opening(self) -> str:
        """Have lines carried there by a process that ends when all are there."""
        carry = f"nc {self.address} {self.port} < /tmp/told >/dev/null 2>&1"
        return f"mkfifo /tmp/told; {carry} & exec 3>/tmp/told"

    def text(self) -> str:
        """Return all that was told."""
        return b"".join(self._told).decode()

    async def hear(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Note what one job tells, whole lines only."""
        try:
            while line := await reader.readline():
                if line.endswith(b"\n"):
                    self._told.append(line)
        except OSError:  # it was killed
            pass
        finally:
            writer.close()


@asynccontextmanager
async def a_listener(docker_host: str) -> AsyncIterator[Listener]:
    """Listen to the containers of a daemon on its own bridge."""
    async with Docker(docker_host) as docker:
        bridge = await (await docker.networks.get("bridge")).show()
    made = Listener(bridge["IPAM"]["Config"][0]["Gateway"])
    server = await asyncio.start_server(made.hear, made.address, 0)
    made.port = server.sockets[0].getsockname()[1]
    async with server:
        yield made


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What a cron does, so that its rows and its alerts can be judged."""

    script: str
    timeout: int = 30  # seconds

    @property
    def bounds(self) -> Bounds:
        """Return how long it may last."""
        return Bounds(self.timeout, GRACE)

    def cron_file(self, witness: Witness, schedule: str, start_within: str) -> str:
        """Return its cron file."""
        tell = _TELL % BEAT
        # PIPE and TERM are ignored where it hangs, also by what carries its words.
        lines = [self.script.partition("|")[0], witness.opening, tell, f"tell {BEGIN}"]
        script = "\n".join([*lines, self.script.partition("|")[2]])
        return cron_file(
            script.replace("CLOSE", f"tell {END}; {witness.closing}"),
            schedule,
            timeout=f"{self.timeout}s",
            notifications={
                "failed": {"severity": "error"},
                "not-started-within": {"threshold": "10m", "severity": "error"},
            },
            description={"stop-grace": f"{GRACE}s"},
            **{"start-within": start_within},
        )


# What comes before | is done before the job opens its mouth.
def succeeds(tenths: int) -> Job:
    """Return a job that lives for so long and ends well."""
    return Job(script=f"|live {tenths}; CLOSE; exit 0")


def fails(tenths: int) -> Job:
    """Return a job that lives for so long and fails."""
    return Job(script=f"|live {tenths}; CLOSE; exit {FAILS_WITH}")


def hangs(timeout: int = 2) -> Job:
    """Return a job that would go on for half a minute, whoever asks it to end."""
    return Job(script="trap '' TERM PIPE|live 300; CLOSE; exit 0", timeout=timeout)


def lasts(seconds: int) -> Job:
    """Return a job that is longer than its period, so that slots of it are skipped."""
    return Job(script=f"|live {seconds * 10}; CLOSE; exit 0", timeout=seconds + 30)


def any_job(dice: random.Random) -> Job:
    """Return a short job: half of them fail, some succeed, some hang."""
    tenths = dice.randrange(15)
    return dice.choices([fails(tenths), succeeds(tenths), hangs()], [5, 3, 2])[0]
