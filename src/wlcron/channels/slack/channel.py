"""The channel's port, by an incoming webhook of Slack."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING

from wlcron.channel import Alert, Channel
from wlcron.channels.library import PATIENCE, library, silent, wait_asked_for, web_address
from wlcron.channels.slack.answer import is_about_blocks, read_answer
from wlcron.channels.slack.message import bare_message, message
from wlcron.given import Given

if TYPE_CHECKING:  # a server without this channel never loads it
    from slack_sdk.webhook import WebhookResponse

Post = Callable[[str, Mapping[str, object]], Awaitable["WebhookResponse"]]


def slack_channel(name: str, given: Given) -> Channel:
    """Return a channel; raises ConfigurationError. Its keys: `url` (a secret)."""
    url = web_address(given, "url", given.secret("url"))
    given.done()
    with library(given.table, "slack_sdk"):
        from wlcron.channels.slack.webhook import post
    return SlackChannel(name, url, post)


class SlackChannel:
    """Posts each alert as a message of its own: Slack cannot tell one that comes twice."""

    kind = "slack"

    def __init__(self, name: str, url: str, post: Post, patience: float = PATIENCE) -> None:
        self.name = name
        self._url, self._post, self._patience = url, post, patience

    async def send(self, alert: Alert) -> str:
        """Post an alert; return Slack's answer."""
        try:
            async with asyncio.timeout(self._patience):
                return await self._sent(alert)
        except TimeoutError:
            raise silent("Slack", self._patience) from None

    async def close(self) -> None:
        """Nothing is kept open."""

    async def _sent(self, alert: Alert) -> str:
        answer = await self._post(self._url, message(alert))
        if not is_about_blocks(answer.status_code, answer.body):
            return _read(answer)
        # How much Slack takes is written nowhere: no alert is lost over its looks.
        said = f"{_read(await self._post(self._url, bare_message(alert)))}"
        return f"{said}, for the text alone: the blocks were refused ({answer.body.strip()})"


def _read(answer: "WebhookResponse") -> str:
    wait = wait_asked_for(answer.headers.get("Retry-After"))
    return read_answer(answer.status_code, answer.body, wait)
