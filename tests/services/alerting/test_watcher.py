"""What did not happen is noticed: no start, no end, no success, no scheduler."""

from dataclasses import replace

import pytest

from tests.samples import DAY, HOUR, MINUTE, NOON, SECOND
from tests.services.alerting.conftest import ALL, Alerts
from wlcron.core.cron import Cron, InARow, Notifications, Pause, Severity
from wlcron.core.execution import Status
from wlcron.core.incident import Condition

LATE, LONG, NEVER = (
    Condition.NOT_STARTED_WITHIN,
    Condition.RAN_LONGER_THAN,
    Condition.NO_SUCCESS_FOR,
)


async def is_open(alerts: Alerts, cron: Cron, condition: Condition) -> bool:
    """Whether a condition is met now, as the store has it."""
    incident = await alerts.incident(cron, condition)
    return incident is not None and incident.is_open


async def test_one_that_runs_too_long_is_noticed_while_it_runs(alerts: Alerts) -> None:
    """At the threshold, not before; by the deadline that its start set."""
    cron = await alerts.cron(next_due=NOON + DAY)
    await alerts.row(cron, Status.RUNNING)
    await alerts.watch(2 * MINUTE - SECOND)
    assert not await is_open(alerts, cron, LONG)
    again = await alerts.watcher.tick(alerts.now)
    assert again == NOON + 2 * MINUTE
    await alerts.watch(SECOND)
    assert await is_open(alerts, cron, LONG)


async def test_one_that_has_ended_in_time_is_not(alerts: Alerts) -> None:
    """The deadline passes, and the row says that it is over."""
    cron = await alerts.cron(next_due=NOON + DAY)
    await alerts.row(cron, Status.RUNNING)
    await alerts.row(cron, Status.SUCCESS)
    await alerts.watch(HOUR)
    assert not await is_open(alerts, cron, LONG)


@pytest.mark.parametrize("status", [Status.PENDING, Status.STARTING])
async def test_one_that_is_not_started_is_noticed(alerts: Alerts, status: Status) -> None:
    """And its late start is the all-clear."""
    cron = await alerts.cron(next_due=NOON + DAY)
    await alerts.row(cron, status)
    await alerts.watch(5 * MINUTE)
    assert await is_open(alerts, cron, LATE)
    await alerts.row(cron, Status.RUNNING)
    assert not await is_open(alerts, cron, LATE)


async def test_a_server_that_knows_nothing_finds_what_is_late(alerts: Alerts) -> None:
    """What another one was to notice is found by the look into the store."""
    cron = await alerts.cron(next_due=NOON + DAY)
    await alerts.row(cron, Status.RUNNING)
    alerts.restart()
    await alerts.watch(2 * MINUTE)
    assert await is_open(alerts, cron, LONG)


async def test_a_slot_that_nobody_took_is_noticed(alerts: Alerts) -> None:
    """No scheduler runs; none is needed to notice."""
    cron = await alerts.cron(next_due=NOON)
    await alerts.watch(5 * MINUTE)
    assert await is_open(alerts, cron, LATE)


async def test_a_paused_cron_is_not_missing(alerts: Alerts) -> None:
    """Neither its start nor its success."""
    cron = await alerts.cron(next_due=NOON + 3 * DAY, pause=Pause(NOON))
    await alerts.row(cron, Status.PENDING)
    await alerts.watch(2 * DAY)
    await alerts.watch(MINUTE)
    assert await alerts.store.open_incidents() == []
    assert (await alerts.watcher.tick(alerts.now)) > alerts.now


async def test_no_success_for_too_long_is_noticed(alerts: Alerts) -> None:
    """Counted from the last one; the next one is the all-clear."""
    cron = await alerts.cron(next_due=NOON + 30 * DAY)
    await alerts.row(cron, Status.SUCCESS, 10)
    await alerts.row(cron, Status.STOPPED, 20)
    await alerts.watch(DAY)
    assert not await is_open(alerts, cron, NEVER)
    await alerts.watch(11 * MINUTE)
    assert await is_open(alerts, cron, NEVER)
    await alerts.row(cron, Status.SUCCESS, 24 * 60 + 12, ended_at=alerts.now)
    assert not await is_open(alerts, cron, NEVER)


