"""Names that a webhook's address has, and where they lead."""

import socket
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from ipaddress import ip_address
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from tests.channels.mailserver import make_certificate
from tests.channels.samples import OPENED
from tests.vendors import Vendor, vendor
from wlcron.channel import ChannelError
from wlcron.channels.webhook import webhook_channel
from wlcron.channels.webhook.channel import WebhookChannel
from wlcron.channels.webhook.places import Address
from wlcron.channels.webhook.resolver import CheckedResolver
from wlcron.channels.webhook.target import Target
from wlcron.given import Given

TOKEN, SIGNS = "T0K3N", "the-key-that-signs"


async def refusal(hook: WebhookChannel) -> ChannelError:
    """Return what a channel says of an alert that was not taken."""
    with pytest.raises(ChannelError) as raised:
        await hook.send(OPENED)
    assert not any(secret in str(raised.value) for secret in (TOKEN, SIGNS))
    return raised.value


class Names(AbstractResolver):
    """Resolves a name as told: to each in turn, the last again and again; to none: fails."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Return the next answer."""
        self.asked += 1
        if not self.answers:
            raise OSError(socket.EAI_AGAIN, "Temporary failure in name resolution")
        found = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return [
            ResolveResult(hostname=host, host=each, port=port, family=family, proto=0, flags=0)
            for each in found
        ]

    async def close(self) -> None:
        """Nothing is open."""


def named(resolver: AbstractResolver, url: str = "https://hooks.example.com") -> WebhookChannel:
    """Return a channel that may not post to this machine, and resolves its name so."""
    target = Target(url=URL(f"{url}/hooks/{TOKEN}"), secret=SIGNS)
    return WebhookChannel("hook", target, lambda: resolver)


@pytest.mark.parametrize(
    "addresses",
    [
        ("127.0.0.1",),
        ("169.254.169.254",),
        ("169.254.170.2",),
        ("10.1.2.3",),
        ("::1",),
        ("::ffff:127.0.0.1",),
        ("fd00:ec2::254",),
        ("fe80::1%1",),
        ("8.8.8.8", "127.0.0.1"),
    ],
)
async def test_a_name_that_leads_behind_our_walls_is_refused(addresses: tuple[str, ...]) -> None:
    """One such address among good ones is enough: which is connected to is chance."""
    async with vendor() as server:
        url = server.url.replace("127.0.0.1", "hooks.example.com")
        error = await refusal(named(CheckedResolver(Names(addresses)), url))
    assert error.is_permanent
    assert f"hooks.example.com has the address {addresses[-1]}, which is " in str(error)
    assert "unless allow-private is true" in str(error)
    assert server.requests == []


async def test_the_name_of_this_machine_is_refused() -> None:
    """As the system itself resolves it, which the channel does unless told otherwise."""
    async with vendor() as server:
        url = server.url.replace("http://127.0.0.1", "https://localhost")
        values = {"url": url, "secret": SIGNS}
        hook = webhook_channel("hook", Given("channels.hook", values))
        with pytest.raises(ChannelError, match=r"localhost has the address .* of this machine"):
            await hook.send(OPENED)
    assert server.requests == []


async def test_a_name_that_nobody_knows_is_temporary() -> None:
    """Name servers have bad days."""
    error = await refusal(named(CheckedResolver(Names())))
    assert not error.is_permanent
    assert "hooks.example.com cannot be reached" in str(error)


@asynccontextmanager
async def listening(
    *addresses: str, tls: ssl.SSLContext | None = None
) -> AsyncIterator[tuple[int, Mapping[str, Vendor]]]:
    """Run servers on one port of several addresses; yield the port, and each of them."""
    servers = {address: Vendor() for address in addresses}
    runners = []
    port = 0
    for address, server in servers.items():
        runner = web.ServerRunner(web.Server(server.handle))
        await runner.setup()
        runners.append(runner)
        await web.TCPSite(runner, address, port, ssl_context=tls).start()
        port = runner.addresses[0][1]
    try:
        yield port, servers
    finally:
        for runner in runners:
            await runner.cleanup()


async def test_what_was_checked_is_connected_to() -> None:
    """Whoever owns a name may answer differently the next time it is asked for."""

    def judge(address: Address) -> str:
        return "" if address == ip_address("127.0.0.2") else "private"

    names = Names(("127.0.0.2",), ("127.0.0.1",))
    async with listening("127.0.0.1", "127.0.0.2") as (port, servers):
        hook = named(CheckedResolver(names, judge), f"http://hooks.example.com:{port}")
        await hook.send(OPENED)
        assert names.asked == 1
        error = await refusal(hook)
    assert "has the address 127.0.0.1" in str(error)
    assert [len(each.requests) for each in servers.values()] == [0, 1]


async def test_a_certificate_that_nobody_trusts_is_refused(tmp_path: Path) -> None:
    """Nothing is posted to who only says that he is the right one."""
    tls, _ = make_certificate(tmp_path)
    async with listening("127.0.0.1", tls=tls) as (port, servers):
        url = URL(f"https://127.0.0.1:{port}/hooks/{TOKEN}")
        target = Target(url=url, secret=SIGNS, is_private_allowed=True)
        error = await refusal(WebhookChannel("hook", target))
    assert "certificate" in str(error)
    assert servers["127.0.0.1"].requests == []
