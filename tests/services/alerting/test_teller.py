"""Channels are told: in order, once as far as anybody can tell, each by itself."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.samples import DAY, HOUR, MINUTE, NOON, SECOND
from tests.services.alerting.conftest import ALL, Alerts, Listening, fail
from wlcron.channel import ChannelError
from wlcron.core.cron import Notifications, Severity
from wlcron.core.execution import Status
from wlcron.core.incident import Condition, Incident, tell
from wlcron.core.silence import Scope, Silence, Window
from wlcron.schedule import parse_schedule
from wlcron.services.alerting import Policy

OPENED, CLOSED, REMINDED = (("failed", step) for step in ("opened", "closed", "reminded"))


async def test_one_message_when_it_goes_wrong_and_one_when_it_is_well_again(
    alerts: Alerts, slack: Listening
) -> None:
    """Whatever fails in between."""
    cron = await fail(alerts)
    await alerts.tell()
    await alerts.row(cron, Status.FAILED, 10)
    await alerts.tell(MINUTE)
    assert slack.steps() == [OPENED]
    await alerts.row(cron, Status.SUCCESS, 20)
    await alerts.tell()
    await alerts.tell(DAY)
    assert slack.steps() == [OPENED, CLOSED]
    assert len({alert.key for alert in slack.heard}) == 1


async def test_a_restart_tells_nothing_twice(alerts: Alerts, slack: Listening) -> None:
    """Who was told is on record."""
    await fail(alerts)
    await alerts.tell()
    alerts.restart()
    await alerts.tell(HOUR)
    assert slack.steps() == [OPENED]


async def test_two_servers_tell_once(alerts: Alerts, slack: Listening) -> None:
    """The one that takes it first has it for itself."""
    await fail(alerts)
    other = Alerts(store=alerts.store, channels=alerts.channels)
    await asyncio.gather(*(server.teller.tick(NOON) for server in (alerts, other)))
    await asyncio.gather(alerts.teller.drain(), other.teller.drain())
    assert slack.steps() == [OPENED]


async def test_what_a_server_took_and_died_over_is_told_by_another(
    alerts: Alerts, slack: Listening
) -> None:
    """When its lease has run out: at least once."""
    await fail(alerts)
    died = Alerts(store=alerts.store, channels={"slack": Listening(on_send=_for_ever)})
    await died.teller.tick(NOON)
    await alerts.tell(MINUTE)
    assert slack.steps() == []
    await alerts.tell(2 * MINUTE)
    assert slack.steps() == [OPENED]


async def _for_ever() -> None:
    await asyncio.Event().wait()


async def test_an_open_incident_is_told_again_after_a_day(alerts: Alerts, slack: Listening) -> None:
    """Not before, and not more often."""
    await fail(alerts)
    await alerts.tell()
    await alerts.tell(DAY - SECOND)
    assert slack.steps() == [OPENED]
    await alerts.tell(SECOND)
    await alerts.tell(HOUR)
    assert slack.steps() == [OPENED, REMINDED]


async def test_a_channel_that_fails_is_tried_again_and_hears_all_in_order(
    alerts: Alerts, slack: Listening
) -> None:
    """Never the end before the beginning."""
    cron = await fail(alerts)
    slack.refusal = ChannelError("no answer")
    await alerts.tell()
    await alerts.row(cron, Status.SUCCESS, 10)
    await alerts.tell(MINUTE)
    incident = await alerts.incident(cron)
    assert incident is not None
    assert incident.telling("slack").problem == "no answer"
    slack.refusal = None
    await alerts.tell(HOUR)
    assert slack.steps() == [OPENED, CLOSED]


async def test_a_dead_channel_does_not_hold_the_others_up() -> None:
    """Each is told by itself; the dead one is not even asked for each incident."""
    dead, well = Listening("dead", refusal=ChannelError("no answer")), Listening("well")
    alerts = Alerts(channels={"dead": dead, "well": well})
    for number in range(5):
        await fail(alerts, f"cron-{number}")
    await alerts.tell()
    assert len(well.heard) == 5


async def test_who_refuses_for_good_has_the_next_channel_told_of_it() -> None:
    """A webhook that was removed is an alert itself."""
    gone = Listening("gone", refusal=ChannelError("404 no_service", is_permanent=True))
    alerts = Alerts(channels={"gone": gone, "mail": Listening("mail")})
    cron = await alerts.cron(notifications=_only("gone"))
    await alerts.row(cron, Status.FAILED)
    await alerts.tell()
    await alerts.tell()
    (alert,) = alerts.channels["mail"].heard
    assert ("Told here because", "gone could not be told: 404 no_service") in alert.facts


async def test_a_channel_that_is_not_configured_has_the_next_one_told(
    alerts: Alerts, slack: Listening
) -> None:
    """No alert is lost over a name."""
    cron = await alerts.cron(notifications=_only("nobody"))
    await alerts.row(cron, Status.FAILED)
    await alerts.tell()
    await alerts.tell()
    assert slack.steps() == [OPENED]


def _only(channel: str) -> Notifications:
    return replace(ALL, channels=(channel,))


async def silence(alerts: Alerts, length: timedelta, cron: str = "") -> None:
    """Silence a cron, or all of them, from now on."""
    made = Silence(id="s", scope=Scope(cron=cron), since=alerts.now, until=alerts.now + length)
    await alerts.store.put_silence(made)


async def test_what_is_silenced_is_told_at_the_end_if_it_is_still_wrong(
    alerts: Alerts, slack: Listening
) -> None:
    """Once."""
    await silence(alerts, HOUR)
    await fail(alerts)
    await alerts.tell()
    await alerts.tell(HOUR - SECOND)
    assert slack.steps() == []
    await alerts.tell(SECOND)
    assert slack.steps() == [OPENED]


async def test_what_came_and_went_in_silence_is_told_to_nobody(
    alerts: Alerts, slack: Listening
) -> None:
    """Whether it was looked at meanwhile or not."""
    await silence(alerts, HOUR)
    seen, unseen = await fail(alerts), await fail(alerts, "unseen")
    await alerts.tell()
    for cron in (seen, unseen):
        await alerts.row(cron, Status.SUCCESS, 10)
    await alerts.tell(MINUTE)
    await alerts.tell(2 * HOUR)
    assert slack.steps() == []
    assert await alerts.store.untold_incidents(alerts.now + DAY, 10) == []


async def test_an_end_in_silence_is_told_afterwards_to_who_knows_of_the_beginning(
    alerts: Alerts, slack: Listening
) -> None:
    """Else a page would stay open for ever."""
    cron = await fail(alerts)
    await alerts.tell()
    await silence(alerts, HOUR)
    await alerts.row(cron, Status.SUCCESS, 10)
    await alerts.tell()
    assert slack.steps() == [OPENED]
    await alerts.tell(HOUR)
    assert slack.steps() == [OPENED, CLOSED]


async def test_others_are_told(alerts: Alerts, slack: Listening) -> None:
    """A silence is about whom it names."""
    await silence(alerts, HOUR, cron="other")
    await fail(alerts)
    await alerts.tell()
    assert slack.steps() == [OPENED]


async def test_maintenance_is_a_silence_that_comes_again() -> None:
    """From noon, for an hour."""
    window = Window(
        name="noon",
        scope=Scope(),
        schedule=parse_schedule("cron(0 12 * * ? *)"),
        duration=HOUR,
    )
    alerts = Alerts(policy=Policy(windows=(window,)))
    await fail(alerts)
    await alerts.tell()
    assert alerts.channels["slack"].heard == []
    await alerts.tell(HOUR)
    assert alerts.channels["slack"].steps() == [OPENED]


@pytest.mark.parametrize("condition", list(Condition))
async def test_an_incident_of_an_unknown_cron_is_told(
    alerts: Alerts, slack: Listening, condition: Condition
) -> None:
    """Its cron was deleted before anybody was told."""
    incident = Incident(
        cron_id="none",
        cron_name="gone",
        condition=condition,
        severity=Severity.ERROR,
        opened_at=NOON,
        slot=NOON,
        reason="it is so",
        judged=NOON,
        tellings=tell(["slack"]),
        due_at=NOON,
    )
    assert await alerts.store.put_incident(incident)
    await alerts.tell()
    assert slack.steps() == [(condition, "opened")]


async def test_a_channel_with_a_fault_of_its_own_has_the_others_told_once() -> None:
    """What these took is on record."""
    alerts = Alerts(channels={"slack": Listening("slack"), "odd": Listening("odd")})

    async def fail_oddly() -> None:
        raise KeyError("a fault that nobody thought of")

    alerts.channels["odd"].on_send = fail_oddly
    await alerts.row(await alerts.cron(), Status.FAILED)
    for _ in range(5):
        await alerts.tell(3 * MINUTE)
    assert len(alerts.channels["slack"].heard) == 1


async def test_a_server_takes_nothing_twice_that_it_still_tells(
    alerts: Alerts, slack: Listening
) -> None:
    """A channel may be slower than the time for which an incident is taken."""
    is_begun, is_through = asyncio.Event(), asyncio.Event()

    async def take_long() -> None:
        is_begun.set()
        await is_through.wait()

    slack.on_send = take_long
    await alerts.row(await alerts.cron(), Status.FAILED)
    await alerts.teller.tick(alerts.now)
    await is_begun.wait()
    alerts.now += 3 * MINUTE
    await alerts.teller.tick(alerts.now)
    is_through.set()
    await alerts.teller.drain()
    assert len(slack.heard) == 1
