"""An engine as one server reaches it."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from functools import partial
from typing import Any

from tests.simulation.containers import Home
from tests.simulation.plan import Habit
from tests.simulation.queue import Message
from tests.simulation.store import Audit
from tests.simulation.weather import Place
from tests.simulation.wire import Line, Sender, Wire, Work
from wlcron.core.cron import Cron, Definition
from wlcron.core.execution import LEASE, Execution, Observation
from wlcron.engine import Finding, Verdict
from wlcron.errors import EngineUnavailableError

POLL = 1.0  # seconds
DAWDLES = (35.0, 70.0, 140.0)  # seconds


class ServersEngine:
    """Keeps the engine's port over the wire."""

    name = "simulated"
    starts_at_once = 3
    starts_waiting = 0
    lease = LEASE

    def __init__(
        self, sender: Sender, wire: Wire, home: Home, audit: Audit, *, is_shared: bool
    ) -> None:
        self.home = home.name
        self.is_shared = is_shared
        self.is_near = not is_shared
        self.is_broken = False  # the stream of events breaks off
        self._sender = sender
        self._wire = wire
        self._home = home
        self._audit = audit
        self._line = Line(Place.ENGINE, sender.index, EngineUnavailableError)

    def check(self, definition: Definition) -> Verdict:
        """Take everything."""
        return self._home.engine.check(definition)

    async def start(self, execution: Execution, cron: Cron) -> Observation:
        """Start it; some take long, as when an image has to come from far away."""
        weather, about = self._wire.weather, f" {cron.name} {execution.id[:8]}"
        with self._audit.leases.under_way(execution, self._sender.process):
            if weather.has(Habit.DAWDLES, execution.id):
                await asyncio.sleep(weather.pick(DAWDLES, "dawdles", execution.id))
            seen: Observation = await self._ask(
                "start", lambda: self._home.start(execution, cron), about
            )
        return seen

    async def stop(self, execution: Execution) -> None:
        """End it."""
        about = f" {execution.id[:8]}"
        await self._ask("stop", lambda: self._home.engine.stop(execution), about)

    async def inspect(self, executions: Sequence[Execution]) -> list[Observation]:
        """Say what is true of each."""
        about = "".join(f" {each.id[:8]}" for each in executions[:4])
        seen: list[Observation] = await self._ask(
            "inspect", lambda: self._home.engine.inspect(executions), about
        )
        return seen

    async def watch(self) -> AsyncGenerator[Observation, None]:
        """Yield what the queue has, and acknowledge each when the next one is asked for."""
        while True:
            message = await self._receive()
            yield message.seen
            self._audit.book.acknowledged(message.seen)
            settling = partial(_settle, self._home, message)
            await self._ask("acknowledge", settling, f" {message.seen.kind}")

    async def logs(self, execution: Execution, *, follow: bool = False) -> AsyncIterator[bytes]:
        """Yield what it wrote."""
        async for chunk in self._home.engine.logs(execution, follow=follow):
            yield chunk

    async def forget(self, execution_ids: Sequence[str]) -> None:
        """Remove what is kept."""
        await self._ask("forget", lambda: self._home.engine.forget(execution_ids), "")

    async def doctor(self) -> list[Finding]:
        """Say that all is well."""
        return []

    async def close(self) -> None:
        """Do nothing."""

    async def _ask(self, verb: str, work: Work, about: str) -> Any:  # noqa: ANN401 -- as `Wire.ask`
        return await self._wire.ask(self._sender, self._line, verb, work, about)

    async def _receive(self) -> Message:
        while True:
            if self.is_broken:
                self.is_broken = False
                raise EngineUnavailableError("the stream of events broke off")
            message = self._home.queue.receive(asyncio.get_running_loop().time())
            if message is not None:
                return message
            await asyncio.sleep(POLL)


async def _settle(home: Home, message: Message) -> None:
    home.queue.settle(message)
