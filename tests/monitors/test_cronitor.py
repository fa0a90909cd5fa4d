"""Cronitor over HTTP, told of changes."""

import asyncio
import json
import logging
import traceback
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import eventually
from tests.samples import NOON, SECOND, make_cron, make_execution
from tests.vendors import Answer, drips, hangs, says, vendor, writes
from wlcron.core.execution import Change, Status
from wlcron.given import Given
from wlcron.monitor import MonitorError
from wlcron.monitors.cronitor import Cronitor, cronitor_monitor
from wlcron.monitors.cronitor.definition import House
from wlcron.monitors.cronitor.monitor import Access
from wlcron.monitors.http import Request, Vendor

KEY = "0123456789abcdef-secret"
CLIENT = json.loads(
    (Path(__file__).parent.parent / "data/monitors/cronitor_client_requests.json").read_text()
)["requests"]


def cronitor(url: str, **more: object) -> Cronitor:
    """Return Cronitor as the configuration makes it."""
    values = {"api-key": KEY, "telemetry-url": url, "api-url": url} | more
    return cronitor_monitor(Given("monitors.cronitor", values), "wl@eu")


def hasty(url: str) -> Cronitor:
    """Return one that waits for no more than a moment."""
    access = Access(api_key=KEY, telemetry_url=url, api_url=url)
    return Cronitor(access, House(source="wl@eu"), patience=0.05)


def running() -> Change:
    """Return the change by which an execution runs."""
    execution = make_execution(make_cron(), status=Status.RUNNING, started_at=NOON)
    return Change(execution, Status.STARTING, NOON)


def failed(before: Status = Status.RUNNING, reason: str = "exited with code 3") -> Change:
    """Return the change by which it has failed."""
    execution = make_execution(
        make_cron(),
        status=Status.FAILED,
        started_at=NOON,
        ended_at=NOON + SECOND,
        exit_code=3,
        reason=reason,
    )
    return Change(execution, before, NOON + SECOND)


async def problem_of(monitor: Cronitor, change: Change) -> MonitorError:
    """Signal a change, and return why it was not taken."""
    try:
        with pytest.raises(MonitorError) as caught:
            await monitor.signal(change)
    finally:
        await monitor.close()
    assert_no_secret(caught.value)
    return caught.value


def assert_no_secret(error: BaseException) -> None:
    """Check an error with all that it is chained to."""
    shown = "".join(traceback.format_exception(error)) + repr(error)
    assert KEY not in shown
    assert "/p/" not in shown
    assert "127.0.0.1" not in shown
    assert error.__cause__ is None
    assert error.__context__ is None


async def test_a_run_and_its_end_are_told_in_order() -> None:
    """GET /p/<key>/<monitor>, as Cronitor's own library asks."""
    async with vendor() as served:
        monitor = cronitor(served.url, environment="production")
        await monitor.signal(running())
        await monitor.signal(failed())
        await monitor.close()
    recorded = next(r for r in CLIENT if "state=run" in r["path_and_query"])
    path = recorded["path_and_query"].partition("?")[0]
    expected = path.replace("APIKEY", KEY).replace("nightly-report", "wl-tidy")
    assert {(heard.method, heard.path) for heard in served.requests} == {
        (recorded["method"], expected)
    }
    assert [dict(heard.query)["state"] for heard in served.requests] == ["run", "fail"]
    end = dict(served.requests[1].query)
    assert (end["message"], end["metric"], end["status_code"]) == (
        "exited with code 3",
        "duration:1",
        "3",
    )
    assert (end["host"], end["env"]) == ("wl@eu", "production")
    assert len({dict(heard.query)["series"] for heard in served.requests}) == 1


async def test_an_end_that_overtook_its_start_is_told_after_it() -> None:
    """By one signal."""
    async with vendor() as served:
        monitor = cronitor(served.url)
        await monitor.signal(failed(before=Status.STARTING))
        await monitor.close()
    assert [dict(heard.query)["state"] for heard in served.requests] == ["run", "fail"]


async def test_an_end_waits_for_a_run_that_was_not_taken() -> None:
    """The signal fails as a whole, and is told as a whole again."""
    async with vendor(says("", 500), says()) as served:
        monitor = cronitor(served.url)
        with pytest.raises(MonitorError):
            await monitor.signal(failed(before=Status.STARTING))
        await monitor.signal(failed(before=Status.STARTING))
        await monitor.close()
    assert [dict(heard.query)["state"] for heard in served.requests] == ["run", "run", "fail"]


async def test_what_is_not_to_be_told_asks_for_nothing() -> None:
    """A slot that was skipped."""
    async with vendor() as served:
        monitor = cronitor(served.url)
        await monitor.signal(Change(make_execution(make_cron(), status=Status.SKIPPED), None, NOON))
        await monitor.close()
    assert served.requests == []


