"""Alerts to what Apprise knows: its JSON service stands for all, against a real server."""

import asyncio
import logging
from collections.abc import Iterator
from dataclasses import replace

import pytest
from aiohttp import web
from apprise import Apprise
from apprise.result import AppriseResult
from hypothesis import given
from hypothesis import strategies as st

from tests.channels.samples import CLOSED, OPENED, REMINDED, TEST
from tests.vendors import Answer, hangs, nobody, resets, says, vendor, writes
from wlcron.channel import Alert, ChannelError
from wlcron.channels.apprise_urls import (
    AppriseChannel,
    apprise_channel,
    body,
    notify_type,
    title,
)
from wlcron.core.cron import Severity
from wlcron.errors import ConfigurationError
from wlcron.given import Given

# Apprise loads all of its plugins at once, and one of them a module that will go.
pytestmark = pytest.mark.filterwarnings("ignore:.imghdr. is deprecated")

TOKEN, PASSWORD, QUERY = "T0K3N-of-the-path", "p4ssw0rd", "T0K3N-query"
SECRETS = (TOKEN, PASSWORD, QUERY)


class Heard(logging.Handler):
    """The server's own log, as far as it is one: it hangs on the root, and hears everything.

    Pytest's hangs itself on loggers that hand nothing on to the root, which nobody else does.
    """

    def __init__(self) -> None:
        super().__init__()
        self.text = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Note a record, with its traceback; but not those of the tests' own server."""
        if not record.name.startswith("aiohttp"):
            self.text += self.format(record) + "\n"


@pytest.fixture
def heard() -> Iterator[Heard]:
    """Hear all that is logged, with everything switched on."""
    handler, root = Heard(), logging.getLogger()
    loggers = (root, logging.getLogger("apprise"), logging.getLogger("urllib3"))
    before = [each.level for each in loggers]
    root.addHandler(handler)
    for logger in loggers:
        logger.setLevel(logging.DEBUG)
    yield handler
    root.removeHandler(handler)
    for logger, level in zip(loggers, before, strict=True):
        logger.setLevel(level)


def url_of(server: str) -> str:
    """Return Apprise's URL of a server, with a secret in each of its parts."""
    return f"{server.replace('http://', f'json://wl:{PASSWORD}@')}/{TOKEN}?+X-Key={QUERY}"


def channel(url: str) -> AppriseChannel:
    """Return a channel for one of Apprise's URLs."""
    made = apprise_channel("rest", Given("channels.rest", {"url": url}))
    assert isinstance(made, AppriseChannel)
    return made


async def refusal(rest: AppriseChannel) -> ChannelError:
    """Return what a channel says of an alert that was not taken."""
    with pytest.raises(ChannelError) as raised:
        await rest.send(OPENED)
    assert not any(secret in str(raised.value) for secret in SECRETS)
    assert not raised.value.is_permanent
    return raised.value


async def test_an_alert_reaches_a_service() -> None:
    """Title, text and kind, as the service takes them."""
    async with vendor() as server:
        answer = await channel(url_of(server.url)).send(OPENED)
    (request,) = server.requests
    assert answer == "JSON took it"
    assert request.path == f"/{TOKEN}"
    assert request.json["title"] == OPENED.summary
    assert request.json["type"] == "failure"
    assert request.json["message"].splitlines() == body(OPENED).strip().splitlines()


@pytest.mark.parametrize(
    ("alert", "expected"),
    [
        (OPENED, "failure"),
        (REMINDED, "failure"),
        (CLOSED, "success"),
        (TEST, "info"),
        (replace(OPENED, severity=Severity.WARNING), "warning"),
        (replace(OPENED, severity=Severity.CRITICAL), "failure"),
        (replace(OPENED, severity=Severity.INFO), "info"),
    ],
)
def test_step_and_severity_choose_the_kind(alert: Alert, expected: str) -> None:
    """By which services choose a colour."""
    assert notify_type(alert) == expected


def test_a_test_says_so() -> None:
    """Nobody is to get up for it."""
    assert title(TEST).startswith("[test] ")


@given(text=st.text(), log=st.text())
def test_texts_are_bounded_and_lines_stay_lines(text: str, log: str) -> None:
    """Services cut what is too long, and refuse what is much too long."""
    alert = replace(OPENED, summary=text, facts=((text, text),) * 20, log=log * 200)
    assert len(title(alert)) <= 400
    assert "\n" not in title(alert)
    assert len(body(alert)) < 10_000


@pytest.mark.parametrize(
    ("text", "call"),
    [
        ("@everyone", "@everyone"),
        ("say @here: now", "@here"),
        ("<!channel> <@U123> <#C1>", "<!channel>"),
        ("<@&42>", "<@&42>"),
        ("[@all]", "@all"),
    ],
)
def test_nobody_is_called_by_a_log(text: str, call: str) -> None:
    """Names and logs are strangers' texts: they ring no phones."""
    alert = replace(OPENED, summary=text, log=text, facts=((text, text),))
    assert call not in title(alert)
    assert call not in body(alert)
    assert "ops@example.com" in body(replace(OPENED, log="mail ops@example.com"))


