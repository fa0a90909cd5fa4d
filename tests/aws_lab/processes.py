"""Containers as processes of this machine, where there is no Docker."""

import asyncio
import os
import signal
from asyncio.subprocess import DEVNULL, STDOUT, Process, create_subprocess_exec
from collections.abc import AsyncIterator
from contextlib import suppress

from tests.aws_lab.box import Box
from tests.aws_lab.running import StartError


class RunningProcess:
    """The first process of a container that has none."""

    def __init__(self, process: Process, output: asyncio.StreamReader) -> None:
        self._process = process
        self._output = output

    async def wait(self) -> tuple[int, str | None]:
        """Return the exit code; what the process left behind is killed."""
        code = await self._process.wait()
        self._kill_group()
        return (code if code >= 0 else 128 - code), None

    async def signal(self, name: str) -> None:
        """Send TERM to the process, or KILL to its group."""
        if self._process.returncode is not None:
            return
        if name == "KILL":
            self._kill_group()
        else:
            self._process.send_signal(getattr(signal, f"SIG{name}"))

    async def lines(self) -> AsyncIterator[str]:
        """Yield what it writes."""
        async for line in self._output:
            yield line.decode("utf-8", "replace").rstrip("\n")

    async def remove(self) -> None:
        """Kill what is left; the group of one that has ended is gone, and its number may be new."""
        if self._process.returncode is None:
            self._kill_group()

    def _kill_group(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)


class ProcessRunner:
    """Starts processes; images and users are ignored."""

    def __init__(self) -> None:
        self._running: set[RunningProcess] = set()

    async def start(self, box: Box, environment: dict[str, str]) -> RunningProcess:
        """Start a container's command in a session of its own."""
        command = [*(box.definition.get("entryPoint") or ()), *box.command]
        if not command:
            raise StartError("CannotStartContainerError: no command specified")
        # A pipe of our own: asyncio's `wait` waits also for whoever else holds its pipe.
        reading, writing = os.pipe()
        try:
            process = await create_subprocess_exec(
                *command,
                stdin=DEVNULL,
                stdout=writing,
                stderr=STDOUT,
                start_new_session=True,
                env={"PATH": os.environ["PATH"]} | environment,
                cwd=box.definition.get("workingDirectory"),
            )
        except OSError as error:
            text = f"CannotStartContainerError: exec: {command[0]}: {error.strerror}"
            os.close(reading)
            raise StartError(text) from error
        finally:
            os.close(writing)
        running = RunningProcess(process, await _reader(reading))
        self._running.add(running)
        return running

    async def close(self) -> None:
        """Kill everything."""
        for running in self._running:
            await running.remove()


async def _reader(descriptor: int) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    loop = asyncio.get_running_loop()
    pipe = os.fdopen(descriptor, "rb", 0)
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), pipe)
    return reader
