"""What both vendors share: requests to them, and what becomes of an answer.

Their URLs hold keys. No URL is in any text from here, and no error from below is chained to ours:
aiohttp's name the URL, and a traceback would show it.
"""

import asyncio
import base64
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from http import HTTPStatus
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from aiohttp.http_exceptions import HttpProcessingError
from yarl import URL

from wlcron import __version__
from wlcron.given import Given
from wlcron.monitor import MonitorError

PATIENCE = 8.0  # seconds, for all requests of a signal: the port allows ten
LARGEST = 64 * 1024  # bytes of an answer; what comes behind is not read
WAIT = timedelta(seconds=10)  # where a vendor asks to wait and does not say for how long
LONGEST_WAIT = timedelta(hours=1)
LONGEST_MESSAGE = 1000  # characters
_LONGEST_QUOTE = 200
_MOST_DIGITS = 6
_FAULTS = (aiohttp.ClientError, HttpProcessingError, OSError, ValueError)
_FAULT_TEXTS: tuple[tuple[type[Exception], str], ...] = (  # the first that fits
    (aiohttp.ClientConnectorCertificateError, "its certificate is not trusted on this machine"),
    (aiohttp.ClientSSLError, "what is there does not speak TLS as it should"),
    (aiohttp.ClientConnectorDNSError, "its name is not known on this machine"),
    (aiohttp.ClientProxyConnectionError, "the proxy does not answer"),
    (aiohttp.ClientHttpProxyError, "the proxy refuses it"),
    (aiohttp.ClientConnectorError, "there is no connection to it"),
    (aiohttp.ServerDisconnectedError, "it hung up"),
    (aiohttp.ClientPayloadError, "it hung up in the middle of its answer"),
    (OSError, "it hung up"),
)
_LONGEST_SOURCE = 100
_LONGEST_NAME = 63
# 408 and 425 say of themselves that the same request may be sent again.
_TEMPORARY = frozenset({408, 425, 429})
_REST = r"(?P<port>:[0-9]{1,5})?(?:/[A-Za-z0-9._~-]+)*"
_ADDRESS = re.compile(
    rf"(?:https://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*|http://(?:127\.0\.0\.1|localhost)){_REST}"
)
_KEY = re.compile(r"[A-Za-z0-9._~-]{1,200}")
_PREFIX = re.compile(r"[a-z0-9][a-z0-9_-]{0,29}")
_HEARTBEAT = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")
_NOT_IN_NAMES = re.compile(r"[^a-z0-9_-]+")
_HIGHEST_PORT = 65535


@dataclass(frozen=True, slots=True)
class Request:
    """What is asked of a vendor. Only its method may be seen."""

    method: str
    url: str = field(repr=False)
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a vendor said."""

    status: int
    body: bytes = b""
    retry_after: str = ""


@dataclass(frozen=True, slots=True)
class Vendor:
    """Who is asked, and how their refusals are read."""

    name: str
    secret: str = field(repr=False)
    advice: Mapping[int, str] = field(default_factory=dict)  # what to do about a status
    source: str = ""  # which wlcron asks

    @property
    def agent(self) -> str:
        """Return who we are to them; anybody's text must not end a header."""
        said = "".join(c if c.isascii() and c.isprintable() else "?" for c in self.source)
        return f"wlcron/{__version__}" + (f" ({said[:_LONGEST_SOURCE]})" if said else "")


class Line:
    """The connections to one vendor."""

    def __init__(self, vendor: Vendor, patience: float = PATIENCE) -> None:
        self._vendor = vendor
        self._patience = patience  # seconds
        self._session: aiohttp.ClientSession | None = None

    async def ask(self, *requests: Request, accepts: Collection[int] = ()) -> Answer:
        """Send requests one after the other, all within the patience; return the last answer.

        Raises MonitorError at the first one that is not taken. 2xx and what is in `accepts` are.
        """
        try:
            async with asyncio.timeout(self._patience):
                outcome = await self._in_order(requests, accepts)
        except TimeoutError:
            outcome = MonitorError(f"{self._vendor.name} did not answer in {self._patience:g} s")
        except _FAULTS as error:
            outcome = MonitorError(f"{self._vendor.name} cannot be reached: {_fault(error)}")
        if isinstance(outcome, MonitorError):
            raise outcome  # from out here, so that nothing is chained to it
        return outcome

    async def close(self) -> None:
        """Let go of connections."""
        if self._session is not None:
            session, self._session = self._session, None
            await session.close()

    async def _in_order(
        self, requests: Sequence[Request], accepts: Collection[int]
    ) -> Answer | MonitorError:
        answer = Answer(HTTPStatus.NO_CONTENT)
        for request in requests:
            answer = await self._exchange(request)
            if answer.status not in accepts and (error := refusal(self._vendor, answer)):
                return error
        return answer

    async def _exchange(self, request: Request) -> Answer:
        async with self._opened().request(
            request.method,
            URL(request.url, encoded=True),
            headers=request.headers,
            data=request.body or None,
            allow_redirects=False,
            proxy=_proxy(request.url),
        ) as response:
            body = bytearray()
            async for part in response.content.iter_any():
                body += part
                if len(body) >= LARGEST:
                    response.close()
                    break
            wait = response.headers.get("Retry-After", "")
            return Answer(response.status, bytes(body[:LARGEST]), wait)

    def _opened(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                headers={"User-Agent": self._vendor.agent, "Accept-Encoding": "identity"},
                timeout=aiohttp.ClientTimeout(total=None),  # `ask` has the one that counts
            )
        return self._session


