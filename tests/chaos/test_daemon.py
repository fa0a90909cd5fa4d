"""The Docker daemon goes away and comes back, and takes its containers with it."""

import asyncio
import signal
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.chaos.conftest import a_trial
from tests.chaos.daemon import own_daemon, restart
from tests.chaos.faults import live, rest
from tests.chaos.length import LONG_ONLY, times
from tests.chaos.trial import Trial

if TYPE_CHECKING:
    from lab.daemon import PrivateDaemon

# `live-restore` is off, as it is by default: a daemon that ends takes its containers with it, and
# one that was killed ends those that it finds when it is back.
ENDED_WITH_IT = {"FAILED", "LOST", "TIMEOUT"}


class Victim(NamedTuple):
    """A run, the daemon that it is on, and by which signal the daemon will end."""

    trial: Trial
    daemon: "PrivateDaemon"
    number: signal.Signals


@pytest.fixture(params=[signal.SIGTERM, signal.SIGKILL], ids=["restarted", "killed"])
async def victim(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Victim]:
    """Return a run on a daemon of its own, whose server was not started yet."""
    with own_daemon(tmp_path / "lab") as daemon:
        async with a_trial(tmp_path, "docker", daemon.host) as trial:
            trial.server.preload["DOCKER_HOST"] = daemon.host
            yield Victim(trial, daemon, request.param)


@pytest.mark.docker
@LONG_ONLY
async def test_a_daemon_goes_away_and_comes_back(victim: Victim) -> None:
    """Executions end as they did; new ones are started when it is back; the server lives."""
    trial, daemon, number = victim
    run = times("docker", short=(20, 10, 1), long=(120, 100, 4))
    begins, dice = await trial.begin(run), trial.dice()
    for _ in range(run.faults):
        await live(trial.server, dice.uniform(1, run.seconds / run.faults))
        await asyncio.to_thread(restart, daemon, number)
        trial.faults[f"daemon_{number.name}"] += 1
    await rest(trial, begins + timedelta(seconds=run.seconds))
    ended = "restarted" if number is signal.SIGTERM else "killed"
    await trial.finish(f"Docker daemon {ended}")
    for row in trial.rows():
        assert row["status"] in ENDED_WITH_IT | {"SUCCESS", "SKIPPED"}, row
