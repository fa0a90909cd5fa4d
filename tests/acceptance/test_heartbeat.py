"""A monitor outside hears that the server gets on, and nothing while a duty cannot."""

import json
import sqlite3
import urllib.error
import urllib.request
from contextlib import closing
from pathlib import Path

import pytest

from tests.acceptance.program import Server
from tests.acceptance.user import PATIENCE
from tests.conftest import eventually
from tests.vendors import Vendor

HEART = "the-one-at-home"


@pytest.fixture
def watched(fresh: Server, hook: Vendor) -> Server:
    """Return a server that a Healthchecks of our own watches."""
    table = {"ping-key": "a-key-of-ours", "url": hook.url, "heartbeat": HEART}
    fresh.preload = {"WL_MONITORS": json.dumps({"healthchecks": table})}
    return fresh


async def test_a_monitor_hears_that_the_server_gets_on(watched: Server, hook: Vendor) -> None:
    """Under its name, which makes the check at its first ping."""
    await watched.start()
    await eventually(lambda: bool(hook.requests), within=PATIENCE)
    (ping,) = hook.requests
    assert ping.target == f"/a-key-of-ours/wl-{HEART}?create=1"
    assert 'wlcron_duty_healthy{duty="heartbeat"} 1.0' in metrics(watched)


async def test_while_a_duty_cannot_get_on_nothing_is_said(watched: Server, hook: Vendor) -> None:
    """The process lives and answers, but its database is gone: all four places say so."""
    await watched.start()
    await watched.stop()
    rename(watched.data, "crons", "taken_away")
    before = len(hook.requests)
    await watched.start()
    await eventually(lambda: "the heartbeat is withheld" in watched.log, within=PATIENCE)
    assert readiness(watched)[0] == 503
    assert "scheduler" in readiness(watched)[1]["problems"]
    shown = metrics(watched)
    assert "wlcron_ready 0.0" in shown
    assert 'wlcron_duty_healthy{duty="scheduler"} 0.0' in shown
    doctor = await watched.wl("doctor")
    assert "scheduler failed" in doctor.out
    assert len(hook.requests) == before
    rename(watched.data, "taken_away", "crons")
    await eventually(lambda: len(hook.requests) > before, within=PATIENCE)
    await eventually(lambda: readiness(watched)[0] == 200, within=PATIENCE)


def rename(data: Path, table: str, name: str) -> None:
    """Give a table of the database another name, under the server's hands."""
    with closing(sqlite3.connect(data / "wlcron.db", timeout=PATIENCE)) as database:
        # Nothing that refers to it is to follow.
        database.execute("PRAGMA legacy_alter_table = ON")
        database.execute(f"ALTER TABLE {table} RENAME TO {name}")


def metrics(server: Server) -> str:
    """Return what Prometheus would be shown."""
    request = urllib.request.Request(f"{server.url}/metrics")  # noqa: S310 -- our own
    request.add_header("Authorization", f"Bearer {server.token}")
    with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310 -- our own
        text: str = answer.read().decode()
        return text


def readiness(server: Server) -> tuple[int, dict[str, list[str]]]:
    """Return what a load balancer would be told."""
    try:
        with urllib.request.urlopen(f"{server.url}/readyz", timeout=PATIENCE) as answer:  # noqa: S310 -- our own
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.code, json.loads(answer.read())
