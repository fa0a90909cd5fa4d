"""Healthchecks: what it is told, and what becomes of its answers."""

import traceback
from datetime import timedelta

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.samples import NOON, SECOND, make_cron, make_execution
from tests.vendors import Answer, hangs, says, vendor, writes
from wlcron.core.execution import Change, Execution, Status
from wlcron.errors import ConfigurationError
from wlcron.given import Given
from wlcron.monitor import MonitorError
from wlcron.monitors.healthchecks import Healthchecks, healthchecks_monitor
from wlcron.monitors.healthchecks.monitor import Project
from wlcron.monitors.healthchecks.signal import Ping, ping_of

KEY = "fqOOd6-F4MMNuCEnzTU01w"
BAD = [Status.FAILED, Status.TIMEOUT, Status.ERROR, Status.LOST, Status.MISSED]


def change(status: Status, before: Status | None = Status.RUNNING, **more: object) -> Change:
    """Return a change of an execution."""
    times: dict[str, object] = {"started_at": NOON, "ended_at": NOON + SECOND}
    execution = make_execution(make_cron(), status=status, **(times | more))
    return Change(execution, before, NOON + SECOND)


def told(said: Change) -> Ping:
    """Return what is told of a change about which something is."""
    ping = ping_of(said)
    assert ping is not None
    return ping


def healthchecks(url: str, **more: object) -> Healthchecks:
    """Return Healthchecks as the configuration makes it."""
    table = Given("monitors.healthchecks", {"ping-key": KEY, "url": url} | more)
    return healthchecks_monitor(table, "wl@eu")


async def problem_of(monitor: Healthchecks) -> MonitorError:
    """Signal a start, and return why it was not taken."""
    try:
        with pytest.raises(MonitorError) as caught:
            await monitor.signal(change(Status.RUNNING))
    finally:
        await monitor.close()
    assert KEY not in "".join(traceback.format_exception(caught.value)) + repr(caught.value)
    assert caught.value.__context__ is None
    return caught.value


def test_a_start_is_told_when_an_execution_runs() -> None:
    """Joined with its end by the execution's id."""
    running = change(Status.RUNNING, Status.STARTING)
    assert told(running) == Ping("start", running.execution.id)


@pytest.mark.parametrize("status", [Status.PENDING, Status.STARTING, Status.SKIPPED])
def test_what_is_not_running_yet_is_not_told(status: Status) -> None:
    """It may wait or be withdrawn; a skipped one leaves the word to the earlier."""
    assert ping_of(change(status, None, started_at=None)) is None


def test_success_is_exit_status_0() -> None:
    """With its reason as the body."""
    ping = told(change(Status.SUCCESS, exit_code=0, reason="finished"))
    assert (ping.suffix, ping.body) == ("0", "finished")


@pytest.mark.parametrize("status", BAD)
@pytest.mark.parametrize(
    ("code", "suffix"),
    [
        (1, "1"),
        (137, "137"),
        (255, "255"),
        (256, "fail"),
        (-9, "fail"),
        (None, "fail"),
        (0, "fail"),
    ],
)
def test_whatever_went_wrong_fails(status: Status, code: int | None, suffix: str) -> None:
    """By its exit status where that says so; a job ended by its guard may have left with 0."""
    ping = told(change(status, exit_code=code, reason="out of memory"))
    assert (ping.suffix, ping.body) == (suffix, "out of memory")


def test_stopped_ends_without_an_alert() -> None:
    """Somebody asked for it; the body says who."""
    ping = told(change(Status.STOPPED, exit_code=143, reason="stopped by ada"))
    assert (ping.suffix, ping.body) == ("0", "stopped by ada")


def test_stopped_before_its_start_is_not_told() -> None:
    """There is no start to end."""
    assert ping_of(change(Status.STOPPED, Status.PENDING, started_at=None)) is None


@pytest.mark.parametrize("before", [Status.PENDING, Status.STARTING])
async def test_an_end_whose_start_nobody_saw_comes_alone(before: Status) -> None:
    """A start sent now would say that it took no time."""
    async with vendor() as served:
        monitor = healthchecks(served.url)
        await monitor.signal(change(Status.SUCCESS, before))
        await monitor.close()
    assert [heard.path for heard in served.requests] == [f"/{KEY}/wl-tidy/0"]


@example(Status.FAILED, "x" * 1001, 1)
@given(st.sampled_from(BAD), st.text(max_size=3000), st.none() | st.integers())
def test_what_is_told_is_within_what_is_kept(status: Status, reason: str, code: int | None) -> None:
    """An exit status from 1 to 255 or `fail`, and at most 1,000 characters."""
    ping = told(change(status, reason=reason, exit_code=code))
    assert ping.suffix == "fail" or 1 <= int(ping.suffix) <= 255
    assert len(ping.body) <= 1000
    assert reason.startswith(ping.body.removesuffix("…"))


