"""Channels of email for tests, that hand over to servers on this machine."""

import pytest

from tests.channels.mailserver import PASSWORD
from tests.channels.samples import OPENED
from wlcron.channel import ChannelError
from wlcron.channels.email.channel import EmailChannel
from wlcron.channels.email.server import read_addresses, read_server
from wlcron.given import Given

OPS, GRACE = "ops@example.com", "grace@example.org"


def values(port: int, **more: object) -> Given:
    """Return what a table of the configuration holds for a server on this machine."""
    given = {"from": "wl@example.com", "to": [OPS, GRACE], "smtp": f"127.0.0.1:{port}"} | more
    return Given("channels.mail", {key.replace("_", "-"): given[key] for key in given})


def channel(port: int, *, patience: float = 20.0, **more: object) -> EmailChannel:
    """Return a channel that hands over to a server on this machine."""
    given = values(port, **more)
    addresses, server = read_addresses(given), read_server(given)
    given.done()
    return EmailChannel("mail", server, addresses, patience)


async def refusal(port: int, *, patience: float = 20.0, **more: object) -> ChannelError:
    """Return what a channel says of a mail that it cannot hand over."""
    with pytest.raises(ChannelError) as raised:
        await channel(port, patience=patience, **more).send(OPENED)
    assert PASSWORD not in str(raised.value)
    assert str(raised.value).isprintable()
    return raised.value
