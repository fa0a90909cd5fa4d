"""PagerDuty's events: what is sent, what its answers mean, and that its key stays a secret."""

import asyncio
import json
import logging
import traceback
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st

from tests.channels.samples import ALERTS, OPENED
from tests.conftest import eventually
from tests.vendors import (
    Answer,
    Vendor,
    drips,
    hangs,
    resets,
    says,
    vendor,
    writes,
)
from wlcron.channel import Channel, ChannelError
from wlcron.channels.pagerduty import PagerDutyChannel, pagerduty_channel
from wlcron.channels.pagerduty.answer import read_answer
from wlcron.channels.pagerduty.client import Client, certificates, send_event
from wlcron.errors import ConfigurationError
from wlcron.given import Given

KEY = "0123456789abcdefSECRET0123456789"
TABLE = "channels.pagers"
TAKEN = json.dumps({"status": "success", "message": "Event processed", "dedup_key": OPENED.key})
TRUSTED = certificates()


@pytest_asyncio.fixture
async def pagerduty() -> AsyncIterator[Vendor]:
    """Run something that speaks like PagerDuty."""
    async with vendor(says(TAKEN, 202)) as there:
        yield there


def channel(url: str) -> Channel:
    """Return a channel to a service of this server."""
    return pagerduty_channel("pagers", Given(TABLE, {"routing-key": KEY, "url": url}))


def impatient(url: str) -> Channel:
    """Return a channel that waits for a moment only."""
    return PagerDutyChannel("pagers", KEY, lambda: Client(KEY, url, TRUSTED), patience=0.2)


async def refused(there: Channel) -> ChannelError:
    """Send an alert in vain; return the error, which holds no secret."""
    with pytest.raises(ChannelError) as caught:
        await there.send(OPENED)
    assert "SECRET" not in "".join(traceback.format_exception(caught.value)) + repr(there)
    return caught.value


@pytest.mark.parametrize("name", sorted(set(ALERTS) - {"test"}))
async def test_an_alert_is_sent_once_as_an_event(pagerduty: Vendor, name: str) -> None:
    """What reaches PagerDuty is the event as it is documented, with the routing key."""
    answer = await channel(pagerduty.url).send(ALERTS[name])
    assert answer == f"202 Event processed (dedup_key {OPENED.key})"
    (request,) = pagerduty.requests
    assert (request.method, request.path) == ("POST", "/v2/enqueue")
    assert request.headers["Content-Type"] == "application/json"
    stored = Path(__file__).parent.parent / "data" / "channels" / "pagerduty" / f"{name}.json"
    assert request.json == {"routing_key": KEY, **json.loads(stored.read_text())}


@pytest.mark.parametrize("end", ["/", "/v2/enqueue", "/v2/enqueue/"])
async def test_the_address_may_be_given_with_its_path(pagerduty: Vendor, end: str) -> None:
    """PagerDuty's documents show the whole address, so it is understood as well."""
    await channel(pagerduty.url + end).send(OPENED)
    assert pagerduty.requests[0].path == "/v2/enqueue"


async def test_a_refusal_is_permanent_and_says_why(pagerduty: Vendor) -> None:
    """What will never be taken is not tried again, and PagerDuty's own words are passed on."""
    wrong = {
        "status": "invalid event",
        "message": "Event object is invalid",
        "errors": [f"'routing_key' {KEY} is \x1b[31munknown", "second", 3],
    }
    pagerduty.will(says(json.dumps(wrong), 400))
    error = await refused(channel(pagerduty.url))
    assert error.is_permanent
    assert str(error) == (
        "PagerDuty refused the message: 400 Event object is invalid: "
        "'routing_key' … is unknown; second"
    )
    assert len(pagerduty.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        says("", 400),
        says("[1]", 401),
        says("[" * 60_000, 403),
        says('{"errors": 7, "message": []}', 404),
        says("", 302, Location="/elsewhere"),
        says(b"\xff" * 1_000_000, 400),
        says("{}", 400, Content_Type="application/json; charset=nonsense"),
        writes(b"HTTP/1.1 400 ?\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nno"),
    ],
)
async def test_every_refusal_is_permanent(pagerduty: Vendor, answer: Answer) -> None:
    """Whatever a refusal looks like, the status says what it is."""
    pagerduty.will(answer)
    assert (await refused(channel(pagerduty.url))).is_permanent
    assert len(pagerduty.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        says("", 408),
        says("", 429),
        says("", 500),
        says("", 503),
        says("<html>log in</html>"),
        says(TAKEN, 200),
        says("not PagerDuty's", 202),
        says("", 204),
        writes(b""),
        writes(b"garbage\r\n\r\n"),
        writes(b"HTTP/1.1 202 OK\r\nContent-Length: 99\r\n\r\n{}"),
        writes(b"HTTP/1.1 202 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        writes(b"HTTP/1.1 202 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n"),
        writes(b"HTTP/1.1 999999 ?\r\n\r\n"),
        resets(),
    ],
)
async def test_trouble_is_temporary(pagerduty: Vendor, answer: Answer) -> None:
    """Whatever else answers or does not is worth another try later, and no thread waits for it."""
    pagerduty.will(answer)
    assert not (await refused(channel(pagerduty.url))).is_permanent
    assert len(pagerduty.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        hangs(),
        drips(b"HTTP/1.1 202 OK\r\nX: "),
        drips(b"HTTP/1.1 202 OK\r\nContent-Length: 9999\r\n\r\n"),
        drips(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    ],
)
async def test_an_answer_that_never_ends_is_not_waited_for(
    pagerduty: Vendor, answer: Answer
) -> None:
    """Sending is bounded in time, and so is the thread that sends."""
    pagerduty.will(answer)
    ended: list[bool] = []

    class Watched(Client):
        """Notes when its thread is done with it."""

        def __init__(self) -> None:
            super().__init__(KEY, pagerduty.url, TRUSTED)
            self.timeout = 1

        def post(self, *given: object, **named: object) -> object:  # type: ignore[override]  # it takes what the library takes
            """Send; note the end."""
            try:
                return super().post(*given, **named)  # type: ignore[arg-type]  # as it was called
            finally:
                ended.append(True)

    there = PagerDutyChannel("pagers", KEY, Watched, 0.2)
    error = await refused(there)
    assert not error.is_permanent
    assert "has not answered within 0.2 s" in str(error)
    await eventually(lambda: bool(ended))


