"""The other flavour of EventBridge: rules, through the real program."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.amazon import an_aws_server
from tests.acceptance.crons import create, cron_file, history, instant, over
from tests.acceptance.program import Server
from tests.acceptance.user import PATIENCE
from tests.aws_lab.account import client_of
from tests.aws_lab.control import Control
from tests.aws_lab.process import Lab
from tests.conftest import eventually

EACH_MINUTE = "cron(* * * * ? *)"


@pytest.fixture
async def ruled(tmp_path: Path, lab: Lab) -> AsyncIterator[Server]:
    """Return a server to whom rules bring the slots, by way of SNS."""
    async with an_aws_server(tmp_path, lab, "rules") as made:
        yield made


async def test_a_rule_brings_slots(ruled: Server, lab: Lab, name: str) -> None:
    """It is made, follows a pause, brings a slot twice for one row, and goes with its cron."""
    rule = f"wl-{ruled.preload['WL_AWS_INSTANCE']}-{name}"

    async def state() -> str:
        return str((await rule_of(lab, rule)).get("State", ""))

    async def comes_to(wanted: str) -> None:
        async def holds() -> bool:
            return await state() == wanted

        await eventually(holds, within=PATIENCE)

    await create(ruled, name, cron_file("exit 3", EACH_MINUTE))
    await comes_to("ENABLED")
    found = await rule_of(lab, rule)
    assert found["ScheduleExpression"] == EACH_MINUTE
    slot = datetime.now(UTC).replace(second=0, microsecond=0) + timedelta(minutes=1)
    await asyncio.to_thread(Control(lab.url).fire, rule, slot, copies=2)
    row = await over(ruled, name)
    assert (row["status"], row["exit_code"], row["manual"]) == ("FAILED", 3, False)
    assert instant(row["slot"]) == slot
    assert (await ruled.wl("cron", "pause", name)).code == 0
    await comes_to("DISABLED")
    assert [instant(row["slot"]) for row in await history(ruled, name)].count(slot) == 1
    assert (await ruled.wl("cron", "delete", name, "--yes")).code == 0
    await comes_to("")


async def test_what_rules_cannot_say_is_refused(ruled: Server, name: str) -> None:
    """With the reason, and what to do about it."""
    for schedule, more in (("0 9 * * *", {"timezone": "Europe/Berlin"}), ("0 0 1 * 1", {})):
        text = json.dumps(json.loads(cron_file("true", schedule)) | more)
        answer = await ruled.wl("cron", "create", name, "-f", "-", stdin=text)
        assert answer.code == 1
        assert "EventBridge" in answer.err
        assert "Traceback" not in answer.err


async def rule_of(lab: Lab, name: str) -> dict[str, Any]:
    """Return a rule as EventBridge has it, or nothing."""
    events = client_of(lab, "events")
    found = await asyncio.to_thread(events.list_rules, NamePrefix=name)
    return next((dict(each) for each in found["Rules"] if each["Name"] == name), {})
