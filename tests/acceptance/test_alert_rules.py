"""Conditions, silences, maintenance, floods and reminders, through the real program."""

import json
from datetime import UTC, datetime
from typing import Any

from tests.acceptance.crons import create, cron_file, newest, run, soon
from tests.acceptance.hook import heard, settings_of, table_of, told
from tests.acceptance.program import Server
from tests.acceptance.user import PATIENCE
from tests.channels.mailserver import mail_server
from tests.conftest import eventually
from tests.vendors import Vendor, says, vendor

FAILED = {"failed": {"severity": "error"}}
TEAM = {"team": "payments"}


async def fail(server: Server, name: str, **more: Any) -> None:  # noqa: ANN401 -- keys of the file
    """Make a cron whose execution fails."""
    await create(server, name, cron_file("exit 1", **{"notifications": FAILED, **more}))
    await server.wl("cron", "run", name, "--wait")


async def is_open(server: Server, said: str) -> None:
    """Wait until the list of incidents says so."""

    async def holds() -> bool:
        return said in (await server.wl("incident", "list")).out

    await eventually(holds, within=PATIENCE)


async def test_slots_that_are_skipped(alerted: Server, hook: Vendor, name: str) -> None:
    """One that comes due while another one runs is told, where the cron asks for it."""
    await alerted.start()
    schedule, _ = soon(3)
    wanted = {"skipped": {"severity": "warning", "after": 1}}
    await create(alerted, name, cron_file("sleep 30", schedule, notifications=wanted))
    await run(alerted, name)
    assert await told(hook, 1) == [("skipped", "opened")]
    assert "was still running" in json.dumps(heard(hook)[0]["facts"])
    await alerted.wl("cron", "stop", name)


async def test_no_success_for_too_long(alerted: Server, hook: Vendor, name: str) -> None:
    """Told when the time has passed since the last success; over with the next one."""
    await alerted.start()
    wanted = {"no-success-for": {"threshold": "1s", "severity": "warning"}}
    await create(alerted, name, cron_file("true", notifications=wanted))
    await alerted.wl("cron", "run", name, "--wait")
    assert await told(hook, 1) == [("no-success-for", "opened")]
    await alerted.wl("cron", "run", name, "--wait")
    assert (await told(hook, 2))[1] == ("no-success-for", "closed")


async def test_hours_of_maintenance(alerted: Server, hook: Vendor, name: str) -> None:
    """Nobody is told of crons with the label of a window; of others they are."""
    now = f"at({datetime.now(UTC):%Y-%m-%dT%H:%M:%S})"
    window = {"schedule": now, "duration": "1d", "labels": TEAM}
    alerted.preload |= {"WL_MAINTENANCE": json.dumps({"today": window})}
    await alerted.start()
    await fail(alerted, name, labels=TEAM)
    await is_open(alerted, "it is silenced")
    await fail(alerted, f"{name}-other")
    assert await told(hook, 1) == [("failed", "opened")]
    assert [each["cron"] for each in heard(hook)] == [f"{name}-other"]


async def test_a_silence_by_label(alerted: Server, hook: Vendor, name: str) -> None:
    """It holds back what crons with the label have to tell, and nothing else."""
    await alerted.start()
    silenced = await alerted.wl("cron", "silence", "--label", "team=payments", "--for", "1h")
    assert silenced.code == 0, silenced.err
    await fail(alerted, name, labels=TEAM)
    await is_open(alerted, "it is silenced")
    await fail(alerted, f"{name}-other")
    await told(hook, 1)
    assert [each["cron"] for each in heard(hook)] == [f"{name}-other"]


async def test_a_flood(alerted: Server, hook: Vendor, name: str) -> None:
    """Beyond so many incidents within a minute one message tells of all others."""
    alerted.preload |= {"WL_ALERTS_FLOOD": "1"}
    await alerted.start()
    names = [f"{name}-{number}" for number in range(3)]
    for each in names:
        await fail(alerted, each)
    assert sorted(await told(hook, 2)) == [("failed", "opened"), ("flood", "opened")]
    assert "2: " in json.dumps(heard(hook)[-1])


