"""WebhookChannel: posts alerts to an address of one's own."""

import asyncio
from collections.abc import Callable

from aiohttp import (
    ClientConnectorCertificateError,
    ClientError,
    ClientResponse,
    ClientSession,
    DummyCookieJar,
    TCPConnector,
    ThreadedResolver,
)
from aiohttp.abc import AbstractResolver

from wlcron.channel import Alert, ChannelError
from wlcron.channels.library import LARGEST, PATIENCE, silent, unreachable
from wlcron.channels.webhook.answer import Answer, read_answer
from wlcron.channels.webhook.body import body_of, headers_of
from wlcron.channels.webhook.resolver import CheckedResolver
from wlcron.channels.webhook.target import Target
from wlcron.clock import Clock, system_clock

# ValueError: what aiohttp makes of some answers that are none.
_FAULTS = (ClientError, OSError, ValueError)
_READING = 2.0  # seconds for the body, of which only the beginning is shown
_USER_AGENT = "wlcron"


def checked() -> AbstractResolver:
    """Return what resolves names as the system does, and refuses those behind our own walls."""
    return CheckedResolver(ThreadedResolver())


class WebhookChannel:
    """Posts each alert over a connection of its own; `patience` in seconds."""

    kind = "webhook"

    def __init__(
        self,
        name: str,
        target: Target,
        resolver: Callable[[], AbstractResolver] = checked,
        patience: float = PATIENCE,
        clock: Clock = system_clock,
    ) -> None:
        self.name = name
        self._target = target
        self._resolver = ThreadedResolver if target.is_private_allowed else resolver
        self._patience, self._clock = patience, clock

    async def send(self, alert: Alert) -> str:
        """Post an alert; return the answer."""
        try:
            async with asyncio.timeout(self._patience), self._session() as session:
                answer = await self._post(session, alert)
        except TimeoutError:
            raise silent(self._who, self._patience) from None
        except ClientConnectorCertificateError:
            text = f"the certificate of {self._who} is not trusted: check it, and its names"
            raise ChannelError(text) from None
        except _FAULTS as error:
            raise unreachable(self._who, error) from None
        return read_answer(answer, self._target)

    async def close(self) -> None:
        """Let go of nothing: no connection is kept."""

    @property
    def _who(self) -> str:
        return f"the webhook at {self._target.host}"

    def _session(self) -> ClientSession:
        # Proxies of the environment are left out: they would resolve the name again, unchecked.
        return ClientSession(
            connector=TCPConnector(resolver=self._resolver(), force_close=True),
            cookie_jar=DummyCookieJar(),
            auto_decompress=False,
            trust_env=False,
        )

    async def _post(self, session: ClientSession, alert: Alert) -> Answer:
        body = body_of(alert)
        headers = headers_of(alert, body, self._target.secret, self._clock())
        headers |= {"Accept-Encoding": "identity", "User-Agent": _USER_AGENT}
        request = session.post(self._target.url, data=body, headers=headers, allow_redirects=False)
        async with request as response:
            return Answer(
                status=response.status,
                retry_after=response.headers.get("Retry-After"),
                text=await _beginning(response),
            )


async def _beginning(response: ClientResponse) -> str:
    """Return what can be had of the body: the status alone says whether the alert was taken."""
    if "Content-Encoding" in response.headers:  # which was not asked for
        return ""
    read = bytearray()
    try:
        async with asyncio.timeout(_READING):
            while len(read) < LARGEST and (part := await response.content.read(LARGEST)):
                read += part
    except (*_FAULTS, TimeoutError):
        pass
    return read[:LARGEST].decode(errors="replace")
