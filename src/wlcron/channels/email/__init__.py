"""Alerts by email: over SMTP, each incident a thread of its own."""

from wlcron.channel import Channel
from wlcron.channels.email.server import read_addresses, read_server
from wlcron.channels.library import library
from wlcron.given import Given


def email_channel(name: str, given: Given) -> Channel:
    """Return the channel that a table describes; raises ConfigurationError.

    Keys: `to`, `from`, `smtp`, `tls`, `user`, `password` (a secret), `ca-file`.
    """
    addresses, server = read_addresses(given), read_server(given)
    given.done()
    with library(given.table, "aiosmtplib"):
        from wlcron.channels.email.channel import EmailChannel
    return EmailChannel(name, server, addresses)
