"""`kill -9` of the server at any moment: nothing is lost, nothing runs twice."""

import asyncio
import contextlib
import http.client
import random
import subprocess
from collections import Counter
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from tests.acceptance.crons import ACTIVE, Row, cron_file, history
from tests.acceptance.program import Server
from tests.conftest import eventually

SECONDS = 16  # over which the slots are spread
CRONS = {"host": 60, "docker": 10}
KILLS = {"host": 9, "docker": 5}
LONGEST_LIFE = 2.5  # seconds from one start of the server to the next kill; it is ready after one


@pytest.mark.parametrize("seed", [1])
async def test_nothing_is_lost_and_nothing_runs_twice(
    victim: Server, tmp_path: Path, seed: int
) -> None:
    """Every slot has one row that tells the truth, counted from the side of the jobs."""
    dice = random.Random(seed)  # noqa: S311 -- a test that can be repeated, no secret
    told = tmp_path / "told"
    names = [f"cron-{number}" for number in range(CRONS[victim.engine])]
    await victim.start()
    begins = datetime.now(UTC) + timedelta(seconds=2 + 0.1 * len(names))
    for name in names:
        made = await victim.ask("PUT", f"/v1/crons/{name}", job(dice, told, begins))
        assert made["cron"]["next_due"], made
    by_hand = asyncio.create_task(order_all(victim, dice.choices(names, k=len(names) // 3)))
    await kill_again_and_again(victim, dice)
    ordered = await by_hand
    rows = {name: await all_over(victim, name) for name in names}
    check_rows(rows, ordered)
    if victim.engine == "host":  # a container cannot write to a file of ours
        check_jobs([line.split() for line in told.read_text().splitlines()], rows)
    else:
        await check_logs(victim, rows)


def job(dice: random.Random, told: Path, begins: datetime) -> str:
    """Return a cron of one slot whose job tells when it begins and ends."""
    due = begins + timedelta(seconds=dice.randrange(SECONDS))
    tell = f'echo "$WL_CRON $WL_EXECUTION {{}}" | tee -a {told} 2>/dev/null'
    script = (
        f"{tell.format('begin')}; sleep {dice.uniform(0, 1.5):.2f}; {tell.format('end')}; exit 5"
    )
    return cron_file(script, f"at({due:%Y-%m-%dT%H:%M:%S})", **{"start-within": "1h"})


async def kill_again_and_again(server: Server, dice: random.Random) -> None:
    """Kill it at random moments, some of them before it is ready, and leave it alive."""
    for _ in range(KILLS[server.engine]):
        assert server.process is not None
        with contextlib.suppress(subprocess.TimeoutExpired):
            await asyncio.to_thread(server.process.wait, dice.uniform(0, LONGEST_LIFE))
            raise AssertionError(server.log)  # it ended by itself
        await server.kill()
        server.launch()


async def order_all(server: Server, names: list[str]) -> dict[str, str]:
    """Order manual executions, each until there is an answer; return cron by execution."""
    ordered: dict[str, str] = {}
    for number, name in enumerate(names):
        await eventually(partial(order, server, name, f"order-{number}", ordered), within=60)
    return ordered


async def order(server: Server, name: str, key: str, ordered: dict[str, str]) -> bool:
    """Order an execution under a key; whether it was answered."""
    try:
        row = await server.ask("POST", f"/v1/crons/{name}/executions", key=key)
    except (OSError, http.client.HTTPException):  # asked again, with the same key
        return False
    ordered[row["id"]] = name
    return True


async def all_over(server: Server, name: str) -> list[Row]:
    """Wait until a cron had its slot and nothing of it is active; return its executions."""
    rows: list[Row] = []

    async def holds() -> bool:
        with contextlib.suppress(OSError, http.client.HTTPException):  # it is being started
            rows[:] = await history(server, name)
        scheduled = any(not row["manual"] for row in rows)
        return scheduled and not any(row["status"] in ACTIVE for row in rows)

    await eventually(holds, within=120)
    return rows


def check_rows(rows: dict[str, list[Row]], ordered: dict[str, str]) -> None:
    """See that every slot and every order has one row, which says how it really ended."""
    for name, of_cron in rows.items():
        assert [row["manual"] for row in of_cron].count(False) == 1, of_cron
        manual = {row["id"] for row in of_cron if row["manual"]}
        assert manual == {one for one, cron in ordered.items() if cron == name}
        for row in of_cron:
            if row["status"] == "SKIPPED":
                assert "was still" in row["reason"]
            else:
                assert (row["status"], row["exit_code"]) == ("FAILED", 5), row


def check_jobs(told: list[list[str]], rows: dict[str, list[Row]]) -> None:
    """See that jobs ran once, to their end, and never two of one cron at a time."""
    assert set(Counter(map(tuple, told)).values()) == {1}
    for name, of_cron in rows.items():
        lines = [(execution, what) for cron, execution, what in told if cron == name]
        ran = {row["id"] for row in of_cron if row["status"] != "SKIPPED"}
        assert {execution for execution, _ in lines} == ran
        for begin, end in zip(lines[::2], lines[1::2], strict=True):
            assert (begin[0], begin[1], end[1]) == (end[0], "begin", "end"), lines


async def check_logs(server: Server, rows: dict[str, list[Row]]) -> None:
    """See by their logs, when these are whole, that jobs ran once and to their end."""
    for name, of_cron in rows.items():
        for execution in (row["id"] for row in of_cron if row["status"] != "SKIPPED"):
            told = [name, execution, "begin", name, execution, "end"]
            await eventually(partial(has_log, server, name, execution, told))


async def has_log(server: Server, name: str, execution: str, words: list[str]) -> bool:
    """Whether an execution's log holds these words and no others."""
    return (await server.wl("cron", "logs", name, execution)).out.split() == words