def refusal(vendor: Vendor, answer: Answer) -> MonitorError | None:
    """Return what an answer means: None where the request was taken."""
    name, status = vendor.name, answer.status
    if HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        return None
    if status in vendor.advice:
        return MonitorError(
            f"{name} refuses it ({status}): {vendor.advice[status]}", is_permanent=True
        )
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        # Not for ever: it may be a proxy's page, or that of a maintenance.
        where = "check its address in the configuration, and the proxy"
        return MonitorError(f"{name} sends the request elsewhere ({status}): {where}")
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return MonitorError(f"{name} was told too much at once ({status})", wait=_wait(answer))
    if status in _TEMPORARY or not HTTPStatus.BAD_REQUEST <= status < 500:  # noqa: PLR2004 -- 5xx
        wait = _wait(answer) if answer.retry_after else None
        return MonitorError(f"{name} cannot take it now ({status})", wait=wait)
    said = _quoted(vendor, answer.body)
    return MonitorError(f"{name} refuses it ({status}){said}", is_permanent=True)


def message(text: str, longest: int = LONGEST_MESSAGE) -> str:
    """Cut a text to what a vendor keeps of it."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def address(given: Given, key: str, default: str) -> str:
    """Return the address of a vendor, without a slash at its end."""
    url = given.text(key, default).strip().rstrip("/")
    found = _ADDRESS.fullmatch(url)
    if found is None or int((found["port"] or ":0")[1:]) > _HIGHEST_PORT:
        raise given.problem(
            key,
            f"must be an address such as {default}, without user, query or fragment;"
            " http:// is for 127.0.0.1 and localhost alone",
        )
    return url


def secret(given: Given, key: str) -> str:
    """Return a key of a vendor."""
    value = given.secret(key).strip()
    if not _KEY.fullmatch(value):
        raise given.problem(key, "must be the key alone: letters, digits and . _ ~ -")
    return value


def prefix(given: Given) -> str:
    """Return what the names of our monitors begin with."""
    value = given.text("prefix", "wl")
    if not _PREFIX.fullmatch(value):
        raise given.problem(
            "prefix", "must be up to 30 of a-z, 0-9, _ and -, beginning with a letter or digit"
        )
    return value


def heartbeat(given: Given, instance: str) -> str:
    """Return the name of the monitor of this server itself: that of the instance, if none is given.

    Empty where it is switched off.
    """
    key = "heartbeat"
    if given.is_off(key):
        return ""
    value = given.text(key, heartbeat_name(instance))
    if not _HEARTBEAT.fullmatch(value):
        raise given.problem(
            key,
            "must be false, or up to 63 of a-z, 0-9, _ and -, beginning with a letter or digit",
        )
    return value


def heartbeat_name(instance: str) -> str:
    """Return an instance's name as both vendors can have it in a key."""
    return _NOT_IN_NAMES.sub("-", instance.lower()).strip("-_")[:_LONGEST_NAME] or "wlcron"


def taken(key: str) -> str:
    """Return why a cron has no monitor of its own, in one sentence."""
    return (
        f"{key} is the monitor of this server itself: give heartbeat another name in the"
        " configuration, or the cron"
    )


def _wait(answer: Answer) -> timedelta:
    """Return how long a vendor asks to wait; one who names a date is asked again soon enough."""
    text = answer.retry_after.strip()
    if not (text.isascii() and text.isdigit() and len(text) <= _MOST_DIGITS):
        return WAIT
    return min(timedelta(seconds=max(int(text), 1)), LONGEST_WAIT)


def _fault(error: Exception) -> str:
    """Return what is wrong with a connection, by its kind alone: the texts name the URL."""
    for kind, says in _FAULT_TEXTS:
        if isinstance(error, kind):
            return says
    return f"what it answers is no HTTP ({type(error).__name__})"


def _proxy(url: str) -> str | None:
    """Return the environment's proxy for a URL.

    aiohttp's `trust_env` reads ~/.netrc as well, and refuses a request that has a key already.
    """
    parts = urlsplit(url)
    if not parts.hostname or proxy_bypass(parts.hostname):
        return None
    return getproxies().get(parts.scheme)


def _quoted(vendor: Vendor, body: bytes) -> str:
    """Return the beginning of what a vendor said, as one line; the secret is taken out of it."""
    text = body.decode(errors="replace")
    basic = base64.b64encode(f"{vendor.secret}:".encode()).decode().rstrip("=")
    for form in (vendor.secret, basic):  # as we send it; quoted in a URL, it stays as it is
        text = text.replace(form, "…")
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return f": {message(line, _LONGEST_QUOTE)}" if line else ""
