"""Crons for tests, and what became of their executions."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.acceptance.user import PATIENCE, User
from tests.conftest import eventually

NEVER = "cron(0 0 1 1 ? 2199)"
EVERY_MINUTE = "every-minute"  # a cron that the shared server on the host engine has
ACTIVE = {"PENDING", "STARTING", "RUNNING"}

Row = dict[str, Any]


def cron_file(script: str = "true", schedule: str = NEVER, **more: object) -> str:
    """Return a cron file (JSON is YAML) of a shell script, which runs on every engine.

    `description={…}` is added to the usual one.
    """
    description = {"image": "wlcron-test/busybox", "arguments": ["sh", "-c", script]}
    added = more.pop("description", {})
    assert isinstance(added, dict)
    return json.dumps({"schedule": schedule, "description": description | added, **more})


def soon(seconds: int = 2) -> tuple[str, datetime]:
    """Return the schedule of one slot a few whole seconds ahead, and the slot."""
    slot = datetime.now(UTC).replace(microsecond=0) + timedelta(seconds=seconds)
    return f"at({slot:%Y-%m-%dT%H:%M:%S})", slot


async def create(server: User, name: str, text: str) -> None:
    """Create a cron that has to be taken."""
    answer = await server.wl("cron", "create", name, "-f", "-", stdin=text)
    assert answer.code == 0, answer.err


async def run(server: User, name: str, *arguments: str) -> str:
    """Start an execution now and return its id."""
    answer = await server.wl("cron", "run", name, *arguments)
    assert answer.code == 0, answer.err
    return answer.out.strip()


async def history(server: User, name: str, limit: int = 1000) -> list[Row]:
    """Return the executions of a cron, newest first."""
    answer = await server.ask("GET", f"/v1/crons/{name}/executions?limit={limit}")
    rows: list[Row] = answer["executions"]
    return rows


async def begun(server: User, name: str) -> Row:
    """Wait until the newest execution of a cron runs (or is over already)."""
    return await newest(server, name, lambda row: row["status"] not in {"PENDING", "STARTING"})


async def over(server: User, name: str, within: float = PATIENCE) -> Row:
    """Wait for the end of the newest execution of a cron."""
    return await newest(server, name, lambda row: row["status"] not in ACTIVE, within)


async def newest(
    server: User,
    name: str,
    is_so: Callable[[Row], bool],
    within: float = PATIENCE,
) -> Row:
    """Wait until the newest execution of a cron is as wanted, and return it."""
    rows: list[Row] = []

    async def holds() -> bool:
        rows[:] = await history(server, name, 1)
        return bool(rows) and is_so(rows[0])

    await eventually(holds, within=within)
    return rows[0]


def instant(text: str) -> datetime:
    """Read an instant of the API."""
    return datetime.fromisoformat(text)
