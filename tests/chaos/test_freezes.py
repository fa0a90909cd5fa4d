"""A server that is stopped for a while, as by a debugger or a machine that swaps, and goes on."""

from datetime import timedelta

from tests.chaos.faults import freeze, rest
from tests.chaos.length import IS_LONG, times
from tests.chaos.trial import Trial, pass_time


async def test_a_server_that_was_stopped_catches_up(trial: Trial) -> None:
    """What was due meanwhile is started once, and what ended meanwhile is told as it ended."""
    run = times(trial.server.engine, short=(16, 6, 1), long=(100, 100, 4))
    begins, dice = await trial.begin(run), trial.dice()
    for number in range(run.faults):
        await pass_time(begins + timedelta(seconds=number * run.seconds / run.faults))
        await freeze(trial, dice.uniform(10, 20) if IS_LONG else 4)
    await rest(trial, begins + timedelta(seconds=run.seconds))
    await trial.finish("server stopped for a while")
