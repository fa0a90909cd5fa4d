"""One channel: rests after failures, is spared floods, and says how it does."""

import pytest

from tests.samples import HOUR, MINUTE, NOON, SECOND
from tests.services.alerting.conftest import Alerts, Listening
from wlcron.channel import ChannelError
from wlcron.outlet import Outlet, trial


@pytest.fixture
def world() -> Alerts:
    """Return a time that can be moved."""
    return Alerts()


async def test_what_was_taken_is_on_record(world: Alerts) -> None:
    """With the vendor's answer."""
    outlet = Outlet(Listening(), world.clock)
    assert await outlet.send(trial("slack", "test", NOON)) == "ok"
    assert (outlet.record.taken_at, outlet.record.answer) == (NOON, "ok")


async def test_after_a_failure_nobody_tries_for_a_while(world: Alerts) -> None:
    """The vendor is not stormed by all that wait; a test by hand is tried none the less."""
    channel = Listening(refusal=ChannelError("no answer"))
    outlet = Outlet(channel, world.clock)
    with pytest.raises(ChannelError):
        await outlet.send(trial("slack", "test", NOON))
    channel.refusal = None
    with pytest.raises(ChannelError, match="no answer"):
        await outlet.send(trial("slack", "test", NOON))
    assert channel.heard == []
    await outlet.prove(trial("slack", "test", NOON))
    await outlet.send(trial("slack", "test", NOON))
    assert len(channel.heard) == 2


async def test_a_vendor_that_asks_for_a_pause_gets_it(world: Alerts) -> None:
    """As long as it asks for."""
    channel = Listening(refusal=ChannelError("429", wait=HOUR))
    outlet = Outlet(channel, world.clock)
    with pytest.raises(ChannelError):
        await outlet.send(trial("slack", "test", NOON))
    channel.refusal = None
    world.now += HOUR - SECOND
    with pytest.raises(ChannelError):
        await outlet.send(trial("slack", "test", NOON))
    world.now += SECOND
    assert await outlet.send(trial("slack", "test", NOON)) == "ok"


async def test_an_alert_that_is_refused_is_no_reason_to_rest(world: Alerts) -> None:
    """The next one may be taken."""
    channel = Listening(refusal=ChannelError("400 invalid_payload", is_permanent=True))
    outlet = Outlet(channel, world.clock)
    with pytest.raises(ChannelError):
        await outlet.send(trial("slack", "test", NOON))
    assert (outlet.record.failed_at, outlet.record.problem) == (NOON, "400 invalid_payload")
    channel.refusal = None
    assert await outlet.send(trial("slack", "test", NOON)) == "ok"


def test_so_many_incidents_in_a_minute_have_messages_of_their_own(world: Alerts) -> None:
    """A minute that moves."""
    outlet = Outlet(Listening(), world.clock, flood_after=2)
    admitted = [outlet.admit(NOON + n * 20 * SECOND) for n in range(5)]
    assert admitted == [True, True, False, True, True]
    assert outlet.admit(NOON + HOUR + MINUTE)
