"""What Cronitor is told of changes: pure."""

import json
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.samples import MINUTE, NOON, SECOND, make_cron, make_execution
from wlcron.core.execution import Change, Status
from wlcron.monitors.cronitor.signal import LONGEST_QUOTED, Ping, parameters, pings

CRON = make_cron()
CLIENT = json.loads(
    (Path(__file__).parent.parent / "data/monitors/cronitor_client_requests.json").read_text()
)["requests"]
BAD = [Status.FAILED, Status.TIMEOUT, Status.ERROR, Status.LOST, Status.MISSED]


def change(status: Status, before: Status | None = Status.RUNNING, **more: object) -> Change:
    """Return a change of an execution that ran for a minute and a half, at its end."""
    times: dict[str, object] = {"started_at": NOON, "ended_at": NOON + 90 * SECOND}
    execution = make_execution(CRON, status=status, **(times | more))
    return Change(execution, before, NOON + 2 * MINUTE)


def query(ping: Ping) -> dict[str, str]:
    """Return a ping's parameters."""
    return dict(parameters(ping, "wl", "production"))


def test_run_is_told_when_an_execution_runs() -> None:
    """With the instant at which it started, not that at which it was heard of."""
    running = change(Status.RUNNING, Status.STARTING, ended_at=None)
    assert [query(ping) for ping in pings(running)] == [
        {
            "state": "run",
            "series": running.execution.id,
            "host": "wl",
            "stamp": f"{NOON.timestamp():.3f}",
            "env": "production",
        }
    ]


@pytest.mark.parametrize("status", [Status.PENDING, Status.STARTING, Status.SKIPPED])
def test_what_is_not_running_yet_is_not_told(status: Status) -> None:
    """It may wait, pull its image or be withdrawn; a skipped one leaves the word to the earlier."""
    assert pings(change(status, None, started_at=None, ended_at=None)) == ()


def test_success_completes_with_its_duration_and_exit_code() -> None:
    """In one ping."""
    (ping,) = pings(change(Status.SUCCESS, exit_code=0, reason="finished"))
    assert query(ping) == {
        "state": "complete",
        "series": change(Status.SUCCESS).execution.id,
        "host": "wl",
        "metric": "duration:90",
        "stamp": f"{(NOON + 90 * SECOND).timestamp():.3f}",
        "env": "production",
        "status_code": "0",
    }


@pytest.mark.parametrize("status", BAD)
def test_whatever_went_wrong_fails_with_its_reason(status: Status) -> None:
    """Also what was never started."""
    (ping,) = pings(change(status, started_at=None, reason="the engine says no"))
    assert (ping.state, ping.message) == ("fail", "the engine says no")


def test_stopped_completes_and_says_so() -> None:
    """Somebody asked for it: no alert, no open run, and no exit code that would contradict."""
    (ping,) = pings(change(Status.STOPPED, reason="stopped by ada", exit_code=143))
    assert (ping.state, ping.message, ping.exit_code) == ("complete", "stopped by ada", None)


def test_stopped_before_its_start_is_not_told() -> None:
    """There is no run to complete."""
    assert pings(change(Status.STOPPED, Status.PENDING, started_at=None)) == ()


@pytest.mark.parametrize("before", [Status.PENDING, Status.STARTING])
def test_an_end_brings_its_run_with_it_where_none_was_told(before: Status) -> None:
    """A job may be over before anybody has seen that it ran."""
    run, end = pings(change(Status.FAILED, before, exit_code=3, reason="exited with code 3"))
    assert (run.state, run.stamp, end.state) == ("run", NOON, "fail")
    assert run.series == end.series


@given(st.sampled_from(Status), st.sampled_from([None, *Status]), st.text(max_size=5000))
def test_a_change_is_told_the_same_twice(
    status: Status, before: Status | None, reason: str
) -> None:
    """Its answer may have been lost: nothing in a ping comes from anything but the change."""
    said = change(status, before, reason=reason)
    assert pings(said) == pings(said)
    assert {ping.series for ping in pings(said)} <= {said.execution.id}


@example("😀" * 1000)
@example("x" * 1001)
@given(st.text(max_size=3000) | st.text("\x00\r\n&=#?%+/😀é", max_size=3000))
def test_a_message_stays_itself_and_within_what_a_server_reads(reason: str) -> None:
    """Up to 1,000 characters, and fewer where they take much of a URL."""
    (ping,) = pings(change(Status.FAILED, reason=reason))
    assert len(ping.message) <= 1000
    assert len(quote_plus(ping.message, errors="replace")) <= LONGEST_QUOTED
    assert reason.startswith(ping.message.removesuffix("…"))
    if len(reason) <= 1000 and len(quote_plus(reason)) <= LONGEST_QUOTED:
        assert ping.message == reason
    sent = urlencode(parameters(ping, "wl", ""), errors="replace")
    assert dict(parse_qsl(sent, keep_blank_values=True)).get("message", "") == ping.message


@given(st.timedeltas(timedelta(0), timedelta(days=366)))
def test_a_duration_is_a_plain_number_of_seconds(duration: timedelta) -> None:
    """To the millisecond, without an exponent."""
    query = dict(
        parameters(Ping(state="complete", series="1", stamp=NOON, duration=duration), "", "")
    )
    kind, _, number = query["metric"].partition(":")
    assert kind == "duration"
    assert "e" not in number
    assert abs(float(number) - duration.total_seconds()) <= 0.0006


@pytest.mark.parametrize("state", ["run", "complete", "fail"])
def test_parameters_are_those_of_cronitors_own_library(state: str) -> None:
    """By name, order and way of quoting, as recorded; status_code alone is beyond them."""
    recorded = [
        parse_qsl(urlsplit(request["path_and_query"]).query)
        for request in CLIENT
        if f"state={state}&" in request["path_and_query"]
    ]
    status = {"run": Status.RUNNING, "complete": Status.SUCCESS, "fail": Status.FAILED}[state]
    (ping,) = pings(change(status, exit_code=1, reason="boom"))
    ours = [name for name, _ in parameters(ping, "wl", "") if name not in {"host", "status_code"}]
    for names in [[name for name, _ in query] for query in recorded]:
        shared = [name for name in ours if name in names]
        assert shared == [name for name in dict.fromkeys(names) if name in ours]
    assert any({"state", "series", "stamp"} <= {name for name, _ in query} for query in recorded)


def test_a_query_is_quoted_as_cronitors_own_library_quotes_it() -> None:
    """`ok & fine` and `duration:12.5`, byte for byte."""
    said = Ping(
        state="complete",
        series="abc",
        stamp=NOON,
        message="ok & fine",
        duration=timedelta(seconds=12.5),
    )
    pairs = [pair for pair in parameters(said, "wl", "") if pair[0] not in {"host", "stamp"}]
    recorded = next(r for r in CLIENT if "ok+%26" in r["path_and_query"])["path_and_query"]
    assert urlencode(pairs) == recorded.partition("?")[2].partition("&metric=count")[0]
