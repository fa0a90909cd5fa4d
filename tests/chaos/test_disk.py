"""The disk of the data directory fills up, and is freed again."""

import json
import random
import urllib.error
import urllib.request
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from tests.acceptance.crons import cron_file
from tests.acceptance.disk import NEEDS_ROOT, a_disk, fill
from tests.acceptance.program import Server
from tests.chaos.faults import live
from tests.chaos.length import times
from tests.chaos.trial import Trial
from tests.conftest import eventually

pytestmark = NEEDS_ROOT
FULL = "is full: make room on it"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a disk of 16 MB of its own."""
    with a_disk(tmp_path / "disk", megabytes=16) as place:
        yield place


async def test_a_disk_that_is_full_for_a_while(host_trial: Trial, small_disk: Path) -> None:
    """The server lives, says so, catches up; every slot has its row, and no job runs twice."""
    trial, run = host_trial, times("host", short=(20, 8, 1), long=(120, 90, 6))
    trial.server.data = small_disk / "data"
    await trial.begin(run)
    dice = trial.dice()
    for _ in range(run.faults):
        await live(trial.server, dice.uniform(0, run.seconds / run.faults))
        ballast = fill(small_disk)
        trial.faults["full_disks"] += 1
        await eventually(partial(is_refused, trial.server, dice))
        await live(trial.server, dice.uniform(1, 5))
        ballast.unlink()
    await eventually(lambda: is_ready(trial.server), within=90)
    await trial.finish("disk full for a while")
    assert FULL in trial.server.log or "No space left on device" in trial.server.log


async def is_refused(server: Server, dice: random.Random) -> bool:
    """Whether a definition is refused for want of room; some may still find a place."""
    text = f"{cron_file()} # {dice.randbytes(250_000).hex()}"
    return FULL in str(await server.ask("PUT", "/v1/crons/too-much", text))


def is_ready(server: Server) -> bool:
    """Whether a server says that it gets on; it answers in any case."""
    try:
        with urllib.request.urlopen(f"{server.url}/readyz") as answer:  # noqa: S310 -- our own
            return bool(json.load(answer)["ready"])
    except urllib.error.HTTPError as error:
        return bool(json.load(error)["ready"])