async def test_a_reminder(alerted: Server, hook: Vendor, name: str) -> None:
    """What stays wrong is told again after so long."""
    alerted.preload |= {"WL_ALERTS_REMIND_EVERY": "1s"}
    await alerted.start()
    await fail(alerted, name)
    assert (await told(hook, 2))[:2] == [("failed", "opened"), ("failed", "reminded")]


async def test_another_channel_is_told_instead(alerted: Server, hook: Vendor, name: str) -> None:
    """Of what the first one refuses for good, and that it was refused."""
    async with vendor() as closed:
        closed.will(says("gone for good", 410))
        first = table_of(closed, severity=["error"])
        alerted.preload = settings_of(hook, first=first)
        table = json.loads(alerted.preload["WL_CHANNELS"])
        table["hook"]["severity"] = ["critical"]  # by itself, this would not lead there
        alerted.preload["WL_CHANNELS"] = json.dumps(table)
        await alerted.start()
        await fail(alerted, name)
        assert await told(hook, 1) == [("failed", "opened")]
    assert "first could not be told" in json.dumps(heard(hook)[0])
    assert "410" in (await alerted.wl("channel", "list")).out


async def test_mail_and_pagerduty(alerted: Server, hook: Vendor, name: str) -> None:
    """Each hears of the end of what it heard the beginning of, as the same thing."""
    async with mail_server() as mail, vendor() as pager:
        pager.will(says('{"status": "success", "message": "taken", "dedup_key": "x"}', 202))
        address = {"from": "wl@example.com", "to": ["ops@example.com"]}
        alerted.preload = settings_of(
            hook,
            mail={"type": "email", "smtp": f"127.0.0.1:{mail.port}", **address},
            pager={"type": "pagerduty", "routing-key": "0" * 32, "url": pager.url},
        )
        await alerted.start()
        await fail(alerted, name)
        await told(hook, 1)
        good = json.dumps(json.loads(cron_file("true", notifications=FAILED)) | {"name": name})
        await alerted.wl("cron", "apply", "-f", "-", stdin=good)
        await alerted.wl("cron", "run", name, "--wait")
        await eventually(lambda: len(mail.mails) == len(pager.requests) == 2, within=PATIENCE)
        events = [request.json for request in pager.requests]
    assert [each["event_action"] for each in events] == ["trigger", "resolve"]
    assert len({each["dedup_key"] for each in events}) == 1
    opened, over = (str(each.content, "utf-8") for each in mail.mails)  # type: ignore[arg-type]  # bytes
    identity = next(line for line in opened.splitlines() if line.startswith("Message-ID:"))
    assert identity.removeprefix("Message-ID:").strip() in over


async def test_cronitor_hears_of_the_run_and_its_end(fresh: Server, name: str) -> None:
    """Its monitor is made from the cron; both pings are of the same series."""
    async with vendor() as cronitor:
        answer = json.dumps({"monitors": [{"key": name}]})
        cronitor.will(says("{}", 404), says(answer))
        table = {"api-key": "k" * 32, "telemetry-url": cronitor.url, "api-url": cronitor.url}
        fresh.preload = {"WL_MONITORS": json.dumps({"cronitor": table})}
        await fresh.start()
        await create(fresh, name, cron_file("exit 3", notifications=FAILED))
        await fresh.wl("cron", "run", name, "--wait")

        def pings() -> list[str]:
            return [each.target for each in cronitor.requests if each.path.startswith("/p/")]

        await eventually(lambda: len(pings()) == 2, within=PATIENCE)
        made = [each for each in cronitor.requests if each.method == "PUT"]
        assert name in json.dumps(made[0].json)
        first, second = pings()
    row = await newest(fresh, name, lambda row: row["status"] == "FAILED")
    assert "state=run" in first
    assert "state=fail" in second
    assert "status_code=3" in second
    assert all(f"series={row['id']}" in each for each in (first, second))
