"""One incoming webhook, by Slack's own client. Imported where a channel needs it alone."""

import logging
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import cast

import aiohttp
from slack_sdk.webhook import WebhookResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from wlcron.channels.library import LARGEST, unreachable

# On the level of debugging the client logs the address, which is a secret.
_MUTE = logging.getLogger(__name__)
_MUTE.setLevel(logging.CRITICAL + 1)


async def post(url: str, message: Mapping[str, object]) -> WebhookResponse:
    """Post a message, once; return the answer. Raises ChannelError where there is none.

    Each message has a connection of its own: they are rare, and one that was kept may be dead.
    """
    try:
        # Proxies of the environment hold, as they do for all other clients here.
        async with aiohttp.ClientSession(trust_env=True, auto_decompress=False) as session:
            client = AsyncWebhookClient(
                url,
                session=cast("aiohttp.ClientSession", _Session(session)),
                retry_handlers=[],  # whoever sends alerts repeats them
                logger=_MUTE,
            )
            return await client.send_dict(dict(message))
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise unreachable("Slack", error) from None


@dataclass(frozen=True, slots=True)
class _Answer:
    """As much of an answer as the client looks at."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    async def text(self) -> str:
        return self.body.decode(errors="replace")


@dataclass(frozen=True, slots=True)
class _Session:
    """What the client takes for a session.

    Of its own it would follow redirects, read answers of any size, and take a proxy from the
    environment without looking at NO_PROXY; it has no options for these.
    """

    session: aiohttp.ClientSession
    closed: bool = False

    @asynccontextmanager
    async def request(
        self, method: str, url: str, *, headers: Mapping[str, str], data: str, **_: object
    ) -> AsyncIterator[_Answer]:
        sent = {**headers, "Accept-Encoding": "identity"}
        async with self.session.request(
            method, url, headers=sent, data=data, allow_redirects=False
        ) as answer:
            yield _Answer(answer.status, answer.headers, await _beginning(answer))


async def _beginning(answer: aiohttp.ClientResponse) -> bytes:
    body = bytearray()
    async for part in answer.content.iter_any():
        body += part
        if len(body) >= LARGEST:
            break
    return bytes(body[:LARGEST])
