"""`kill -9` of the server at any moment: nothing is lost, nothing runs twice."""

import asyncio
import http.client
import random
from functools import partial

from tests.acceptance.program import Server
from tests.chaos.faults import kill_again_and_again
from tests.chaos.length import kills
from tests.chaos.trial import SETTLED_WITHIN, Trial
from tests.conftest import eventually


async def test_nothing_is_lost_and_nothing_runs_twice(trial: Trial) -> None:
    """Every slot and every order has one row that tells the truth, counted by the jobs' words."""
    run, dice = kills(trial.server.engine), trial.dice()
    await trial.begin(run)
    by_hand = asyncio.create_task(order_all(trial, run.crons // 3, dice))
    await kill_again_and_again(trial, run.faults, dice)
    ordered = await by_hand
    counted = await trial.finish("server killed")
    assert counted.slots >= run.crons + len(ordered)
    rows = trial.rows()
    assert {row["id"] for row in rows if row["manual"]} == ordered


async def order_all(trial: Trial, count: int, dice: random.Random) -> set[str]:
    """Order manual executions, each until there is an answer; return their ids."""
    names, ordered = [name for name in trial.crons if name.startswith("cron-")], set[str]()
    for number in range(count):
        name = dice.choice(names)
        await eventually(
            partial(order, trial.server, name, f"order-{number}", ordered), within=SETTLED_WITHIN
        )
    return ordered


async def order(server: Server, name: str, key: str, ordered: set[str]) -> bool:
    """Order an execution under a key; whether it was answered."""
    try:
        row = await server.ask("POST", f"/v1/crons/{name}/executions", key=key)
    except (OSError, http.client.HTTPException):  # asked again, with the same key
        return False
    ordered.add(row["id"])
    return True
