"""Changes open incidents once and close them once, whoever judges them, however often."""

import asyncio
from dataclasses import replace

from tests.samples import MINUTE, NOON
from tests.services.alerting.conftest import ALL, Alerts
from wlcron.core.cron import InARow, Notifications, Severity
from wlcron.core.execution import Change, Status
from wlcron.core.incident import Condition


async def test_a_failure_opens_an_incident(alerts: Alerts) -> None:
    """With the channels that are told of it."""
    cron = await alerts.cron()
    await alerts.row(cron, Status.FAILED)
    incident = await alerts.incident(cron)
    assert incident is not None
    assert (incident.is_open, incident.reason) == (True, "exit code 1")
    assert [telling.channel for telling in incident.tellings] == ["slack"]


async def test_who_asks_for_nothing_is_not_judged(alerts: Alerts) -> None:
    """Nothing is alerted unless asked for."""
    cron = await alerts.cron(notifications=Notifications())
    await alerts.row(cron, Status.FAILED)
    assert await alerts.store.open_incidents() == []


async def test_failures_in_a_row_are_counted_in_the_store(alerts: Alerts) -> None:
    """Whoever saw them."""
    cron = await alerts.cron(notifications=Notifications(failed=InARow(Severity.ERROR, 3)))
    for minutes in (0, 10):
        await alerts.row(cron, Status.FAILED, minutes)
        alerts.restart()
        assert await alerts.incident(cron) is None
    await alerts.row(cron, Status.FAILED, 20)
    incident = await alerts.incident(cron)
    assert incident is not None
    assert incident.reason.startswith("3 failures in a row")


async def test_the_next_success_closes_it(alerts: Alerts) -> None:
    """And the failure after that is another one."""
    cron = await alerts.cron()
    await alerts.row(cron, Status.FAILED)
    await alerts.row(cron, Status.SUCCESS, 10)
    closed = await alerts.incident(cron)
    assert closed is not None
    assert not closed.is_open
    await alerts.tell()
    await alerts.row(cron, Status.FAILED, 20)
    again = await alerts.incident(cron)
    assert again is not None
    assert (again.is_open, again.number) == (True, 2)


async def test_a_server_that_judges_again_after_a_crash_opens_nothing_twice(
    alerts: Alerts,
) -> None:
    """Changes are told at least once: also those before the one that closed it."""
    cron = await alerts.cron()
    rows = [
        await alerts.row(cron, status, minutes)
        for minutes, status in ((0, Status.FAILED), (10, Status.FAILED), (20, Status.SUCCESS))
    ]
    alerts.restart()
    for row in rows:
        await alerts.alerter.signal(Change(row, None, NOON))
    incident = await alerts.incident(cron)
    assert incident is not None
    assert (incident.is_open, incident.number) == (False, 1)


async def test_two_servers_open_one(alerts: Alerts) -> None:
    """The store lets one of them write."""
    cron = await alerts.cron()
    other = Alerts(store=alerts.store)
    row = await alerts.row(cron, Status.SUCCESS)
    failed = Change(await alerts.row(cron, Status.PENDING, 10), None, NOON)
    change = replace(failed, execution=replace(failed.execution, status=Status.LOST))
    await asyncio.gather(*(server.alerter.signal(change) for server in (alerts, other)))
    assert row.cron_id == cron.id
    assert len(await alerts.store.open_incidents()) == 1


async def test_a_success_that_another_server_was_to_notice_closes_it(alerts: Alerts) -> None:
    """The one that opened it is not the one that hears of the end."""
    cron = await alerts.cron()
    other = Alerts(store=alerts.store)
    await other.watch()
    await alerts.row(cron, Status.FAILED)
    await other.row(cron, Status.SUCCESS, 10)  # it knows of no open incident
    await other.watch(MINUTE)
    incident = await alerts.incident(cron)
    assert incident is not None
    assert not incident.is_open


async def test_a_success_that_is_heard_of_right_after_a_restart_closes_it(alerts: Alerts) -> None:
    """Before the first look, and though more slots were missed since than a look goes back."""
    cron = await alerts.cron()
    await alerts.row(cron, Status.FAILED)
    alerts.restart()
    await alerts.row(cron, Status.SUCCESS, 10)
    for minutes in range(20, 80):
        await alerts.row(cron, Status.MISSED, minutes)
    await alerts.watch()
    incident = await alerts.incident(cron)
    assert incident is not None
    assert not incident.is_open


async def test_a_success_that_is_heard_of_after_the_next_failure_closes_nothing(
    alerts: Alerts,
) -> None:
    """The store failed while it was judged, say: it is told again, behind the failure."""
    cron = await alerts.cron()
    await alerts.row(cron, Status.FAILED)
    success = await alerts.row(cron, Status.PENDING, 10)
    assert await alerts.store.apply(
        Change(replace(success, status=Status.SUCCESS, ended_at=NOON), Status.PENDING, NOON)
    )
    await alerts.row(cron, Status.FAILED, 20)
    late = await alerts.store.execution(success.id)
    assert late is not None
    await alerts.alerter.signal(Change(late, Status.PENDING, NOON))
    await alerts.watch()
    incident = await alerts.incident(cron)
    assert incident is not None
    assert (incident.is_open, incident.number, incident.slot) == (True, 1, NOON)


async def test_a_deleted_cron_is_not_judged(alerts: Alerts) -> None:
    """Nor one that another of its name has followed."""
    cron = await alerts.cron()
    row = await alerts.row(cron, Status.RUNNING)
    assert await alerts.store.delete_cron(cron)
    alerts.restart()
    lost = replace(row, status=Status.LOST)
    await alerts.alerter.signal(Change(lost, Status.RUNNING, NOON))
    assert await alerts.store.open_incidents() == []


async def test_what_is_edited_counts_from_the_next_version_on(alerts: Alerts) -> None:
    """An execution of a newer version shows that there is one."""
    cron = await alerts.cron(notifications=Notifications())
    await alerts.row(cron, Status.FAILED)
    newer = replace(cron, definition=replace(cron.definition, notifications=ALL), version=2)
    assert await alerts.store.put_cron(newer)
    found = await alerts.store.cron("tidy")
    assert found is not None
    await alerts.row(found, Status.FAILED, 10)
    assert await alerts.incident(cron, Condition.FAILED) is not None
