"""Alerts as signed JSON, posted to an address of one's own; see docs/webhook.schema.json."""

from wlcron.channel import Channel
from wlcron.channels.library import library
from wlcron.given import Given


def webhook_channel(name: str, given: Given) -> Channel:
    """Return the channel that a table describes; raises ConfigurationError.

    Keys: `url` (a secret), `secret` (a secret, with which bodies are signed), `allow-private`.
    """
    with library(given.table, "aiohttp"):
        from wlcron.channels.webhook.channel import WebhookChannel
        from wlcron.channels.webhook.target import read_target
    target = read_target(given)
    given.done()
    return WebhookChannel(name, target)