async def test_a_start_and_its_end_are_told_in_order() -> None:
    """POST to the slug, which makes the check at its first ping."""
    async with vendor(says("Created", 201)) as served:
        monitor = healthchecks(f"{served.url}/ping/", prefix="eu")
        await monitor.signal(change(Status.RUNNING))
        await monitor.signal(change(Status.FAILED, exit_code=3, reason="Grüße\r\n\x1b[31m & <b>"))
        await monitor.close()
    rid = change(Status.RUNNING).execution.id
    start, end = served.requests
    assert (start.method, end.method) == ("POST", "POST")
    assert start.target == f"/ping/{KEY}/eu-tidy/start?create=1&rid={rid}"
    assert end.target == f"/ping/{KEY}/eu-tidy/3?create=1&rid={rid}"
    assert (start.body, end.body.decode()) == (b"", "Grüße\r\n\x1b[31m & <b>")
    assert end.headers["Content-Type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize("source", ["wl@eu", "wl\r\nX-Evil: 1", "wl-größe", "x" * 5000])
async def test_its_pings_say_which_wlcron_sent_them(source: str) -> None:
    """As the user agent, which no text breaks."""
    async with vendor() as served:
        monitor = Healthchecks(Project(ping_key=KEY, url=served.url), source)
        await monitor.signal(change(Status.RUNNING))
        await monitor.close()
    assert served.requests[0].headers["User-Agent"].startswith("wlcron/")
    assert "X-Evil" not in served.requests[0].headers
    assert len(served.requests[0].headers["User-Agent"]) < 150


async def test_what_is_not_to_be_told_asks_for_nothing() -> None:
    """A slot that was skipped."""
    async with vendor() as served:
        monitor = healthchecks(served.url)
        await monitor.signal(change(Status.SKIPPED, None))
        await monitor.close()
    assert served.requests == []


@pytest.mark.parametrize("status", [500, 503, 302])
async def test_what_may_pass_is_told_again(status: int) -> None:
    """Its own troubles; a redirect is not followed."""
    async with vendor(says("", status, Location="/elsewhere")) as served:
        error = await problem_of(healthchecks(served.url))
    assert not error.is_permanent
    assert len(served.requests) == 1


async def test_too_many_requests_are_sent_again_when_it_says() -> None:
    """Five a minute are let through for each check."""
    async with vendor(says("", 429, Retry_After="30")) as served:
        error = await problem_of(healthchecks(served.url))
    assert not error.is_permanent
    assert error.wait == timedelta(seconds=30)


@pytest.mark.parametrize(
    ("status", "advice"),
    [
        (400, "refuses"),
        (401, "check ping-key"),
        (403, "check ping-key"),
        (404, "check ping-key"),
        (409, "the same slug"),
    ],
)
async def test_what_it_refuses_is_not_told_again(status: int, advice: str) -> None:
    """With what to do about it."""
    async with vendor(says(f"not found: /{KEY}/wl-tidy", status)) as served:
        error = await problem_of(healthchecks(served.url))
    assert error.is_permanent
    assert advice in str(error)


@pytest.mark.parametrize(
    "answer",
    [
        writes(b""),
        writes(b"garbage\r\n\r\n"),
        writes(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nx"),
    ],
)
async def test_whatever_is_no_answer_is_a_passing_trouble(answer: Answer) -> None:
    """Never anything but MonitorError."""
    async with vendor(answer) as served:
        assert not (await problem_of(healthchecks(served.url))).is_permanent


async def test_a_vendor_that_never_answers_is_not_waited_for() -> None:
    """Five seconds by default, for the log takes as long, of the ten that a monitor has."""
    async with vendor(hangs()) as served:
        monitor = Healthchecks(Project(ping_key=KEY, url=served.url), "wl", patience=0.05)
        error = await problem_of(monitor)
    assert "did not answer" in str(error)
    assert not error.is_permanent


async def test_the_key_is_in_no_representation() -> None:
    """Of the monitor, or of what it holds."""
    monitor = healthchecks("https://hc.example.org")
    assert KEY not in repr(monitor) + repr(vars(monitor))


@pytest.mark.parametrize(
    ("values", "key"),
    [
        ({"ping-key": " "}, "ping-key"),
        ({"ping-key": "https://hc-ping.com/abc"}, "ping-key"),
        ({"url": "http://hc-ping.com"}, "url"),
        ({"url": "https://hc-ping.com/abc?create=1"}, "url"),
        ({"prefix": "WL"}, "prefix"),
        ({"prefx": "wl"}, "prefx"),
    ],
)
def test_a_mistake_in_the_configuration_names_its_key(values: dict[str, object], key: str) -> None:
    """And shows no value."""
    with pytest.raises(ConfigurationError, match=key):
        healthchecks_monitor(Given("monitors.hc", {"ping-key": KEY} | values), "wl")


def test_a_ping_key_is_enough() -> None:
    """Everything else has its default."""
    table = Given("monitors.hc", {"ping-key": KEY})
    assert healthchecks_monitor(table, "wl").name == "healthchecks"


async def test_an_end_is_told_with_the_end_of_the_log() -> None:
    """What is seen there is what one would look for first; secrets are taken out."""

    async def last_words(execution: Execution) -> str:
        return f"{execution.cron_name}: disk full\npassword=hunter22"

    async with vendor() as served:
        monitor = Healthchecks(Project(ping_key=KEY, url=served.url), "wl", last_words)
        await monitor.signal(change(Status.RUNNING, Status.STARTING))
        await monitor.signal(change(Status.FAILED, exit_code=3, reason="exited with code 3"))
        await monitor.close()
    bodies = [heard.body for heard in served.requests]
    assert bodies == [b"", b"exited with code 3\n\ntidy: disk full\npassword=[redacted]"]
