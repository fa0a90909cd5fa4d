"""The channel's port, by PagerDuty's Events API v2."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from wlcron.channel import Alert, Channel
from wlcron.channels.library import PATIENCE, library, silent, wait_asked_for, web_address
from wlcron.channels.pagerduty.answer import read_answer
from wlcron.channels.pagerduty.event import event
from wlcron.core.incident import Step
from wlcron.given import Given

if TYPE_CHECKING:  # a server without this channel never loads it
    from wlcron.channels.pagerduty.client import Client

URL = "https://events.pagerduty.com"
_ROUTING_KEY = re.compile(r"[A-Za-z0-9]{32}")


def pagerduty_channel(name: str, given: Given) -> Channel:
    """Return a channel; raises ConfigurationError.

    Its keys: `routing-key` (a secret, of an integration "Events API v2"), and `url` for another
    region than the United States.
    """
    key = given.secret("routing-key")
    if not _ROUTING_KEY.fullmatch(key):
        raise given.problem("routing-key", "must be 32 letters and digits")
    url = web_address(given, "url", given.text("url", URL))
    given.done()
    with library(given.table, "pagerduty"):
        from wlcron.channels.pagerduty.client import Client, certificates
    address, trusted = url.rstrip("/").removesuffix("/v2/enqueue"), certificates()
    return PagerDutyChannel(name, key, lambda: Client(key, address, trusted))


class PagerDutyChannel:
    """Opens and resolves incidents at PagerDuty, which tells by their keys what comes twice."""

    kind = "pagerduty"

    def __init__(
        self,
        name: str,
        routing_key: str,
        connect: Callable[[], "Client"],
        patience: float = PATIENCE,
    ) -> None:
        self.name = name
        self._key, self._connect, self._patience = routing_key, connect, patience

    async def send(self, alert: Alert) -> str:
        """Send an alert as an event; return PagerDuty's answer."""
        try:
            async with asyncio.timeout(self._patience):
                answer = await self._send(event(alert))
                if alert.is_test:  # it has called somebody, and is over
                    await self._send(event(replace(alert, step=Step.CLOSED)))
        except TimeoutError:
            raise silent("PagerDuty", self._patience) from None
        return answer

    async def _send(self, told: dict[str, object]) -> str:
        from wlcron.channels.pagerduty.client import send_event

        client = self._connect()
        try:
            answer = await asyncio.to_thread(send_event, client, told)
        finally:
            # The limits of the client are for single steps: an answer that comes byte by byte
            # would hold the thread for hours. Without its connection it ends.
            client.close()
        wait = wait_asked_for(answer.headers.get("Retry-After"))
        return read_answer(answer.status_code, answer.text, wait, self._key)

    async def close(self) -> None:
        """Nothing is kept open."""
