"""ECS Task State Change events on their way to EventBridge."""

import random
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Lock, Timer
from typing import Any

from tests.aws_lab import inside
from tests.aws_lab.front import Moto
from tests.aws_lab.place import ACCOUNT, REGION
from tests.aws_lab.tasks import Task


@dataclass
class Manner:
    """How events are sent; tests change it."""

    copies: int = 1
    delay: float = 0.0  # seconds
    shuffle: float = 0.0  # each is late by up to so many seconds, whatever the others are
    is_held: bool = False  # until they are released
    is_lost: bool = False  # none is sent at all


@dataclass
class News:
    """Sends events, in order unless it is told otherwise."""

    moto: Moto
    manner: Manner = field(default_factory=Manner)
    _random: random.Random = field(default_factory=lambda: random.Random(7))  # noqa: S311 -- nothing secret
    _sender: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1))
    _lock: Lock = field(default_factory=Lock)
    _held: list[dict[str, Any]] = field(default_factory=list)
    _told: list[dict[str, Any]] = field(default_factory=list)

    def tell(self, task: Task) -> None:
        """Send an event about a task as it is now."""
        event = state_change(task)
        with self._lock:
            self._told.append(event)
            if self.manner.is_held:
                self._held.append(event)
                return
        if not self.manner.is_lost:
            self._send(event, self.manner.copies)

    def release(self, order: str = "told", copies: int = 1) -> int:
        """Send what was held, in the order `told`, `reversed` or `shuffled`; return how many."""
        with self._lock:
            events = [event for event in self._held for _ in range(copies)]
            self._held.clear()
        if order == "reversed":
            events.reverse()
        elif order == "shuffled":
            self._random.shuffle(events)
        elif order != "told":
            raise LookupError("the order is told, reversed or shuffled")
        for event in events:
            self._hand_over(event)
        return len(events)

    def told(self) -> list[dict[str, Any]]:
        """Return all events, whether they were sent or not, oldest first."""
        with self._lock:
            return list(self._told)

    def send(self, event: dict[str, Any]) -> None:
        """Send an event of a test's own making."""
        self._sender.submit(self._deliver, event).result()

    def close(self) -> None:
        """Send nothing more."""
        self._sender.shutdown(wait=False, cancel_futures=True)

    def _send(self, event: dict[str, Any], copies: int) -> None:
        for _ in range(copies):
            delay = self.manner.delay + self._random.uniform(0, self.manner.shuffle)
            if delay <= 0:
                self._hand_over(event)
                continue
            timer = Timer(delay, self._hand_over, (event,))
            timer.daemon = True
            timer.start()

    def _hand_over(self, event: dict[str, Any]) -> None:
        with suppress(RuntimeError):  # closed
            self._sender.submit(self._deliver, event)

    def _deliver(self, event: dict[str, Any]) -> None:
        with self.moto.lock:
            inside.send_event(event)


def state_change(task: Task) -> dict[str, Any]:
    """Return the event that tells of a task as it is."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "account": ACCOUNT,
        "time": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        "region": REGION,
        "resources": [task.arn],
        "detail": task.as_detail(),
    }
