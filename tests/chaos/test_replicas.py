"""Two servers in AWS that hear of every slot twice, one of them killed now and then."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tests.acceptance.crons import ACTIVE, Row, cron_file, history
from tests.acceptance.program import Server
from tests.acceptance.user import PATIENCE
from tests.aws_lab.account import prepare_account, subscribe
from tests.aws_lab.control import Control
from tests.aws_lab.process import Lab, running_lab
from tests.conftest import eventually

CRONS = 20
UNSTARTED = 6  # at most, for each kill some that were between their rows and their starts
SECONDS = 8  # over which the slots are spread
TOKEN = "sesame"  # noqa: S105 -- the tests' own


@pytest.fixture
def lab() -> Iterator[Lab]:
    """Return what stands in for AWS; each slot is delivered twice to everybody."""
    with running_lab("--engine", "host") as lab:
        yield lab


@pytest.fixture
async def replicas(lab: Lab, tmp_path: Path) -> AsyncIterator[list[Server]]:
    """Return two servers of one instance over the same tables."""
    variables = prepare_account(lab, "replicas", "scheduler")
    made = [_replica(tmp_path / name, variables) for name in ("one", "other")]
    for server in made:
        await server.start()
        subscribe(lab, variables["WL_AWS_TOPIC"], server.url)
    yield made
    for server in made:
        await server.kill()
    assert not [server for server in made if "Traceback" in server.log]


async def test_each_slot_has_one_row_and_is_started_once(lab: Lab, replicas: list[Server]) -> None:
    """Promises 1, 3 and 8, with two replicas, everything twice, and a kill in the midst of it."""
    control, (steady, victim) = Control(lab.url), replicas
    for server in replicas:
        await eventually(lambda server=server: "confirmed" in server.log, within=PATIENCE)  # type: ignore[misc]  # bound at once
    control.clock(copies=2)
    begins = datetime.now(UTC) + timedelta(seconds=5)
    names = [f"cron-{number}" for number in range(CRONS)]
    for number, name in enumerate(names):
        due = begins + timedelta(seconds=number * SECONDS / CRONS)
        text = cron_file("exit 5", f"at({due:%Y-%m-%dT%H:%M:%S})")
        assert await steady.ask("PUT", f"/v1/crons/{name}", text)
    await _kill_in_between(victim, begins)
    rows = await _settled(steady, names)
    assert {name: len(found) for name, found in rows.items()} == dict.fromkeys(names, 1)
    tasks = Counter(
        execution
        for execution, _ in {
            (event["detail"]["startedBy"], event["detail"]["taskArn"])
            for event in control.ecs.told()
        }
    )
    assert set(tasks.values()) == {1}
    over = [row for [row] in rows.values() if row["status"] not in ACTIVE]
    assert {(row["status"], row["exit_code"]) for row in over} == {("FAILED", 5)}


def _replica(home: Path, variables: dict[str, str]) -> Server:
    home.mkdir()
    return Server(home / "data", home, {"WL_TOKEN": TOKEN}, engine="ecs", preload=variables)


async def _kill_in_between(victim: Server, begins: datetime) -> None:
    dice = random.Random(7)  # noqa: S311 -- a test that can be repeated, no secret
    for _ in range(2):
        moment = begins + timedelta(seconds=dice.uniform(0.5, SECONDS / 2))
        await asyncio.sleep(max(0.0, (moment - datetime.now(UTC)).total_seconds()))
        await victim.kill()
        await victim.start()


async def _settled(server: Server, names: Sequence[str]) -> dict[str, list[Row]]:
    """Return all rows, when nearly all are over.

    The queue hands on what the victim held after a minute. What it had just taken and not
    started is started again when its lease is over, which is not waited for.
    """
    rows: dict[str, list[Row]] = {}

    async def are_over() -> bool:
        rows.update({name: await history(server, name) for name in names})
        flat = [row for found in rows.values() for row in found]
        return len(flat) >= len(names) and _are_nearly_over(flat)

    await eventually(are_over, within=3 * PATIENCE)
    return rows


def _are_nearly_over(rows: Sequence[Row]) -> bool:
    active = [row["status"] for row in rows if row["status"] in ACTIVE]
    return len(active) <= UNSTARTED and set(active) <= {"STARTING"}
