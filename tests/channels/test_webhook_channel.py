"""Posts to real servers on this machine."""

import gzip
import logging
from datetime import timedelta

import pytest
from yarl import URL

from tests.channels.samples import OPENED
from tests.samples import NOON
from tests.vendors import (
    Answer,
    drips,
    hangs,
    resets,
    says,
    vendor,
    writes,
)
from wlcron.channel import ChannelError
from wlcron.channels.webhook import webhook_channel
from wlcron.channels.webhook.body import body_of, headers_of
from wlcron.channels.webhook.channel import WebhookChannel
from wlcron.channels.webhook.target import Target
from wlcron.given import Given

SIGNS = "the-key-that-signs"
PATH = "/hooks/T0K3N%2FX?auth=T0K3N-query"
SECRETS = ("T0K3N", SIGNS)


def channel(url: str, patience: float = 20.0) -> WebhookChannel:
    """Return a channel that may post to this machine."""
    target = Target(url=URL(f"{url}{PATH}", encoded=True), secret=SIGNS, is_private_allowed=True)
    return WebhookChannel("hook", target, patience=patience, clock=lambda: NOON)


async def refusal(hook: WebhookChannel) -> ChannelError:
    """Return what a channel says of an alert that was not taken."""
    with pytest.raises(ChannelError) as raised:
        await hook.send(OPENED)
    text = str(raised.value)
    assert text.isprintable()
    assert len(text) < 500
    assert not any(secret in text for secret in SECRETS)
    return raised.value


async def test_an_alert_is_posted_as_signed_json() -> None:
    """What arrives is what was signed, to the byte."""
    async with vendor() as server:
        answer = await channel(server.url).send(OPENED)
    assert answer == "200"
    (request,) = server.requests
    assert (request.method, request.target, request.body) == ("POST", PATH, body_of(OPENED))
    expected = headers_of(OPENED, request.body, SIGNS, NOON)
    assert {name: request.headers.get(name) for name in expected} == expected


async def test_the_configuration_makes_a_channel() -> None:
    """Url, secret, and leave to post to this machine."""
    async with vendor() as server:
        values = {"url": f"{server.url}/hook", "secret": SIGNS, "allow-private": True}
        hook = webhook_channel("hook", Given("channels.hook", values))
        await hook.send(OPENED)
        await hook.close()
    assert (hook.name, hook.kind) == ("hook", "webhook")
    assert len(server.requests) == 1


@pytest.mark.parametrize("status", [200, 201, 202, 204])
async def test_two_hundreds_are_success(status: int) -> None:
    """Whatever is in them."""
    async with vendor(says("thank you" if status != 204 else "", status)) as server:
        assert (await channel(server.url).send(OPENED)).startswith(str(status))


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 599])
async def test_what_may_pass_is_temporary(status: int) -> None:
    """The server is busy, or broken."""
    async with vendor(says("no", status)) as server:
        error = await refusal(channel(server.url))
    assert not error.is_permanent
    assert str(status) in str(error)


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 413, 415, 422, 451])
async def test_what_is_refused_is_refused_for_good(status: int) -> None:
    """And what the server says about it is shown."""
    async with vendor(says("bad signature\r\nsecond line", status)) as server:
        error = await refusal(channel(server.url))
    assert error.is_permanent
    assert f"{status} bad signature second line" in str(error)


async def test_who_wants_fewer_messages_is_heeded() -> None:
    """429 says how long to wait."""
    async with vendor(says("", 429, Retry_After="120"), says("", 503, Retry_After="7")) as server:
        hook = channel(server.url)
        errors = [await refusal(hook), await refusal(hook)]
    assert [error.wait for error in errors] == [timedelta(minutes=2), timedelta(seconds=7)]


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirection_is_followed(status: int) -> None:
    """Where it leads was not checked, and the body is not for strangers."""
    async with vendor() as other, vendor() as server:
        server.will(says("", status, Location=f"{other.url}/elsewhere"))
        error = await refusal(channel(server.url))
    assert error.is_permanent
    assert other.requests == []
    assert len(server.requests) == 1