async def test_nothing_is_sent_for_those_who_gave_up(pagerduty: Vendor) -> None:
    """What is sent too late would open again what was resolved in between."""
    client = Client(KEY, pagerduty.url, TRUSTED)
    hooks = client.event_hooks
    # As if it took so long to find and reach the other side that nobody waits any more.
    client.event_hooks = {**hooks, "request": [*hooks["request"], lambda _: client.close()]}
    with pytest.raises(ChannelError):
        await asyncio.to_thread(send_event, client, {})
    assert pagerduty.requests == []


async def test_the_key_is_in_no_log(pagerduty: Vendor, caplog: pytest.LogCaptureFixture) -> None:
    """Libraries log what they send when they are asked for details: the key is a secret."""
    caplog.set_level(logging.DEBUG)
    pagerduty.will(says(TAKEN, 202), says(KEY, 401), resets())
    await channel(pagerduty.url).send(OPENED)
    await refused(channel(pagerduty.url))
    await refused(channel(pagerduty.url))
    said = "\n".join(each.getMessage() for each in caplog.records)
    assert "SECRET" not in said
    assert KEY[-4:] not in said


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "routing-key is missing"),
        ({"routing-key": "SECRET"}, "routing-key must be 32 letters and digits"),
        ({"routing-key": KEY + "\n"}, "routing-key must be 32 letters and digits"),
        ({"routing-key": "ä" * 32}, "routing-key must be 32 letters and digits"),
        ({"routing-key": KEY, "url": "http://events.pagerduty.com"}, "url must be an address"),
        ({"routing-key": KEY, "key": "x"}, "key is unknown"),
        ({"routing-key": KEY, "routing-key-file": "x"}, "is given twice"),
    ],
)
def test_a_wrong_configuration_is_one_sentence(values: dict[str, object], words: str) -> None:
    """What is wrong is said when the server begins, by table and key, and not shown."""
    with pytest.raises(ConfigurationError) as caught:
        pagerduty_channel("pagers", Given(TABLE, values))
    assert str(caught.value).startswith(f"{TABLE}: ")
    assert words in str(caught.value)
    assert "SECRET" not in "".join(traceback.format_exception(caught.value))


answers = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.text(), st.just(KEY)),
    lambda inner: st.one_of(
        st.lists(inner),
        st.dictionaries(st.sampled_from(["message", "errors", "dedup_key", "status"]), inner),
    ),
)


@given(st.integers(100, 599), st.one_of(st.text(), answers.map(json.dumps)))
def test_every_answer_has_a_meaning(status: int, body: str) -> None:
    """An answer is good, or it is a ChannelError: nothing else comes of it, and no secret."""
    try:
        says_so, is_permanent = read_answer(status, body, None, KEY), False
    except ChannelError as error:
        says_so, is_permanent = str(error), error.is_permanent
    assert is_permanent == (300 <= status < 500 and status not in {408, 425, 429})
    assert KEY not in says_so
    assert "\n" not in says_so
    assert len(says_so) < 500


async def test_a_test_is_resolved_at_once(pagerduty: Vendor) -> None:
    """It has called somebody, and leaves nothing open."""
    await channel(pagerduty.url).send(ALERTS["test"])
    sent = [json.loads(request.body) for request in pagerduty.requests]
    assert [each["event_action"] for each in sent] == ["trigger", "resolve"]
    assert len({each["dedup_key"] for each in sent}) == 1