async def test_a_cron_that_never_ran_is_noticed_by_a_server_that_begins(alerts: Alerts) -> None:
    """Counted from its creation."""
    cron = await alerts.cron(next_due=NOON + 30 * DAY)
    alerts.now += DAY
    await alerts.watch()
    assert await is_open(alerts, cron, NEVER)


async def test_the_last_success_is_looked_for_behind_many_failures(alerts: Alerts) -> None:
    """Page by page."""
    cron = await alerts.cron(next_due=NOON + 30 * DAY)
    for minutes in range(120):
        await alerts.row(cron, Status.STOPPED if minutes else Status.SUCCESS, minutes)
    alerts.restart()
    await alerts.watch(DAY - MINUTE)
    assert not await is_open(alerts, cron, NEVER)
    await alerts.watch(2 * MINUTE)
    assert await is_open(alerts, cron, NEVER)


async def test_the_incident_of_a_deleted_cron_is_closed(alerts: Alerts) -> None:
    """A page that nobody will ever be called off from would ring for ever."""
    cron = await alerts.cron()
    await alerts.row(cron, Status.FAILED)
    await alerts.store.delete_cron(cron)
    await alerts.watch()
    incident = await alerts.incident(cron, Condition.FAILED)
    assert incident is not None
    assert incident.closed_by == "the cron was deleted"


async def test_an_alert_that_is_asked_for_no_more_is_closed(alerts: Alerts) -> None:
    """Its definition was edited meanwhile."""
    cron = await alerts.cron(next_due=NOON + DAY)
    await alerts.row(cron, Status.FAILED)
    await alerts.watch()
    edited = replace(cron.definition, notifications=Notifications())
    assert await alerts.store.put_cron(replace(cron, definition=edited, version=2))
    await alerts.watch(MINUTE)
    incident = await alerts.incident(cron, Condition.FAILED)
    assert incident is not None
    assert incident.closed_by == "the cron asks for this alert no more"


async def test_a_clock_that_was_set_back_does_not_stop_the_watch(alerts: Alerts) -> None:
    """The next look is never further ahead than looks are apart."""
    await alerts.watch()
    again = await alerts.watcher.tick(NOON - DAY)
    assert again <= NOON - DAY + MINUTE


async def test_an_alert_that_is_asked_for_again_is_given(alerts: Alerts) -> None:
    """Though nothing has happened since it was taken out of the definition."""
    cron = await alerts.cron()
    alerts.now = NOON + 2 * DAY
    await alerts.watcher.tick(alerts.now)
    for version, wanted, is_open in ((2, Notifications(), False), (3, ALL, True)):
        known = await alerts.store.cron(cron.name)
        assert known is not None
        edited = replace(known.definition, notifications=wanted)
        assert await alerts.store.put_cron(replace(known, definition=edited, version=version))
        await alerts.watch(2 * HOUR)
        incident = await alerts.incident(cron, Condition.NO_SUCCESS_FOR)
        assert incident is not None
        assert incident.is_open is is_open


async def test_crons_that_want_no_alert_hide_none(alerts: Alerts) -> None:
    """However many of them nobody took."""
    quiet = Notifications(failed=InARow(Severity.ERROR))
    for number in range(200):
        await alerts.cron(f"quiet-{number:03}", notifications=quiet, next_due=NOON - SECOND)
    cron = await alerts.cron("watched", next_due=NOON)
    await alerts.watch(HOUR)
    assert await alerts.incident(cron, Condition.NOT_STARTED_WITHIN) is not None


async def test_what_opened_before_the_clock_was_set_back_is_told(alerts: Alerts) -> None:
    """Nobody waits until its time comes again; nor is it told twice for that."""
    cron = await alerts.cron(next_due=NOON + DAY)
    await alerts.row(cron, Status.FAILED)
    alerts.now = NOON - HOUR
    for _ in range(2):
        await alerts.watch(MINUTE)
        await alerts.tell(MINUTE)
    assert alerts.channels["slack"].steps() == [("failed", "opened")]
