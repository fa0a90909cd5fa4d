"""The life of a task: through the documented states, its containers with it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.aws_lab.box import Box
from tests.aws_lab.cloudwatch import open_stream
from tests.aws_lab.front import Moto
from tests.aws_lab.running import Runner, Running, StartError
from tests.aws_lab.secrets_of import read_secrets
from tests.aws_lab.tasks import Ending, Task

_BY_ITSELF = Ending("EssentialContainerExited", "Essential container in task exited")
_NOT_STARTED = ("CannotStart", "CannotCreate")


@dataclass
class Manner:
    """How tasks live; tests change it."""

    pause: float = 0.0  # seconds between two states
    skips_running: bool = False  # a job that is quicker than its agent is never seen RUNNING


@dataclass
class Life:
    """Leads one task from PROVISIONING to STOPPED; belongs to one event loop."""

    task: Task
    moto: Moto
    runner: Runner
    tell: Callable[[Task], None]
    manner: Manner
    mishap: Ending | None = None  # in place of a start
    _asked: asyncio.Event = field(default_factory=asyncio.Event)
    _running: dict[str, Running] = field(default_factory=dict)
    _ends: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _logs: list[asyncio.Task[None]] = field(default_factory=list)

    async def run(self) -> None:
        """Live."""
        try:
            self.tell(self.task)
            await self._go("PENDING", "connectivityAt", "pullStartedAt")
            await self._start()
            if not self._asked.is_set():
                await self._be_running()
            await self._close_down()
        finally:
            for running in self._running.values():
                await running.remove()

    def stop(self, ending: Ending) -> None:
        """End the task; whoever comes first says why."""
        if self.task.ending is None:
            self.task.ending = ending
            self.task.desired_status = "STOPPED"
            self._asked.set()

    async def _start(self) -> None:
        if self.mishap is not None:
            self.task.boxes[0].reason = self.mishap.reason
            self.stop(self.mishap)
        try:
            for layer in self.task.layers():
                for box in layer:
                    if self._asked.is_set():
                        return
                    await self._start_box(box)
        except ValueError as error:
            self.stop(Ending("TaskFailedToStart", str(error)))

    async def _start_box(self, box: Box) -> None:
        try:
            secrets = await asyncio.to_thread(read_secrets, self.moto, box)
            stream = await open_stream(self.moto, box)
            running = await self.runner.start(box, box.environment | secrets)
        except StartError as error:
            text = str(error)
            if text.startswith("Cannot"):
                box.reason = text
            is_plain = text.startswith(_NOT_STARTED)
            reason = "Task failed to start" if is_plain else text
            self.stop(Ending("TaskFailedToStart", reason))
            return
        self._running[box.name] = running
        box.status = "RUNNING"
        self._ends[box.name] = asyncio.create_task(_end(box, running))
        if stream is not None:
            self._logs.append(asyncio.create_task(stream.copy(running)))

    async def _be_running(self) -> None:
        self.task.stamp("pullStoppedAt")
        essential = {self._ends[box.name] for box in self.task.boxes if box.is_essential}
        if not (self.manner.skips_running and any(end.done() for end in essential)):
            await self._go("RUNNING", "startedAt")
        asked = asyncio.create_task(self._asked.wait())
        await asyncio.wait({asked, *essential}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        self.stop(_BY_ITSELF)

    async def _close_down(self) -> None:
        ending = self.task.ending or _BY_ITSELF
        if ending.is_lost:
            await self._lose(ending)
            return
        self.task.stamp("stoppingAt")
        if self._running:
            await self._go("DEACTIVATING")
            await self._go("STOPPING")
            # Those that others wait for at the start go last.
            for layer in reversed(list(self.task.layers())):
                await asyncio.gather(*(self._stop_box(box) for box in layer))
            self.task.stamp("executionStoppedAt")
        await asyncio.gather(*self._logs)
        for box in self.task.boxes:
            box.status = "STOPPED"
        await self._go("DEPROVISIONING")
        await self._go("STOPPED", "stoppedAt")

    async def _lose(self, ending: Ending) -> None:
        for running in self._running.values():
            await running.signal("KILL")
        await asyncio.gather(*self._ends.values(), *self._logs)
        for box in self.task.boxes:
            box.status, box.exit_code = "STOPPED", None
        self.task.stamp("stoppingAt", "stoppedAt")
        self.task.move("STOPPED")
        if not ending.is_silent:
            self.tell(self.task)

    async def _stop_box(self, box: Box) -> None:
        end = self._ends.get(box.name)
        if end is None or end.done():
            return
        await self._running[box.name].signal("TERM")
        done, _ = await asyncio.wait({end}, timeout=box.stop_timeout)
        if not done:
            await self._running[box.name].signal("KILL")
            await end

    async def _go(self, status: str, *stamps: str) -> None:
        await asyncio.sleep(self.manner.pause)
        self.task.stamp(*stamps)
        self.task.move(status)
        self.tell(self.task)


async def _end(box: Box, running: Running) -> None:
    code, reason = await running.wait()
    box.exit_code, box.reason, box.status = code, reason, "STOPPED"
