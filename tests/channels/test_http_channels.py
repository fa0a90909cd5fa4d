"""What all channels over HTTP have in common, whoever the vendor is."""

import asyncio
import json
import traceback
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

from tests.channels.samples import OPENED
from tests.conftest import eventually
from tests.vendors import Answer, Vendor, drips, hangs, nobody, resets, says, vendor
from wlcron.channel import Channel, ChannelError
from wlcron.channels.pagerduty import pagerduty_channel
from wlcron.channels.slack import slack_channel
from wlcron.channels.webhook import webhook_channel
from wlcron.given import Given

SECRET = "0123456789abcdefSECRET0123456789"  # noqa: S105 -- nobody's
EVENT_TAKEN = json.dumps({"message": "Event processed", "dedup_key": OPENED.key})


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of channel: how it is made, and the answer that its vendor gives to an alert."""

    name: str
    make: Callable[[str, Given], Channel]
    table: dict[str, object]  # {url} in it is the vendor's address
    taken: Answer
    secret_key: str  # may be given in a file

    def at(self, url: str) -> Channel:
        """Return a channel to a vendor at an address."""
        return self.make(self.name, Given(f"channels.{self.name}", self.values(url)))

    def values(self, url: str) -> dict[str, object]:
        """Return its table."""
        return {
            key: value.format(url=url) if isinstance(value, str) else value
            for key, value in self.table.items()
        }


KINDS = [
    Kind("slack", slack_channel, {"url": f"{{url}}/{SECRET}"}, says("ok"), "url"),
    Kind(
        "pagerduty",
        pagerduty_channel,
        {"routing-key": SECRET, "url": "{url}"},
        says(EVENT_TAKEN, 202),
        "routing-key",
    ),
    Kind(
        "webhook",
        webhook_channel,
        {"url": "{url}/alerts", "secret": SECRET, "allow-private": True},
        says(),
        "secret",
    ),
]
pytestmark = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


@pytest_asyncio.fixture
async def there() -> AsyncIterator[Vendor]:
    """Run a vendor."""
    async with vendor() as running:
        yield running


async def refused(channel: Channel) -> ChannelError:
    """Send an alert in vain; return the error, which holds no secret."""
    with pytest.raises(ChannelError) as caught:
        await channel.send(OPENED)
    said = "".join(traceback.format_exception(caught.value)) + repr(channel)
    assert "SECRET" not in said
    return caught.value


async def test_an_alert_is_posted_once(kind: Kind, there: Vendor) -> None:
    """And the vendor's answer is passed on."""
    there.will(kind.taken)
    assert (await kind.at(there.url).send(OPENED)).startswith("20")
    assert [request.method for request in there.requests] == ["POST"]


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503])
async def test_trouble_is_temporary_and_not_tried_again_at_once(
    kind: Kind, there: Vendor, status: int
) -> None:
    """Whoever sends alerts repeats them, by its own clock."""
    there.will(says("", status))
    assert not (await refused(kind.at(there.url))).is_permanent
    assert len(there.requests) == 1


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 403, 404, 410])
async def test_a_refusal_is_permanent(kind: Kind, there: Vendor, status: int) -> None:
    """A redirect too: what is sent is not for others."""
    there.will(says(SECRET, status, Location="/elsewhere"))
    assert (await refused(kind.at(there.url))).is_permanent
    assert len(there.requests) == 1


async def test_a_vendor_says_how_long_to_wait(kind: Kind, there: Vendor) -> None:
    """Who is asked to wait is told for how long."""
    there.will(says("", 429, Retry_After="30"))
    assert (await refused(kind.at(there.url))).wait == timedelta(seconds=30)


async def test_nobody_there_is_temporary(kind: Kind, there: Vendor) -> None:
    """A refused connection, a name that does not exist and a failing TLS are tried again."""
    async with nobody() as url:
        assert not (await refused(kind.at(url))).is_permanent
    assert not (await refused(kind.at("https://vendor.invalid"))).is_permanent
    url = there.url.replace("http://", "https://")
    assert not (await refused(kind.at(url))).is_permanent


async def test_of_an_endless_answer_the_beginning_is_read(kind: Kind, there: Vendor) -> None:
    """What is refused at length is refused: nobody reads to the end, or keeps all of it."""
    there.will(drips(b"HTTP/1.1 400 ?\r\n\r\n", b"x" * 70_000))
    assert (await refused(kind.at(there.url))).is_permanent


async def test_the_next_alert_goes_through_after_a_failure(kind: Kind, there: Vendor) -> None:
    """A failure leaves nothing behind, and closing may come at any time."""
    channel = kind.at(there.url)
    there.will(resets(), kind.taken)
    await refused(channel)
    assert (await channel.send(OPENED)).startswith("20")
    await channel.close()
    await channel.close()


async def test_who_waits_may_be_stopped(kind: Kind, there: Vendor) -> None:
    """A server that ends does not wait for a vendor."""
    there.will(hangs())
    sending = asyncio.create_task(kind.at(there.url).send(OPENED))
    await eventually(lambda: bool(there.requests))
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending


async def test_a_secret_may_be_in_a_file(kind: Kind, there: Vendor, tmp_path: Path) -> None:
    """It need not stand in the configuration."""
    values = kind.values(there.url)
    file = tmp_path / "secret"
    file.write_text(f"{values.pop(kind.secret_key)}\n")
    there.will(kind.taken)
    channel = kind.make(
        "there", Given("channels.there", values | {f"{kind.secret_key}-file": str(file)})
    )
    assert (channel.name, channel.kind) == ("there", kind.name)
    assert (await channel.send(OPENED)).startswith("20")
