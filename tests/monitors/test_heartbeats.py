"""What both vendors are told of the server itself, and how their monitors of it are made."""

import json

import pytest

from tests.monitors.shelf import Shelf
from tests.samples import NOON, make_cron, make_execution
from tests.vendors import Vendor, says, vendor
from wlcron.core.execution import Change, Status
from wlcron.errors import ConfigurationError, RefusedError
from wlcron.given import Given
from wlcron.monitor import Beating, MonitorError
from wlcron.monitors.cronitor import Cronitor, cronitor_monitor
from wlcron.monitors.healthchecks import Healthchecks, healthchecks_monitor, no_words

KEY = "0123456789abcdef-secret"
RUNNING = Change(
    make_execution(make_cron(), status=Status.RUNNING, started_at=NOON), Status.STARTING, NOON
)


def cronitor(served: Vendor, source: str = "wl@eu", **more: object) -> Cronitor:
    """Return Cronitor as the configuration of the instance `batch` makes it."""
    values = {"api-key": KEY, "telemetry-url": served.url, "api-url": served.url} | more
    return cronitor_monitor(Given("monitors.cronitor", values), source, "batch")


def healthchecks(url: str, instance: str = "batch", **more: object) -> Healthchecks:
    """Return Healthchecks as the configuration makes it."""
    table = Given("monitors.healthchecks", {"ping-key": KEY, "url": url} | more)
    return healthchecks_monitor(table, "wl@eu", no_words, instance)


async def test_cronitor_is_pinged_without_a_state() -> None:
    """GET /p/<key>/<monitor>: "a basic heartbeat" (Cronitor's "Heartbeat Monitoring")."""
    async with vendor(Telemetry(Shelf())) as served:
        monitor = cronitor(served, environment="production")
        assert isinstance(monitor, Beating)
        await monitor.beat(NOON)
        await monitor.close()
    ping = served.requests[-1]
    assert (ping.method, ping.path) == ("GET", f"/p/{KEY}/wl-batch")
    assert ping.query == [
        ("host", "wl@eu"),
        ("stamp", f"{NOON.timestamp():.3f}"),
        ("env", "production"),
    ]


async def test_cronitors_monitor_is_made_once_and_calls_after_five_minutes() -> None:
    """Of type heartbeat: expected every minute, with four minutes of grace."""
    shelf = Shelf()
    async with vendor(Telemetry(shelf)) as served:
        monitor = cronitor(served, notify=["on-call"])
        for _ in range(3):
            await monitor.beat(NOON)
        await monitor.close()
    made = shelf.monitors["wl-batch"]
    assert (made["type"], made["schedule"], made["grace_seconds"]) == (
        "heartbeat",
        "every 1 minute",
        240,
    )
    assert made["notify"] == ["on-call"]
    assert [each.method for each in served.requests] == ["GET", "PUT", "GET", "GET", "GET"]


class Telemetry:
    """A shelf that takes pings as well."""

    def __init__(self, shelf: Shelf) -> None:
        """Remember the shelf."""
        self._shelf = shelf

    async def __call__(self, request):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN204 -- as Answer
        """Answer one request."""
        if request.path.startswith("/p/"):
            return await says("OK")(request)
        return await self._shelf(request)


async def test_servers_of_one_instance_share_a_monitor() -> None:
    """Under host names of their own: it hears of the instance while one of them is well."""
    shelf = Shelf()
    async with vendor(Telemetry(shelf)) as served:
        for source in ("host-a", "host-b"):
            monitor = cronitor(served, source)
            await monitor.beat(NOON)
            await monitor.close()
    assert list(shelf.monitors) == ["wl-batch"]


