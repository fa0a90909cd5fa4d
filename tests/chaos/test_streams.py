"""Connections between a server and whom it hears of ends from, cut again and again."""

import asyncio
import random
from datetime import timedelta

import pytest

from tests.chaos.cutter import Cutter, before_docker, before_guard
from tests.chaos.faults import live, rest
from tests.chaos.length import times
from tests.chaos.trial import Trial
from tests.conftest import eventually
from tests.docker_daemon import docker_url

SHORT, LONG = (16, 6, 6), (140, 90, 40)


@pytest.mark.docker
async def test_the_connections_to_a_daemon_are_cut(docker_trial: Trial) -> None:
    """Events that are lost so are found by asking; starts that are cut in two are made once."""
    trial, run = docker_trial, times("docker", short=SHORT, long=LONG)
    async with before_docker(docker_url()) as (cutter, address):
        trial.server.preload["DOCKER_HOST"] = address
        begins = await trial.begin(run)
        await cut_again_and_again(trial, cutter, run.faults, run.seconds)
        await rest(trial, begins + timedelta(seconds=run.seconds))
        await trial.finish("connections to the engine cut")


async def test_the_connection_to_the_guard_is_cut(host_trial: Trial) -> None:
    """The guard goes on by itself; what it could not tell is found by asking."""
    trial, run = host_trial, times("host", short=SHORT, long=LONG)
    begins = await trial.begin(run)
    await trial.server.ask("POST", "/v1/crons/cron-0/executions")
    await eventually((trial.server.data / "guard.sock").exists)
    await trial.server.kill()
    async with before_guard(trial.server.data) as cutter:
        await trial.server.start()
        await cut_again_and_again(trial, cutter, run.faults, run.seconds)
        await rest(trial, begins + timedelta(seconds=run.seconds))
        await trial.finish("connections to the engine cut")


async def cut_again_and_again(trial: Trial, cutter: Cutter, cuts: int, seconds: float) -> None:
    """Cut at random moments; every third time nobody gets through for a while."""
    dice = random.Random(trial.seed)  # noqa: S311 -- a run that can be repeated, no secret
    for number in range(cuts):
        await live(trial.server, dice.uniform(0, 2 * seconds / cuts))
        trial.faults["cuts"] += 1
        trial.faults["connections"] += cutter.cut()
        if number % 3 == 0:
            cutter.is_closed = True
            await asyncio.sleep(dice.uniform(0, 2))
            cutter.is_closed = False
