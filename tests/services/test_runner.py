"""The loop that keeps duties going."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.conftest import eventually
from tests.samples import DAY, MINUTE, NOON, SECOND
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

    def uptime(self) -> float:
        """Return how many seconds have passed."""
        return self.now.timestamp()


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


@dataclass
class Hanging:
    """A duty that does not come to the end of its work until it is let go."""

    let_go: asyncio.Event = field(default_factory=asyncio.Event)

    async def tick(self, now: datetime) -> datetime:
        """Hang."""
        await self.let_go.wait()
        return now + DAY


async def test_a_duty_that_hangs_has_a_problem_and_the_others_go_on() -> None:
    """After a time that is its own."""
    clock, duty, sound = Clock(), Hanging(), Counting()
    runner = Runner(clock, longest_sleep=MOMENT, uptime=clock.uptime)
    runner.add("hanging", duty, longest_tick=MINUTE)
    runner.add("slow", duty, longest_tick=DAY)
    runner.add("sound", sound)
    running = asyncio.create_task(runner.run())
    await eventually(lambda: len(sound.ticks) == 1)
    assert runner.problems() == {}
    clock.now += MINUTE + SECOND
    assert list(runner.problems()) == ["hanging"]
    clock.now += DAY
    await eventually(lambda: len(sound.ticks) == 2)
    duty.let_go.set()
    await eventually(lambda: not runner.problems())
    running.cancel()


async def test_how_far_a_duty_is_can_be_seen() -> None:
    """When it last came to the end of its work, and when it is to go on."""
    runner, duty = Runner(lambda: NOON), Counting(failures=1)
    runner.add("counting", duty)
    (idle,) = runner.progress()
    assert (idle.last, idle.due) == (None, None)
    running = asyncio.create_task(runner.run())
    await eventually(lambda: runner.progress()[0].due is not None)
    (failed,) = runner.progress()
    assert (failed.last, failed.failures) == (None, 1)
    runner.wake("counting")
    await eventually(lambda: runner.progress()[0].last is not None)
    (done,) = runner.progress()
    assert done.due is not None
    assert done.last is not None
    assert (done.last.at, done.due.at, done.failures) == (NOON, NOON + DAY, 0)
    running.cancel()


async def test_a_loop_that_has_gone_is_missed() -> None:
    """Nobody calls the duty any more, though it is time."""
    clock, duty = Clock(), Counting()
    runner = Runner(clock, longest_sleep=MOMENT, uptime=clock.uptime)
    runner.add("counting", duty)
    running = asyncio.create_task(runner.run())
    await eventually(lambda: len(duty.ticks) == 1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    clock.now += DAY
    assert runner.problems() == {}
    clock.now += 2 * MINUTE
    assert "was to go on" in runner.problems()["counting"]
