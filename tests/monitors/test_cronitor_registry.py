"""Cronitor's monitors: made, kept and taken away for each cron."""

import base64
import json
import traceback
from dataclasses import replace
from pathlib import Path

import pytest

from tests.monitors.shelf import Shelf
from tests.samples import NOON, make_cron, make_definition, make_execution
from tests.vendors import Answer, Vendor, hangs, says, vendor, writes
from wlcron.core.cron import Pause
from wlcron.core.execution import Change, Status
from wlcron.errors import RefusedError, RegistryUnavailableError
from wlcron.monitors.cronitor import Cronitor
from wlcron.monitors.cronitor.definition import House
from wlcron.monitors.cronitor.monitor import Access
from wlcron.registry import Registry

KEY = "0123456789abcdef-secret"
CLIENT = json.loads(
    (Path(__file__).parent.parent / "data/monitors/cronitor_client_requests.json").read_text()
)["requests"]
CRON = make_cron(schedule="cron(0 9 ? * MON-FRI *)")
MISSING = says('{"detail": "Not found."}', 404)


def cronitor(served: Vendor, source: str = "wl@eu", patience: float = 8.0) -> Cronitor:
    """Return Cronitor as one of ours has it."""
    access = Access(api_key=KEY, telemetry_url=served.url, api_url=served.url)
    return Cronitor(access, House(source=source), patience)


async def test_a_monitor_is_made_as_cronitors_own_library_makes_it() -> None:
    """One PUT of a list to /api/monitors, with the key as the user's name."""
    recorded = next(request for request in CLIENT if request["method"] == "PUT")
    async with vendor(Shelf()) as served:
        registry = cronitor(served)
        assert isinstance(registry, Registry)
        assert await registry.register(CRON) == {"monitor": "wl-tidy"}
        await registry.close()
    look, put = served.requests
    assert (look.method, look.path) == ("GET", "/api/monitors/wl-tidy")
    assert (put.method, put.target) == (recorded["method"], recorded["path_and_query"])
    assert put.headers["Content-Type"] == recorded["headers"]["Content-Type"]
    kind, _, basic = put.headers["Authorization"].partition(" ")
    assert (kind, base64.b64decode(basic).decode()) == ("Basic", f"{KEY}:")
    (monitor,) = json.loads(put.body)["monitors"]
    (theirs,) = json.loads(recorded["body"])["monitors"]
    ours = {"schedule_tolerance", "realert_interval"}  # theirs alone: Cronitor's defaults will do
    assert set(theirs) - ours <= set(monitor)
    same = [name for name in theirs if name in monitor]
    assert [type(monitor[name]) for name in same] == [type(theirs[name]) for name in same]


async def test_a_monitor_follows_its_cron() -> None:
    """Registered again, it is as the cron is now: paused, or without a schedule."""
    shelf = Shelf()
    async with vendor(shelf) as served:
        registry = cronitor(served)
        await registry.register(CRON)
        assert shelf.monitors["wl-tidy"]["schedule"] == "0 9 * * 1-5"
        last = make_definition("cron(0 9 L * ? *)")
        await registry.register(replace(CRON, definition=last, pause=Pause(NOON)))
        await registry.close()
    assert shelf.monitors["wl-tidy"]["schedule"] is None
    assert shelf.monitors["wl-tidy"]["paused"] is True
    assert len(shelf.monitors) == 1


async def test_a_monitor_that_a_ping_has_made_is_taken_over() -> None:
    """A run may be told before the cron is registered, and Cronitor makes what it does not know."""
    shelf = Shelf({"wl-tidy": {"key": "wl-tidy", "metadata": None}})
    async with vendor(shelf) as served:
        registry = cronitor(served)
        await registry.register(CRON)
        await registry.close()
    assert json.loads(shelf.monitors["wl-tidy"]["metadata"])["wlcron"] == "wl@eu"


async def test_the_monitor_of_another_wlcron_is_left_alone() -> None:
    """Both would turn it their way for ever."""
    shelf = Shelf()
    async with vendor(shelf) as served:
        theirs, ours = cronitor(served, "wl@us"), cronitor(served)
        await theirs.register(replace(CRON, id="an-id-of-theirs"))
        with pytest.raises(RefusedError, match="kept by another wlcron, 'wl@us'"):
            await ours.register(CRON)
        await ours.unregister(CRON)
        await ours.close()
        await theirs.close()
    assert json.loads(shelf.monitors["wl-tidy"]["metadata"])["wlcron"] == "wl@us"


async def test_servers_of_one_database_keep_their_monitors_together() -> None:
    """Under host names of their own."""
    shelf = Shelf()
    async with vendor(shelf) as served:
        one, other = cronitor(served, "host-a"), cronitor(served, "host-b")
        await one.register(CRON)
        await other.register(CRON)
        await one.unregister(CRON)
        await one.close()
        await other.close()
    assert shelf.monitors == {}


