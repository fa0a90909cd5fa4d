"""What one server remembers of executions while they are under way."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from weakref import WeakValueDictionary

_PATIENCE = 5.0  # seconds


def _set() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass(slots=True)
class Memory:
    """Spares questions, and no more: the daemon knows it all, so a restarted server starts empty.

    All of it goes by the execution's id.
    """

    starting: set[str] = field(default_factory=set)  # starts in flight
    withdrawn: set[str] = field(default_factory=set)  # of these, the ones that nobody wants now
    pulls: dict[str, asyncio.Task[None]] = field(default_factory=dict)  # images that starts need
    started: dict[str, datetime] = field(default_factory=dict)  # what runs, since when
    told: set[str] = field(default_factory=set)  # whose end was told, until they are cleared away
    nothing_starts: asyncio.Event = field(default_factory=_set)
    _locks: WeakValueDictionary[str, asyncio.Lock] = field(default_factory=WeakValueDictionary)

    def lock(self, execution_id: str) -> asyncio.Lock:
        """Return what whoever makes or removes an execution's containers must hold."""
        return self._locks.setdefault(execution_id, asyncio.Lock())

    @contextmanager
    def start(self, execution_id: str) -> Iterator[None]:
        """Keep in mind that an execution is being started."""
        self.starting.add(execution_id)
        self.nothing_starts.clear()
        try:
            yield
        finally:
            self.starting.discard(execution_id)
            self.withdrawn.discard(execution_id)
            if not self.starting:
                self.nothing_starts.set()

    async def let_starts_pass(self) -> None:
        """Wait until nothing is being started, for a while at most.

        Somebody waits for a start, and the daemon's time is all that a start is made of.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await self.nothing_starts.wait()

    def withdraw(self, execution_id: str) -> None:
        """Have a start that is in flight come to nothing, if it can still be helped."""
        if execution_id in self.starting:
            self.withdrawn.add(execution_id)
        if execution_id in self.pulls:
            self.pulls[execution_id].cancel()

    def runs(self, execution_id: str) -> bool:
        """Whether it was started, and its end not told yet."""
        return execution_id in self.started and execution_id not in self.told

    def forget(self, execution_id: str) -> None:
        """Forget an execution that is over."""
        self.started.pop(execution_id, None)
        self.told.discard(execution_id)