@pytest.mark.parametrize("seen", ["<b>*bold*</b>", "[x](http://evil)", "a\\nb"])
async def test_a_service_that_takes_text_gets_text(seen: str) -> None:
    """What a log holds is not changed for services that know no markup."""
    async with vendor() as server:
        await channel(url_of(server.url)).send(replace(OPENED, log=seen))
    assert seen in server.requests[0].json["message"]


async def test_markup_is_escaped_for_services_that_take_it() -> None:
    """A log that holds tags is shown with them, not by them."""
    async with vendor() as server:
        await channel(f"{url_of(server.url)}&format=html").send(
            replace(OPENED, summary="<b>x</b>", log="<script>alert(1)</script>")
        )
    assert "<script>" not in server.requests[0].json["message"]
    assert "&lt;script&gt;" in server.requests[0].json["message"]


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
async def test_a_refusal_is_temporary_and_named(status: int) -> None:
    """Apprise says little about it, so nothing is taken for final."""
    async with vendor(says(f"no {TOKEN}", status)) as server:
        error = await refusal(channel(url_of(server.url)))
    assert "could not hand the alert to JSON" in str(error)
    assert f"answered {status}." in str(error)


@pytest.mark.parametrize("answer", [resets(), writes(b""), writes(b"\x00\xff nonsense\r\n\r\n")])
async def test_garbage_is_an_error_like_others(answer: Answer) -> None:
    """Whatever listens there."""
    async with vendor(answer) as server:
        await refusal(channel(url_of(server.url)))


async def test_nobody_there_is_temporary() -> None:
    """It is back in a minute."""
    async with nobody() as url:
        await refusal(channel(url_of(url)))


async def test_a_service_that_hangs_is_not_waited_for() -> None:
    """Its thread ends by its own time-out; the other channels do not wait for it."""
    async with vendor(hangs()) as server:
        apprise = Apprise(f"{url_of(server.url)}&rto=0.5")
        error = await refusal(AppriseChannel("rest", apprise, patience=0.1))
    assert "JSON has not answered" in str(error)


async def test_whatever_a_plugin_raises_is_an_error_like_others() -> None:
    """There are over a hundred of them; what they say may hold the URL."""

    class Broken(Apprise):
        async def async_notify(self, *_: object, **__: object) -> AppriseResult:
            raise ZeroDivisionError(TOKEN)

    error = await refusal(AppriseChannel("rest", Broken(url_of("http://localhost"))))
    assert str(error) == "Apprise could not hand the alert to JSON: ZeroDivisionError"


async def test_no_redirection_is_followed() -> None:
    """Where it leads is not what was configured."""
    async with vendor() as other, vendor() as server:
        server.will(says("", 307, Location=f"{other.url}/elsewhere"))
        await refusal(channel(url_of(server.url)))
    assert other.requests == []


async def test_others_go_on_while_a_service_is_slow() -> None:
    """Apprise's own code blocks; the loop does not."""
    arrived, answered = asyncio.Event(), asyncio.Event()

    async with vendor(_slow(arrived, answered)) as server:
        sending = asyncio.create_task(channel(url_of(server.url)).send(OPENED))
        await arrived.wait()
        answered.set()
        assert await sending == "JSON took it"


def _slow(arrived: asyncio.Event, answered: asyncio.Event) -> Answer:
    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        arrived.set()
        await answered.wait()
        return web.Response()

    return answer


@pytest.mark.parametrize(
    "url",
    [
        f"nothing-that-is-known://{TOKEN}",
        f"slack://{TOKEN}",
        f"discord://{TOKEN}",
        f"{TOKEN}",
        f"https://{TOKEN}.example.com/",
        f"json://wl:{PASSWORD}@/",
        "://",
    ],
)
def test_what_apprise_does_not_know_is_refused(
    url: str, heard: Heard, capfd: pytest.CaptureFixture[str]
) -> None:
    """At once, and without showing it."""
    with pytest.raises(ConfigurationError) as raised:
        channel(url)
    assert str(raised.value).startswith("channels.rest: url is none that Apprise can use")
    shown = str(raised.value) + heard.text + "".join(capfd.readouterr())
    assert not any(secret in shown for secret in SECRETS)


def test_a_key_that_is_unknown_is_refused() -> None:
    """It was meant to do something."""
    with pytest.raises(ConfigurationError, match="urls is unknown"):
        apprise_channel("rest", Given("channels.rest", {"url": "json://x", "urls": "y"}))


async def test_nothing_secret_is_logged_or_shown(
    heard: Heard, capfd: pytest.CaptureFixture[str]
) -> None:
    """Apprise and urllib3 log URLs; where they do, nobody listens."""
    async with vendor() as server, nobody() as gone:
        rest = channel(url_of(server.url))
        # urllib3 warns of such headers, with the whole URL.
        server.will(writes(b"HTTP/1.1 200 OK\r\n: nonsense\r\n\r\n"), says("", 500))
        await rest.send(OPENED)
        await refusal(rest)
        await refusal(channel(url_of(gone)))
    shown = heard.text + repr(rest) + "".join(capfd.readouterr())
    assert not any(secret in shown for secret in SECRETS)