async def test_a_monitor_goes_with_its_cron() -> None:
    """By DELETE, as recorded; a second time there is nothing, and that is success."""
    recorded = next(request for request in CLIENT if request["method"] == "DELETE")
    shelf = Shelf()
    async with vendor(shelf) as served:
        registry = cronitor(served)
        await registry.register(CRON)
        await registry.unregister(CRON)
        await registry.unregister(CRON)
        await registry.close()
    assert shelf.monitors == {}
    path = recorded["path_and_query"].replace("nightly-report", "wl-tidy")
    assert [heard.path for heard in served.requests if heard.method == "DELETE"] == [path]


async def test_a_monitor_that_goes_in_between_is_gone() -> None:
    """Somebody deleted it by hand, between the look and the deletion."""
    owned = says(json.dumps({"metadata": '{"wlcron": "wl@eu"}'}))
    async with vendor(owned, MISSING) as served:
        registry = cronitor(served)
        await registry.unregister(CRON)
        await registry.close()
    assert [heard.method for heard in served.requests] == ["GET", "DELETE"]


async def test_somebodys_own_monitor_is_not_deleted() -> None:
    """It has no word of ours in it."""
    shelf = Shelf({"wl-tidy": {"key": "wl-tidy", "metadata": "wlcron"}})
    async with vendor(shelf) as served:
        registry = cronitor(served)
        await registry.unregister(CRON)
        await registry.close()
    assert "wl-tidy" in shelf.monitors


async def test_a_cron_that_left_is_not_spoken_of_any_more() -> None:
    """Cronitor would make a monitor of the end of its last execution."""
    execution = make_execution(CRON, status=Status.STOPPED, started_at=NOON, ended_at=NOON)
    stopped = Change(execution, Status.RUNNING, NOON)
    async with vendor(Shelf()) as served:
        registry = cronitor(served)
        await registry.unregister(CRON)
        await registry.signal(stopped)
        assert [heard.method for heard in served.requests] == ["GET"]
        await registry.register(CRON)
        served.will(says())
        await registry.signal(stopped)
        await registry.close()
    assert served.requests[-1].path == f"/p/{KEY}/wl-tidy"


@pytest.mark.parametrize(
    "answer",
    [
        says("", 500),
        says("", 429),
        says("", 302, Location="/login"),
        writes(b""),
        writes(b"\x00\xff SSH-2.0-nobody\r\n\r\n"),
        says(b"<html>maintenance</html>"),
        says(b"[]"),
        says(b"[" * 60_000),
        says(b'{"monitors": []}'),
        says(b'{"monitors": [{"key": "other"}, 7]}'),
        says(b'{"monitors": 7}'),
        says(b"\xff" * 200_000),
    ],
)
async def test_whatever_is_no_monitor_is_asked_for_again(answer: Answer) -> None:
    """A PUT that is answered with 200 and does nothing has been seen."""
    async with vendor(MISSING, answer) as served:
        registry = cronitor(served)
        with pytest.raises(RegistryUnavailableError) as caught:
            await registry.register(CRON)
        await registry.close()
    assert KEY not in "".join(traceback.format_exception(caught.value))


async def test_who_does_not_answer_is_asked_again() -> None:
    """Later."""
    async with vendor(hangs()) as served:
        registry = cronitor(served, patience=0.05)
        with pytest.raises(RegistryUnavailableError, match="did not answer"):
            await registry.unregister(CRON)
        await registry.close()


async def test_what_cronitor_does_not_take_is_refused_with_its_words() -> None:
    """400 names the attribute; the key is in no text, in none of its forms."""
    basic = base64.b64encode(f"{KEY}:".encode()).decode()
    said = json.dumps({"monitors": [{"errors": {"schedule": ["invalid"]}}], "as": [KEY, basic]})
    async with vendor(MISSING, says(said, 400)) as served:
        registry = cronitor(served)
        with pytest.raises(RefusedError, match="invalid") as caught:
            await registry.register(CRON)
        await registry.close()
    shown = "".join(traceback.format_exception(caught.value))
    assert KEY not in shown
    assert basic not in shown


async def test_a_refused_key_says_what_to_do() -> None:
    """Asking again would change nothing."""
    async with vendor(says("", 403)) as served:
        registry = cronitor(served)
        with pytest.raises(RefusedError, match="check api-key"):
            await registry.register(CRON)
        await registry.close()


async def test_a_wrong_address_is_refused() -> None:
    """Nothing under /api/monitors, where a list is to go: not a monitor that is missing."""
    async with vendor(MISSING, MISSING) as served:
        registry = cronitor(served)
        with pytest.raises(RefusedError, match="404"):
            await registry.register(CRON)
        await registry.close()


async def test_the_environments_proxy_holds_and_netrc_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A password for everybody, as some have it there, would stand beside our key."""
    netrc = tmp_path / "netrc"
    netrc.write_text("default login ada password lovelace\n")
    async with vendor(Shelf()) as proxy:
        for name, value in {"NETRC": str(netrc), "http_proxy": proxy.url, "no_proxy": ""}.items():
            monkeypatch.setenv(name, value)
        registry = cronitor(Vendor(url="http://localhost:1"))
        await registry.register(CRON)
        await registry.close()
    assert [heard.headers["Host"] for heard in proxy.requests] == ["localhost:1", "localhost:1"]
    basic = base64.b64encode(f"{KEY}:".encode()).decode()
    assert {heard.headers["Authorization"] for heard in proxy.requests} == {f"Basic {basic}"}
