"""The loop that keeps duties going."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from tests.conftest import eventually
from tests.samples import DAY, NOON
from wlcron.services.runner import Runner


@dataclass
class Counting:
    """A duty that counts, and fails as often as it is told to."""

    failures: int = 0
    ticks: list[datetime] = field(default_factory=list)

    async def tick(self, now: datetime) -> datetime:
        """Count this call."""
        self.ticks.append(now)
        if len(self.ticks) <= self.failures:
            raise OSError("the disk is full")
        return now + DAY


async def test_a_duty_that_is_woken_is_called_at_once() -> None:
    """Nobody waits for a poll when there is news."""
    runner, duty = Runner(lambda: NOON), Counting()
    runner.add("counting", duty)
    running = asyncio.create_task(runner.run())
    await eventually(lambda: len(duty.ticks) == 1)
    runner.wake("counting", "nobody")
    await eventually(lambda: len(duty.ticks) == 2)
    running.cancel()


async def test_a_duty_that_fails_is_called_again_and_its_problem_is_told() -> None:
    """No fault of one duty ends the service, and readiness says what it is."""
    runner, broken, sound = Runner(lambda: NOON), Counting(failures=1), Counting()
    runner.add("broken", broken)
    runner.add("sound", sound)
    running = asyncio.create_task(runner.run())
    await eventually(lambda: bool(runner.problems() and sound.ticks))
    assert runner.problems() == {"broken": "broken failed 1 times in a row: the disk is full"}
    runner.wake("broken")
    await eventually(lambda: not runner.problems())
    running.cancel()
