"""Names -> addresses that may be posted to."""

import socket
from collections.abc import Callable
from ipaddress import ip_address

from aiohttp.abc import AbstractResolver, ResolveResult

from wlcron.channel import ChannelError
from wlcron.channels.webhook.places import Address, refusal

Judge = Callable[[Address], str]  # what is wrong with an address; empty: nothing


class CheckedResolver(AbstractResolver):
    """Hands out the very addresses that were checked, and that are connected to.

    Were a name checked first and resolved again for the connection, its owner could answer
    differently the second time (DNS rebinding). One bad address is enough to refuse a name:
    which of several is connected to is chance.
    """

    def __init__(self, inner: AbstractResolver, judge: Judge = refusal) -> None:
        self._inner = inner
        self._judge = judge

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return a host's addresses; raises ChannelError for one that is refused."""
        found = await self._inner.resolve(host, port, family)
        for each in found:
            if wrong := self._judge(ip_address(each["host"])):
                text = (
                    f"{host} has the address {each['host']}, which is {wrong}: nothing is posted"
                    " there unless allow-private is true for this channel"
                )
                raise ChannelError(text, is_permanent=True)
        return found

    async def close(self) -> None:
        """Let go of what resolves."""
        await self._inner.close()
