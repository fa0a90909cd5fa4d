"""A cron that fails, one that hangs, one whose server was stopped: one message, one all-clear."""

import json

import pytest

from tests.acceptance.crons import begun, create, cron_file, over, run, soon
from tests.acceptance.hook import heard, told
from tests.acceptance.program import Server
from tests.acceptance.user import PATIENCE
from tests.conftest import eventually
from tests.vendors import Vendor, says

ALL = {
    "failed": {"severity": "critical"},
    "ran-longer-than": {"threshold": "1s", "severity": "warning"},
    "not-started-within": {"threshold": "1m", "severity": "error"},
}


async def test_a_cron_that_fails(alerted: Server, hook: Vendor, name: str) -> None:
    """Once, whatever fails after it; with its log, and without its secret."""
    await alerted.start()
    secret = {"env": {"API_TOKEN": "s3cr3t-of-the-cron"}}
    script = 'echo "with $API_TOKEN"; exit 3'
    await create(alerted, name, cron_file(script, notifications=ALL, description=secret))
    for _ in range(2):
        await alerted.wl("cron", "run", name, "--wait")
    assert await told(hook, 1) == [("failed", "opened")]
    (message,) = heard(hook)
    assert (message["cron"], message["severity"], message["source"]) == (name, "critical", "here")
    assert message["log"] == "with [redacted]"
    assert "s3cr3t" not in json.dumps(message)
    status = await alerted.wl("cron", "status", name)
    assert "Alert    = failed since" in status.out
    assert "told to hook" in status.out
    assert name in (await alerted.wl("incident", "list")).out
    text = cron_file("true", notifications=ALL)
    assert (await alerted.wl("cron", "apply", "-f", "-", stdin=_named(name, text))).code == 0
    await alerted.wl("cron", "run", name, "--wait")
    assert await told(hook, 2) == [("failed", "opened"), ("failed", "closed")]
    assert len({each["key"] for each in heard(hook)}) == 1
    assert "Nothing is wrong" in (await alerted.wl("incident", "list")).out


def _named(name: str, text: str) -> str:
    return json.dumps(json.loads(text) | {"name": name})


async def test_a_cron_that_hangs(alerted: Server, hook: Vendor, name: str) -> None:
    """While it runs, not afterwards; a server that was killed meanwhile tells nothing twice."""
    await alerted.start()
    await create(alerted, name, cron_file("sleep 60", notifications=ALL))
    await run(alerted, name)
    assert await told(hook, 1) == [("ran-longer-than", "opened")]
    assert (await begun(alerted, name))["status"] == "RUNNING"
    await alerted.kill()
    await alerted.start()
    await alerted.wl("cron", "stop", name)
    await over(alerted, name)
    text = cron_file("true", notifications=ALL)
    assert (await alerted.wl("cron", "apply", "-f", "-", stdin=_named(name, text))).code == 0
    await alerted.wl("cron", "run", name, "--wait")
    steps = await told(hook, 2)
    assert steps == [("ran-longer-than", "opened"), ("ran-longer-than", "closed")]


async def test_a_cron_whose_server_was_stopped(alerted: Server, hook: Vendor, name: str) -> None:
    """Its slot is missed, which is told when there is somebody to tell."""
    await alerted.start()
    schedule, slot = soon(2)
    text = cron_file("true", schedule, notifications=ALL, **{"start-within": "1s"})
    await create(alerted, name, text)
    await alerted.stop()
    await eventually(lambda: _now() > slot.timestamp() + 2, within=PATIENCE)
    await alerted.start()
    assert await told(hook, 1) == [("not-started-within", "opened")]
    await alerted.wl("cron", "run", name, "--wait")
    assert (await told(hook, 2))[1] == ("not-started-within", "closed")


def _now() -> float:
    import time

    return time.time()


async def test_a_silenced_cron(alerted: Server, hook: Vendor, name: str) -> None:
    """Nobody is told until the silence is ended; what is still wrong is told then."""
    await alerted.start()
    await create(alerted, name, cron_file("exit 1", notifications=ALL))
    silenced = await alerted.wl("cron", "silence", name, "--for", "1h", "-o", "json")
    await alerted.wl("cron", "run", name, "--wait")

    async def is_silent() -> bool:
        return "it is silenced" in (await alerted.wl("incident", "list")).out

    await eventually(is_silent, within=PATIENCE)
    assert hook.requests == []
    assert (await alerted.wl("silence", "end", silenced.json()["id"][:8])).code == 0
    assert await told(hook, 1) == [("failed", "opened")]


async def test_a_channel_that_is_away_hears_when_it_is_back(
    alerted: Server, hook: Vendor, name: str
) -> None:
    """What was not told is on record, also for the next server."""
    hook.will(says("in trouble", 503))
    await alerted.start()
    await create(alerted, name, cron_file("exit 1", notifications=ALL))
    await alerted.wl("cron", "run", name, "--wait")

    async def is_known() -> bool:
        return "503" in (await alerted.wl("channel", "list")).out

    await eventually(is_known, within=PATIENCE)
    await alerted.kill()
    before = len(hook.requests)
    hook.will(says("heard", 200))
    await alerted.start()
    await eventually(lambda: len(hook.requests) > before, within=PATIENCE)
    assert {(each["condition"], each["step"]) for each in heard(hook)} == {("failed", "opened")}
    test = await alerted.wl("channel", "test", "hook")
    assert (test.code, test.out) == (0, "hook took the test: 200 heard\n")


@pytest.mark.parametrize(
    ("tables", "said"),
    [
        ('{"hook": {"type": "webhook"}}', "channels.hook: url is missing"),
        ('{"hook": {"type": "pager"}}', "channels.hook: type must be one of"),
        ('{"hook": {"type": "slack", "url": "http://there/"}}', "channels.hook: url"),
        ("[hook", "channels (WL_CHANNELS)"),
    ],
)
async def test_a_channel_that_cannot_be_is_refused_at_the_start(
    fresh: Server, tables: str, said: str
) -> None:
    """By one sentence that names it."""
    fresh.preload = {"WL_CHANNELS": tables}
    answer = await fresh.refuse()
    assert answer.code != 0
    assert said in answer.err
    assert answer.err.count("\n") <= 2
