"""The loop that keeps duties going."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.conftest import eventually
from tests.samples import DAY, NOON
from wlcron.services.runner import Runner

MOMENT = timedelta(milliseconds=1)


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


@dataclass
class Clock:
    """A clock that stands still, and counts who looks at it."""

    now: datetime = NOON
    looks: int = 0

    def __call__(self) -> datetime:
        """Return what time it is."""
        self.looks += 1
        return self.now


def start(clock: Clock, duty: Counting) -> asyncio.Task[None]:
    """Drive one duty with looks at the clock every moment."""
    runner = Runner(clock, longest_sleep=MOMENT)
    runner.add("counting", duty)
    return asyncio.create_task(runner.run())


async def test_a_duty_that_is_woken_is_called_at_once() -> None:
    """Nobody waits for a poll when there is news."""
    runner, duty = Runner(lambda: NOON), Counting()
    runner.add("counting", duty)
    running = asyncio.create_task(runner.run())
    await eventually(lambda: len(duty.ticks) == 1)
    runner.wake("counting", "nobody")
    await eventually(lambda: len(duty.ticks) == 2)
    running.cancel()


async def test_a_duty_is_called_when_it_asked_to_be_and_not_before() -> None:
    """To look at the clock now and then is no reason to call anybody."""
    clock, duty = Clock(), Counting()
    running = start(clock, duty)
    await eventually(lambda: len(duty.ticks) == 1)
    clock.now += DAY - MOMENT
    clock.looks = 0
    await eventually(lambda: clock.looks > 5)
    assert duty.ticks == [NOON]
    clock.now += MOMENT
    await eventually(lambda: duty.ticks == [NOON, NOON + DAY])
    running.cancel()


async def test_a_clock_that_is_set_back_lets_nobody_sleep_for_as_long() -> None:
    """Who asked to be called in a while is called, though it is not that late by the clock."""
    clock, duty = Clock(), Counting()
    running = start(clock, duty)
    await eventually(lambda: clock.looks > 5)
    clock.now -= DAY
    await eventually(lambda: duty.ticks == [NOON, NOON - DAY])
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
