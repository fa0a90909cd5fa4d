"""The engines that the contract is tried on, and the jobs that it has them run."""

import atexit
import shlex
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from tests.aws_lab.process import Lab, running_lab
from tests.docker_daemon import BUSYBOX, docker_url, remove_containers
from tests.engines.ecs.lab import EcsLab, as_environment, prepare
from tests.engines.host.guards import end_guard
from tests.samples import make_cron, make_execution
from wlcron.core.cron import Container, Cron
from wlcron.core.execution import Execution, Status
from wlcron.engine import Engine
from wlcron.engines.docker import DockerEngine
from wlcron.engines.fake import FakeEngine, Script
from wlcron.engines.host.engine import HostEngine

LONG = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What an execution does: says something, lasts, and exits."""

    says: str = ""
    lasts: timedelta = timedelta(0)
    exit_code: int = 0
    ignores_term: bool = False
    is_missing: bool = False  # there is no such command
    timeout: timedelta = LONG
    grace: timedelta = timedelta(seconds=0.2)

    @property
    def arguments(self) -> tuple[str, ...]:
        """Return the command of an engine that runs processes."""
        if self.is_missing:
            return ("no-such-command",)
        trap = "trap '' TERM; " if self.ignores_term else ""
        says = f"printf %s {shlex.quote(self.says)}; " if self.says else ""
        lasts = f"sleep {self.lasts.total_seconds()}; " if self.lasts else ""
        return ("sh", "-c", f"{trap}{says}{lasts}exit {self.exit_code}")


class Trial(Protocol):
    """An engine on trial."""

    engine: Engine
    soon: timedelta  # a timeout that lasts longer than any start, also on a busy machine
    forgets: bool  # whether `forget` removes what is kept of an execution

    def cron(self, job: Job) -> Cron:
        """Return a cron that does the job."""

    async def reopen(self) -> None:
        """Replace the engine by a new one over the same executions, as a restart would."""

    async def close(self) -> None:
        """End everything."""


class FakeTrial:
    """The fake engine, scripted by the cron's name."""

    soon = timedelta(seconds=0.5)
    forgets = True

    def __init__(self, _data: Path) -> None:
        self._scripts: dict[str, Script] = {}
        self.engine: Engine = FakeEngine(lambda execution: self._scripts[execution.cron_name])

    def cron(self, job: Job) -> Cron:
        """Return a cron whose script is the job."""
        cron = cron_for(job)
        self._scripts[cron.name] = Script(
            run_for=job.lasts,
            exit_code=job.exit_code,
            refuse="there is no such command" if job.is_missing else "",
            says=job.says.encode(),
        )
        return cron

    async def reopen(self) -> None:
        """Keep the engine: it holds its executions in memory."""

    async def close(self) -> None:
        """Do nothing: nothing runs."""


class HostTrial:
    """The host engine, over a guard of its own."""

    soon = timedelta(seconds=0.5)
    forgets = True

    def __init__(self, data: Path) -> None:
        self._data = data
        self.engine: Engine = HostEngine(data)

    def cron(self, job: Job) -> Cron:
        """Return a cron that runs a shell."""
        return cron_for(job)

    async def reopen(self) -> None:
        """Open the data directory once more."""
        await self.engine.close()
        self.engine = HostEngine(self._data)

    async def close(self) -> None:
        """End the guard, and everything with it."""
        await self.engine.close()
        end_guard(self._data)


class DockerTrial:
    """The docker engine, on the daemon that is there for tests."""

    soon = timedelta(seconds=4)
    forgets = True

    def __init__(self, data: Path) -> None:
        self._data = data
        self._instance = f"contract-{uuid4().hex[:8]}"
        self.engine: Engine = self._open()

    def cron(self, job: Job) -> Cron:
        """Return a cron that runs a shell in a container."""
        return cron_for(job, image=BUSYBOX)

    async def reopen(self) -> None:
        """Let go of the daemon, and take it up again."""
        await self.engine.close()
        self.engine = self._open()

    async def close(self) -> None:
        """End the containers, and remove them."""
        await self.engine.close()
        await remove_containers(self._instance)

    def _open(self) -> Engine:
        return DockerEngine(docker_url(), self._data, self._instance, guard_image=BUSYBOX)


class EcsTrial:
    """The ecs engine, on the laboratory: containers, or processes where there is no daemon."""

    soon = timedelta(seconds=4)
    forgets = False  # tasks and logs are AWS's to keep

    def __init__(self, _data: Path) -> None:
        lab = _laboratory()
        self._environment = ExitStack()
        self._environment.enter_context(as_environment(lab))
        self._lab = EcsLab(lab, prepare(lab))
        self.engine: Engine = self._lab.engine

    def cron(self, job: Job) -> Cron:
        """Return a cron that runs a shell in a container."""
        return cron_for(job, image=BUSYBOX)

    async def reopen(self) -> None:
        """Make an engine that remembers nothing."""
        await self._lab.reopen()
        self.engine = self._lab.engine

    async def close(self) -> None:
        """Let go of AWS; what runs ends with the laboratory."""
        await self._lab.close()
        self._environment.close()


@cache
def _laboratory() -> Lab:
    """Return a laboratory that all trials share, and that ends with this process."""
    running = ExitStack()
    atexit.register(running.close)
    return running.enter_context(running_lab())


TRIALS: dict[str, Callable[[Path], Trial]] = {
    "fake": FakeTrial,
    "host": HostTrial,
    "docker": DockerTrial,
    "ecs": EcsTrial,
}


def cron_for(job: Job, **container: object) -> Cron:
    """Return a cron of its own name that does the job; `container` adds to its description."""
    cron = make_cron(f"job-{uuid4().hex[:8]}", timeout=job.timeout)
    fields: dict[str, object] = {"arguments": job.arguments, "stop_grace": job.grace}
    description = Container(**(fields | container))  # type: ignore[arg-type]  # test data
    return replace(cron, definition=replace(cron.definition, description=description))


def execution_of(cron: Cron) -> Execution:
    """Return an execution of a cron that a launcher is about to start."""
    return make_execution(cron, id=str(uuid4()), status=Status.STARTING, attempt=1)
