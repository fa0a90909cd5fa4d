"""Slack's webhook: what is sent, what its answers mean, and that its address stays a secret."""

import json
import logging
import traceback
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from tests.channels.samples import ALERTS, OPENED
from tests.vendors import (
    Answer,
    Vendor,
    drips,
    hangs,
    nobody,
    resets,
    says,
    vendor,
    writes,
)
from wlcron.channel import Channel, ChannelError
from wlcron.channels.slack import SlackChannel, slack_channel
from wlcron.channels.slack.webhook import post
from wlcron.errors import ConfigurationError
from wlcron.given import Given

SECRET = "T0SECRET/B0SECRET/abcDEFsecret"  # noqa: S105 -- nobody's
TABLE = "channels.team"


@pytest_asyncio.fixture
async def slack() -> AsyncIterator[Vendor]:
    """Run something that speaks like Slack."""
    async with vendor(says("ok")) as there:
        yield there


def channel(url: str) -> Channel:
    """Return a channel to a webhook of this server."""
    return slack_channel("team", Given(TABLE, {"url": f"{url}/services/{SECRET}"}))


def impatient(url: str) -> Channel:
    """Return a channel that waits for a moment only."""
    return SlackChannel("team", f"{url}/services/{SECRET}", post, patience=0.2)


async def refused(there: Channel) -> ChannelError:
    """Send an alert in vain; return the error, which holds no secret."""
    with pytest.raises(ChannelError) as caught:
        await there.send(OPENED)
    said = "".join(traceback.format_exception(caught.value)) + repr(there)
    assert "SECRET" not in said
    return caught.value


@pytest.mark.parametrize("name", ALERTS)
async def test_an_alert_is_posted_once_as_json(slack: Vendor, name: str) -> None:
    """What reaches Slack is the message as it is documented, and "ok" means that it was taken."""
    assert await channel(slack.url).send(ALERTS[name]) == "200 ok"
    (request,) = slack.requests
    assert (request.method, request.path) == ("POST", f"/services/{SECRET}")
    assert request.headers["Content-Type"].startswith("application/json")
    stored = Path(__file__).parent.parent / "data" / "channels" / "slack" / f"{name}.json"
    assert request.json == json.loads(stored.read_text())


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (says("no_service", 404), "404 no_service: the webhook was removed"),
        (says("invalid_token", 403), "403 invalid_token: the address is wrong or was revoked"),
        (says("channel_is_archived", 410), "410 channel_is_archived: unarchive the channel"),
        (says("action_prohibited", 403), "403 action_prohibited: an administrator"),
        (says("channel_not_found", 404), "404 channel_not_found: the channel is gone"),
        (says("something_new", 400), "400 something_new: check the address"),
        (says(f"<p>/services/{SECRET}</p>", 404), "404 check the address given as url"),
        (says("", 401), "refused the message: 401"),
        (says("", 302, Location="/elsewhere"), "leads elsewhere (302)"),
    ],
)
async def test_a_refusal_is_permanent_and_says_what_to_do(
    slack: Vendor, answer: Answer, words: str
) -> None:
    """What will never be taken is not tried again, and the vendor's word is passed on."""
    slack.will(answer)
    error = await refused(channel(slack.url))
    assert error.is_permanent
    assert words in str(error)
    assert len(slack.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        says("rollup_error", 500),
        says("", 503),
        says("", 408),
        says("<html>log in</html>"),
        says("", 204),
        says(b"\xff" * 1_000_000),
        writes(b""),
        writes(b"garbage\r\n\r\n"),
        writes(b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\nok"),
        writes(b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\nno"),
        writes(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
        writes(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 100_000 + b"\r\n\r\n"),
        writes(b"HTTP/1.1 999999 ?\r\n\r\n"),
        resets(),
    ],
)
async def test_trouble_is_temporary(slack: Vendor, answer: Answer) -> None:
    """Whatever else answers or does not is worth another try later, and not at once."""
    slack.will(answer)
    error = await refused(channel(slack.url))
    assert not error.is_permanent
    assert len(slack.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        hangs(),
        drips(b"HTTP/1.1 200 OK\r\nX: "),
        drips(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n"),
    ],
)
async def test_an_answer_that_never_ends_is_not_waited_for(slack: Vendor, answer: Answer) -> None:
    """Sending is bounded in time, however the other side holds it up."""
    slack.will(answer)
    error = await refused(impatient(slack.url))
    assert not error.is_permanent
    assert "has not answered within 0.2 s" in str(error)


@pytest.mark.parametrize("word", ["invalid_blocks", "msg_blocks_too_long", "invalid_payload"])
async def test_no_alert_is_lost_over_its_looks(slack: Vendor, word: str) -> None:
    """A message whose blocks Slack refuses is sent again as a line of text."""
    slack.will(says(word, 400), says("ok"))
    answer = await channel(slack.url).send(OPENED)
    assert answer == f"200 ok, for the text alone: the blocks were refused ({word})"
    first, second = (request.json for request in slack.requests)
    assert second == {key: value for key, value in first.items() if key != "blocks"}
    slack.will(says(word, 400))
    assert (await refused(channel(slack.url))).is_permanent


async def test_the_address_is_in_no_log(slack: Vendor, caplog: pytest.LogCaptureFixture) -> None:
    """Libraries log addresses when they are asked for details: Slack's is a secret."""
    caplog.set_level(logging.DEBUG)
    slack.will(says("ok"), says("invalid_token", 403), resets())
    await channel(slack.url).send(OPENED)
    await refused(channel(slack.url))
    await refused(channel(slack.url))
    assert "SECRET" not in "\n".join(each.getMessage() for each in caplog.records)


async def test_a_proxy_is_not_asked_for_what_needs_none(
    slack: Vendor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NO_PROXY holds, as it does for all other clients."""
    async with nobody() as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
            monkeypatch.setenv(name, proxy)
        assert not (await refused(channel(slack.url))).is_permanent
        for name in ("NO_PROXY", "no_proxy"):
            monkeypatch.setenv(name, "127.0.0.1")
        assert await channel(slack.url).send(OPENED) == "200 ok"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({}, "url is missing"),
        ({"url": "hooks.slack.com/SECRET"}, "url must be an address that begins with https://"),
        ({"url": "http://hooks.slack.com/SECRET"}, "url must be an address"),
        ({"url": "http://127.0.0.1.evil.example/SECRET"}, "url must be an address"),
        ({"url": "file:///SECRET"}, "url must be an address"),
        ({"url": "https://"}, "url must be an address"),
        ({"url": "https://[SECRET"}, "url is no address"),
        ({"url": "https://h:SECRET/x"}, "url is no address"),
        ({"url": "https://h/SECRET\nx"}, "characters that an address cannot have"),
        ({"url": "https://h/SECRET x"}, "characters that an address cannot have"),
        ({"url": "https://hööks/SECRET"}, "characters that an address cannot have"),
        ({"url": "https://u:SECRET@h/x"}, "neither a user name"),
        ({"url": "https://h/SECRET", "uri": "x"}, 'uri is unknown; did you mean "url"?'),
        ({"url-file": "/nowhere/at/all"}, "cannot be read"),
        ({"url": 7}, "url must be a text"),
    ],
)
def test_a_wrong_configuration_is_one_sentence(values: dict[str, object], words: str) -> None:
    """What is wrong is said when the server begins, by table and key, and not shown."""
    with pytest.raises(ConfigurationError) as caught:
        slack_channel("team", Given(TABLE, values))
    assert str(caught.value).startswith(f"{TABLE}: ")
    assert words in str(caught.value)
    assert "SECRET" not in "".join(traceback.format_exception(caught.value))