async def test_a_key_that_may_only_ping_still_does() -> None:
    """Cronitor makes a monitor for a key that it does not know; that ours is missing is said."""
    forbidden = says('{"detail": "no"}', 403)
    async with vendor(forbidden, says("OK")) as served:
        monitor = cronitor(served)
        with pytest.raises(MonitorError, match="check api-key") as caught:
            await monitor.beat(NOON)
        await monitor.close()
    assert [each.path for each in served.requests] == [
        "/api/monitors/wl-batch",
        f"/p/{KEY}/wl-batch",
    ]
    assert KEY not in str(caught.value)


async def test_a_crons_monitor_is_not_made_ours() -> None:
    """Two things of one name: nothing is sent, for it would be a word about the cron."""
    cron = {"key": "wl-batch", "metadata": json.dumps({"wlcron": "wl@eu", "cron": "an-id"})}
    shelf = Shelf({"wl-batch": cron})
    async with vendor(Telemetry(shelf)) as served:
        monitor = cronitor(served)
        with pytest.raises(MonitorError, match="give heartbeat another name"):
            await monitor.beat(NOON)
        await monitor.close()
    assert shelf.monitors["wl-batch"] is cron
    assert [each.method for each in served.requests] == ["GET"]


async def test_a_cron_of_our_name_has_no_monitor_at_cronitor() -> None:
    """Its runs would be taken for our beats; that it has none is said."""
    shelf = Shelf()
    async with vendor(Telemetry(shelf)) as served:
        monitor = cronitor(served, heartbeat="tidy")
        await monitor.beat(NOON)
        with pytest.raises(RefusedError, match="wl-tidy is the monitor of this server itself"):
            await monitor.register(make_cron())
        with pytest.raises(MonitorError) as caught:
            await monitor.signal(RUNNING)
        await monitor.unregister(make_cron())
        await monitor.close()
    assert caught.value.is_permanent
    assert shelf.monitors["wl-tidy"]["type"] == "heartbeat"


async def test_healthchecks_makes_the_check_with_the_first_ping() -> None:
    """POST to the slug with create=1 ("Auto Provisioning" in its documents)."""
    async with vendor(says("Created", 201)) as served:
        monitor = healthchecks(f"{served.url}/ping")
        assert isinstance(monitor, Beating)
        await monitor.beat(NOON)
        await monitor.close()
    (ping,) = served.requests
    assert (ping.method, ping.target) == ("POST", f"/ping/{KEY}/wl-batch?create=1")
    assert ping.body == b"well at 2026-11-23 12:00:00+00:00"


async def test_a_cron_of_our_name_has_no_check_at_healthchecks() -> None:
    """As at Cronitor."""
    async with vendor() as served:
        monitor = healthchecks(served.url, heartbeat="tidy")
        with pytest.raises(MonitorError, match="wl-tidy is the monitor of this server") as caught:
            await monitor.signal(RUNNING)
        await monitor.close()
    assert caught.value.is_permanent
    assert served.requests == []


@pytest.mark.parametrize(
    ("instance", "name"),
    [
        ("batch-1.example.com", "batch-1-example-com"),
        ("wlcron on Größe", "wlcron-on-gr-e"),
        ("x" * 100, "x" * 63),
        ("…", "wlcron"),
        ("", "wlcron"),
    ],
)
def test_an_instance_is_named_as_a_key_may_be(instance: str, name: str) -> None:
    """Both take a-z, 0-9, hyphens and underscores."""
    assert healthchecks("https://hc.example.com", instance).heartbeat == name


def test_a_heartbeat_is_named_or_switched_off_by_the_table() -> None:
    """`heartbeat = "name"`, or false."""
    url = "https://hc.example.com"
    assert healthchecks(url, heartbeat="eu_batch").heartbeat == "eu_batch"
    assert not healthchecks(url, heartbeat=False).heartbeat


@pytest.mark.parametrize("value", [True, 7, "", "Über", "a/b", "x" * 64])
def test_a_heartbeat_that_is_no_name_is_refused(value: object) -> None:
    """With the key that is wrong."""
    with pytest.raises(ConfigurationError, match="heartbeat"):
        healthchecks("https://hc.example.com", heartbeat=value)
