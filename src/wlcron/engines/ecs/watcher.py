"""Tells what ECS's events say; a message is deleted when its observation was recorded."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import dataclass, replace

import structlog

from wlcron.clock import Clock
from wlcron.core.execution import Kind, Observation
from wlcron.engines.ecs.events import Passed, read_event
from wlcron.engines.ecs.house import House
from wlcron.engines.ecs.memory import Memory
from wlcron.engines.ecs.observation import may_be_tried_again, observe
from wlcron.engines.ecs.queue import Message, Queue
from wlcron.errors import EngineUnavailableError

_LONGEST_PAUSE = 30.0  # seconds before the queue is tried again
_log = structlog.get_logger("wlcron.ecs")


@dataclass(frozen=True, slots=True)
class Heard:
    """What a message says of an execution."""

    seen: Observation
    version: int  # of the task's state


class Watcher:
    """Reads the queue, one batch after the other."""

    def __init__(self, queue: Queue, house: House, memory: Memory, clock: Clock) -> None:
        self.counts: Counter[str] = Counter()  # messages by what they were
        self._queue = queue
        self._house = house
        self._memory = memory
        self._clock = clock

    async def watch(self) -> AsyncGenerator[Observation, None]:
        """Yield observations; ask for the next one when this one has been recorded."""
        while True:
            messages = await self._receive()
            held, done = list(messages), list[Message]()
            holding = asyncio.create_task(self._queue.hold(held))
            try:
                for message in messages:
                    heard = self.read(message.body)
                    if isinstance(heard, Heard):
                        yield heard.seen
                        self._memory.recorded(heard.seen.handle, heard.version)
                    if heard is Passed.MALFORMED:
                        held.remove(message)
                    else:
                        done.append(message)
            finally:
                holding.cancel()
                await asyncio.wait([holding])
                await self._queue.settle(done, [one for one in held if one not in done])

    def read(self, body: str) -> Heard | Passed:
        """Return what a message says, and count it."""
        heard = self._read(body)
        self.counts["observations" if isinstance(heard, Heard) else heard.value] += 1
        if heard is Passed.MALFORMED:
            _log.warning("a message is no event and is left to the queue", begin=body[:80])
        return heard

    def _read(self, body: str) -> Heard | Passed:
        event = read_event(body, self._house)
        if isinstance(event, Passed):
            return event
        task, now = event.task, self._clock()
        if self._memory.is_stale(task.arn, event.version):
            return Passed.STALE
        seen = observe(task, event.at or now)
        if seen.kind is Kind.REFUSED and may_be_tried_again(task):
            # Its launcher asks for another task as soon as the lease is over, or gives up.
            seen = replace(seen, kind=Kind.PROGRESS, at=now)
        self._memory.note(seen)
        return Heard(seen, event.version)

    async def _receive(self) -> list[Message]:
        failures = 0
        while True:
            try:
                return await self._queue.receive()
            except EngineUnavailableError as error:
                if failures == 0:
                    _log.warning("events cannot be heard", problem=str(error))
            failures += 1
            await asyncio.sleep(min(2.0**failures / 2, _LONGEST_PAUSE))
