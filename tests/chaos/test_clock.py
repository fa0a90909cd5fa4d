"""The server's wall clock is stepped, ahead and back, while slots come due."""

from datetime import UTC, datetime, timedelta

from tests.acceptance.test_clock import Clock, library
from tests.chaos.faults import live
from tests.chaos.length import IS_LONG, times
from tests.chaos.trial import Trial

__all__ = ["library"]  # a fixture
HOUR = timedelta(hours=1)
# Ahead, back to the truth, behind it, and small steps to and fro as a time server makes them.
STEPS = [HOUR, timedelta(0), -HOUR, timedelta(0)]
LONG_STEPS = [*STEPS, timedelta(seconds=5), timedelta(seconds=-5), timedelta(minutes=3), *STEPS]


async def test_a_clock_that_is_stepped(trial: Trial, library: str) -> None:
    """No slot is started twice or left without its row, and no job loses or gains time."""
    steps = LONG_STEPS if IS_LONG else STEPS
    run = times(trial.server.engine, short=(12, 8, len(steps)), long=(80, 110, len(steps)))
    clock = Clock(library, trial.server.home / "clock")
    clock.set(timedelta(0))
    trial.server.preload |= clock.environ()
    await trial.begin(run)
    latest = datetime.now(UTC)
    for step in steps:
        await live(trial.server, run.seconds / len(steps) / 2)
        clock.set(step)
        trial.faults["clock_steps"] += 1
        await live(trial.server, run.seconds / len(steps) / 2)
        latest = max(latest, datetime.now(UTC) + step)
    clock.set(timedelta(0))
    await trial.finish("clock stepped", until=latest)
