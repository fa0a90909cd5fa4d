"""A host engine with a guard of its own, and short words for what tests do with it."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import DEADLINE, eventually
from tests.contract.engines import LONG, Job, cron_for, execution_of
from tests.engines.host.guards import end_guard
from wlcron.core.cron import Cron
from wlcron.core.execution import Execution, Observation
from wlcron.engines.host.engine import HostEngine
from wlcron.engines.host.truth import UNFINISHED

GRACE = timedelta(seconds=0.2)


class Host:
    """An engine and its data directory."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.engine = HostEngine(data)

    async def start(self, *arguments: str, **container: object) -> tuple[Execution, Observation]:
        """Start an execution; return it with what start said."""
        cron = cron_of(*arguments, **container)
        execution = execution_of(cron)
        return execution, await self.engine.start(execution, cron)

    async def run(self, *arguments: str, **container: object) -> tuple[Observation, str]:
        """Run an execution to its end; return how it ended, and its log."""
        execution, _ = await self.start(*arguments, **container)
        return await self.end(execution), await self.log(execution)

    async def truth(self, execution: Execution) -> Observation:
        """Return what is true of an execution."""
        [seen] = await self.engine.inspect([execution])
        return seen

    async def end(self, execution: Execution) -> Observation:
        """Return how an execution ended, when it has."""

        async def is_over() -> bool:
            return (await self.truth(execution)).kind not in UNFINISHED

        await eventually(is_over)
        return await self.truth(execution)

    async def log(self, execution: Execution) -> str:
        """Return what an execution wrote until now."""
        return b"".join([chunk async for chunk in self.engine.logs(execution)]).decode()

    async def first_words(self, execution: Execution) -> str:
        """Return the log of an execution as soon as it has a line."""

        async def has_a_line() -> bool:
            return "\n" in await self.log(execution)

        await eventually(has_a_line)
        return await self.log(execution)


async def heard(host: Host, execution: Execution) -> Observation:
    """Return what a watcher is told of an execution; to be listening before it happens."""
    async with asyncio.timeout(DEADLINE):
        async for seen in host.engine.watch():
            if seen.execution_id == execution.id:
                return seen
    raise AssertionError


def cron_of(*arguments: str, **container: object) -> Cron:
    """Return a cron with this command; all but its `timeout` goes into its description."""
    timeout = container.pop("timeout", LONG)
    assert isinstance(timeout, timedelta)
    job = Job(timeout=timeout, grace=GRACE)
    return cron_for(job, **({"arguments": arguments} | container))


def is_alive(pid: int | str) -> bool:
    """Whether a process of this machine runs."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def marked(mark: str) -> list[int]:
    """Return the processes of this machine whose command line begins with a mark."""
    found = []
    for path in Path("/proc").glob("[0-9]*"):
        try:
            arguments = (path / "cmdline").read_bytes()
        except OSError:
            continue
        if arguments.startswith(mark.encode()):
            found.append(int(path.name))
    return found


@pytest.fixture
async def host(tmp_path: Path) -> AsyncIterator[Host]:
    """Return a host engine over a guard that is ended afterwards."""
    host = Host(tmp_path / "data")
    yield host
    await host.engine.close()
    end_guard(host.data)