@pytest.mark.parametrize(
    "answer",
    [
        resets(),
        writes(b""),
        writes(b"\x00\xff\xfe nonsense\r\n\r\n"),
        writes(b"SSH-2.0-OpenSSH_9.2\r\n"),
        writes(b"HTTP/1.1 abc OK\r\n\r\n"),
        writes(b"HTTP/1.1 200 OK\r\n" + b"X: " + b"y" * 100_000 + b"\r\n\r\n"),
        writes(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 100_000 + b"\r\n"),
        writes(b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n"),
        writes(b"HTTP/1.1 200 OK\r\nT0K3N\r\n\r\n"),
        writes(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"),
    ],
)
async def test_garbage_is_an_error_like_others(answer: Answer) -> None:
    """Whatever listens there, one sentence says that the alert was not taken."""
    async with vendor(answer) as server:
        error = await refusal(channel(server.url))
    assert not error.is_permanent


@pytest.mark.parametrize("answer", [hangs(), drips(b"HTTP/1.1 200 OK\r\nX: ", b"y")])
async def test_who_does_not_answer_is_not_waited_for(answer: Answer) -> None:
    """Neither in silence nor in drops."""
    async with vendor(answer) as server:
        error = await refusal(channel(server.url, patience=0.2))
    assert "has not answered" in str(error)
    assert not error.is_permanent


@pytest.mark.parametrize(
    "raw",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n" + b"x" * 200_000,
        b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\ncut",
        b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
    ],
    ids=["huge", "cut off", "compressed"],
)
async def test_a_taken_alert_is_taken_whatever_follows(raw: bytes) -> None:
    """The status says so; the body is only shown."""
    async with vendor(writes(raw)) as server:
        answer = await channel(server.url).send(OPENED)
    assert answer.startswith("200")
    assert len(answer) <= 210


async def test_a_taken_alert_is_taken_though_the_rest_of_the_answer_never_comes() -> None:
    """It is not sent again because of a body that is only shown."""
    async with vendor(drips(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n")) as server:
        assert await channel(server.url, patience=4.0).send(OPENED) == "200"


async def test_an_answer_that_is_compressed_is_not_unpacked() -> None:
    """A few bytes may become gigabytes."""
    async with vendor(says(gzip.compress(b"thank you"), Content_Encoding="gzip")) as server:
        assert await channel(server.url).send(OPENED) == "200"


async def test_a_server_that_repeats_what_it_was_sent_betrays_nothing() -> None:
    """Paths of webhooks are passwords, and "Cannot POST /path" is what many say."""
    echo = f"Cannot POST {PATH} /hooks/T0K3N/X T0K3N-query {SIGNS}"
    cut = f"{'x' * 190}{SIGNS}"
    async with vendor(says(echo, 404), says(echo, 500), says(echo, 200), says(cut, 200)) as server:
        hook = channel(server.url)
        for _ in range(2):
            assert "Cannot POST ***" in str(await refusal(hook))
        answers = [await hook.send(OPENED), await hook.send(OPENED)]
    assert not any(secret[:5] in answer for secret in SECRETS for answer in answers)


async def test_nothing_secret_is_logged_or_shown(caplog: pytest.LogCaptureFixture) -> None:
    """Neither by us nor by a library, with all that is logged switched on."""
    caplog.set_level(logging.DEBUG)
    async with vendor(says("", 200), says("", 500)) as server:
        hook = channel(server.url)
        await hook.send(OPENED)
        await refusal(hook)
    target = Target(url=URL(f"https://example.com{PATH}"), secret=SIGNS)
    shown = caplog.text + repr(hook) + repr(target)
    assert not any(secret in shown for secret in SECRETS)


async def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would resolve the name again, and nobody would check that."""
    async with vendor() as proxy, vendor() as server:
        for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, proxy.url)
        await channel(server.url).send(OPENED)
    assert (len(proxy.requests), len(server.requests)) == (0, 1)


async def test_each_alert_has_a_connection_of_its_own() -> None:
    """So that each is checked anew, and none is posted into one that was closed meanwhile."""
    async with vendor() as server:
        hook = channel(server.url)
        await hook.send(OPENED)
        await hook.send(OPENED)
    assert [request.headers.get("Connection") for request in server.requests] == ["close"] * 2