async def test_nasty_reasons_arrive_as_they_are() -> None:
    """Markup, control characters and ampersands are text."""
    reason = "<!channel> &state=ok#?%00 \x1b[31m\r\nHost: evil\n😀"
    async with vendor() as served:
        monitor = cronitor(served.url)
        await monitor.signal(failed(reason=reason))
        await monitor.close()
    assert dict(served.requests[0].query)["message"] == reason
    assert [name for name, _ in served.requests[0].query].count("state") == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "7"}, 7),
        ({}, 10),
        ({"Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"}, 10),
        ({"Retry-After": "-5"}, 10),
        ({"Retry-After": "0"}, 1),
        ({"Retry-After": "999999"}, 3600),
        ({"Retry-After": "9" * 5000}, 10),
        ({"Retry-After": "²"}, 10),
    ],
)
async def test_too_many_requests_are_sent_again_when_the_vendor_says(
    headers: Mapping[str, str], seconds: int
) -> None:
    """429 with Retry-After, whatever stands in it."""
    async with vendor(says("", 429, **headers)) as served:
        error = await problem_of(cronitor(served.url), running())
    assert not error.is_permanent
    assert error.wait == timedelta(seconds=seconds)


@pytest.mark.parametrize("status", [500, 502, 503, 599, 408, 425, 301, 302, 304, 307])
async def test_what_may_pass_is_told_again(status: int) -> None:
    """Its own troubles, a proxy's page; a redirect is not followed, the key would go with it."""
    away = {"Location": "http://127.0.0.1:1/elsewhere"}
    async with vendor(says("", status, **away)) as served:
        error = await problem_of(cronitor(served.url), running())
    assert not error.is_permanent
    assert f"({status})" in str(error)
    assert len(served.requests) == 1


@pytest.mark.parametrize("status", [400, 404, 405, 410, 414, 422])
async def test_what_cronitor_refuses_is_not_told_again(status: int) -> None:
    """With what it says about it; the key is taken out where it repeats it."""
    said = f"<p>no such thing: {KEY}/wl-tidy</p>\x1b[31m" * 1000
    async with vendor(says(said.encode(), status)) as served:
        error = await problem_of(cronitor(served.url), running())
    assert error.is_permanent
    assert "no such thing" in str(error)
    assert "\x1b" not in str(error)
    assert len(str(error)) < 300


@pytest.mark.parametrize("status", [401, 403])
async def test_a_refused_key_says_what_to_do(status: int) -> None:
    """It is in the configuration."""
    async with vendor(says("", status)) as served:
        error = await problem_of(cronitor(served.url), running())
    assert error.is_permanent
    assert "check api-key" in str(error)


@pytest.mark.parametrize(
    "answer",
    [
        writes(b""),
        writes(b"\x00\xff SSH-2.0-nobody\r\n\r\n"),
        writes(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"),
        writes(b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n"),
        writes(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        writes(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n"),
        writes(b"HTTP/9.9 -1 \xff\r\n\r\n"),
        writes(b"\r\n" * 1000),
    ],
)
async def test_whatever_is_no_answer_is_a_passing_trouble(answer: Answer) -> None:
    """Never anything but MonitorError; aiohttp itself asks a second time who hung up at once."""
    async with vendor(answer) as served:
        error = await problem_of(cronitor(served.url), running())
    assert not error.is_permanent


async def test_an_answer_is_not_read_to_its_end() -> None:
    """64 KB of it are: taken is taken, however much a vendor has to say about it."""
    begun = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n" + b"x" * 200_000
    async with vendor(drips(begun)) as served:
        monitor = cronitor(served.url)
        await monitor.signal(running())
        await monitor.signal(failed())
        await monitor.close()
    assert [dict(heard.query)["state"] for heard in served.requests] == ["run", "fail"]


async def test_a_vendor_that_never_answers_is_not_waited_for() -> None:
    """Both pings of a signal share one patience."""
    async with vendor(hangs()) as served:
        error = await problem_of(hasty(served.url), failed(before=Status.STARTING))
    assert not error.is_permanent
    assert "did not answer in 0.05 s" in str(error)


async def test_nobody_there_is_a_passing_trouble() -> None:
    """The port is closed by then."""
    async with vendor() as served:
        pass
    error = await problem_of(cronitor(served.url), running())
    assert not error.is_permanent


async def test_what_speaks_no_tls_is_a_passing_trouble() -> None:
    """An https address at which there is none."""
    async with vendor() as served:
        url = served.url.replace("http:", "https:")
        error = await problem_of(cronitor(url), running())
    assert "TLS" in str(error) or "hung up" in str(error)


async def test_a_name_that_nobody_knows_is_a_passing_trouble() -> None:
    """`.invalid` is reserved for it."""
    error = await problem_of(cronitor("https://cronitor.invalid"), running())
    assert not error.is_permanent


async def test_who_is_cancelled_is_cancelled() -> None:
    """A shutdown is no trouble of the vendor's."""
    async with vendor(hangs()) as served:
        monitor = cronitor(served.url)
        told = asyncio.create_task(monitor.signal(running()))
        await eventually(lambda: bool(served.requests))
        told.cancel()
        with pytest.raises(asyncio.CancelledError):
            await told
        await monitor.close()


async def test_the_key_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """Not even at the lowest level, ours or aiohttp's."""
    caplog.set_level(logging.DEBUG)
    async with vendor(says("", 500), writes(b"\x00\xff SSH-2.0-nobody\r\n\r\n")) as served:
        monitor = cronitor(served.url)
        for _ in range(2):
            with pytest.raises(MonitorError):
                await monitor.signal(running())
        await monitor.close()
    assert not any(KEY in record.getMessage() for record in caplog.records)
    assert KEY not in repr(monitor) + repr(vars(monitor))
    assert KEY not in repr(Vendor("Cronitor", KEY))
    assert KEY not in repr(Request("GET", f"/p/{KEY}", {"Authorization": KEY}, KEY.encode()))
