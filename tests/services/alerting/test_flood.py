"""Many incidents at once are told as one."""

from tests.samples import HOUR, MINUTE, SECOND
from tests.services.alerting.conftest import Alerts, Listening, fail
from wlcron.channel import ChannelError
from wlcron.core.cron import InARow, Notifications, Severity
from wlcron.core.execution import Status
from wlcron.core.incident import Condition


async def test_a_flood_is_told_as_one() -> None:
    """Three by themselves, the other two hundred with one more; one all-clear for those."""
    alerts = Alerts(flood_after=3)
    slack = alerts.channels["slack"]
    crons = [await fail(alerts, f"cron-{number}") for number in range(203)]
    for _ in range(5):
        await alerts.tell()
    assert len(slack.heard) == 3
    await alerts.tell(10 * SECOND)
    assert len(slack.heard) == 4
    flood = slack.heard[-1]
    assert (flood.condition, flood.step) == ("flood", "opened")
    assert any("200" in text for _, text in flood.facts)
    for cron in crons:
        await alerts.row(cron, Status.SUCCESS, 10)
    await alerts.watch(MINUTE)
    for _ in range(5):
        await alerts.tell(SECOND)
    assert [alert.step for alert in slack.heard[4:]] == ["closed"] * 4


async def test_what_is_tried_again_is_no_flood(alerts: Alerts, slack: Listening) -> None:
    """One incident that nobody takes is one, however often it is tried."""
    slack.refusal = ChannelError("no answer")
    cron = await fail(alerts)
    for _ in range(30):
        await alerts.tell(MINUTE)
    slack.refusal = None
    await alerts.tell(HOUR)
    assert slack.steps() == [("failed", "opened")]
    assert await alerts.incident(cron) is not None


async def test_a_flood_that_has_passed_leaves_the_channel_as_it_was() -> None:
    """The next incident has a message of its own."""
    alerts = Alerts(flood_after=1)
    for number in range(3):
        await fail(alerts, f"cron-{number}")
    await alerts.tell()
    await alerts.tell(HOUR)
    before = len(alerts.channels["slack"].heard)
    await fail(alerts, "later")
    await alerts.tell()
    assert alerts.channels["slack"].heard[before:][0].cron == "later"


async def test_a_flood_is_as_bad_as_the_worst_in_it() -> None:
    """Also when that joined after the others."""
    alerts = Alerts(flood_after=1)
    for name, severity in (("a", "warning"), ("b", "warning"), ("c", "critical")):
        cron = await alerts.cron(name, Notifications(failed=InARow(Severity(severity))))
        await alerts.row(cron, Status.FAILED)
        await alerts.tell(SECOND)
    await alerts.tell(10 * SECOND)
    floods = [each for each in alerts.channels["slack"].heard if each.condition == Condition.FLOOD]
    assert [each.severity for each in floods] == [Severity.CRITICAL]
