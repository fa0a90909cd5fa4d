"""Which changes, and which absences, deserve an alert."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import DAY, HOUR, MINUTE, NOON, make_cron, make_execution
from wlcron.core.alerting import (
    Expectation,
    Trouble,
    closed,
    closed_by,
    expectation,
    forgotten,
    history_needed,
    mended,
    opened,
    overdue,
    success_expected,
    troubles,
    unsuccessful,
    watched,
)
from wlcron.core.cron import AfterTime, Cron, InARow, Notifications, Pause, Severity
from wlcron.core.execution import ACTIVE, Execution, Status
from wlcron.core.incident import Condition, Incident, Step, told
from wlcron.core.planning import PAUSED

LONG, LATE = AfterTime(Severity.WARNING, 2 * MINUTE), AfterTime(Severity.ERROR, 5 * MINUTE)
ALL = Notifications(
    failed=InARow(Severity.CRITICAL),
    ran_longer_than=LONG,
    not_started_within=LATE,
    skipped=InARow(Severity.INFO, 3),
    no_success_for=AfterTime(Severity.ERROR, DAY),
)
OVERLAP = "execution 1234 was still running"


def cron_with(notifications: Notifications, **more: object) -> Cron:
    """Return a cron that wants to be told."""
    cron = make_cron(**more)  # type: ignore[arg-type]  # test data
    return replace(cron, definition=replace(cron.definition, notifications=notifications))


CRON = cron_with(ALL)


def row(status: Status, minutes: int = 0, **more: object) -> Execution:
    """Return an execution of a slot so many minutes after noon, that is as it says."""
    slot = NOON + minutes * MINUTE
    has_run = status in {Status.RUNNING, Status.SUCCESS, Status.FAILED, Status.TIMEOUT}
    fields: dict[str, object] = {
        "id": f"e{minutes}",
        "slot": slot,
        "created_at": slot,
        "status": status,
        "reason": OVERLAP if status is Status.SKIPPED else "exit code 1",
        "started_at": slot if has_run else None,
        "ended_at": None if status in ACTIVE else slot + MINUTE / 2,
    }
    return make_execution(CRON, **(fields | more))


def met(
    execution: Execution, before: Sequence[Execution] = (), notifications: Notifications = ALL
) -> dict[Condition, str]:
    """Return the conditions that an execution meets, and why."""
    return {each.condition: each.reason for each in troubles(execution, before, notifications)}


def test_a_cron_is_watched_for_what_it_asks_for() -> None:
    """And for nothing by itself."""
    assert watched(Notifications()) == frozenset()
    assert watched(ALL) == set(Condition) - {Condition.FLOOD}


@pytest.mark.parametrize("status", [Status.FAILED, Status.TIMEOUT, Status.ERROR, Status.LOST])
def test_a_failure_is_told_by_its_status_and_reason(status: Status) -> None:
    """All four are failures."""
    assert met(row(status)) == {Condition.FAILED: f"{status}: exit code 1"}


def test_failures_are_counted_up_to_the_last_success() -> None:
    """What says nothing of the job is passed over."""
    after_three = replace(ALL, failed=InARow(Severity.CRITICAL, 3))
    now = row(Status.LOST, 9)
    before = [
        row(Status.RUNNING, 8),
        row(Status.SKIPPED, 7),
        row(Status.FAILED, 6),
        row(Status.MISSED, 5),
        row(Status.STOPPED, 4),
        row(Status.TIMEOUT, 3),
        row(Status.SUCCESS, 2),
        row(Status.FAILED, 1),
    ]
    assert history_needed(now, after_three) >= len(before)
    assert met(now, before, after_three) == {
        Condition.FAILED: "3 failures in a row, the last LOST: exit code 1"
    }
    assert met(now, before[:5], after_three) == {}
    assert history_needed(now, ALL) == 0
    assert history_needed(row(Status.SUCCESS), after_three) == 0


@pytest.mark.parametrize("status", [Status.SUCCESS, Status.STOPPED, Status.RUNNING])
def test_what_is_no_failure_is_not_told(status: Status) -> None:
    """Stopped is what somebody asked for."""
    assert met(row(status)) == {}


def test_a_missed_slot_was_not_started() -> None:
    """It always counts."""
    assert set(met(row(Status.MISSED))) == {Condition.NOT_STARTED_WITHIN}


def test_a_skipped_slot_counts_as_not_started_unless_something_runs_that_explains_it() -> None:
    """What waits for its own start explains nothing."""
    skipped = row(Status.SKIPPED, 10)
    running = row(Status.RUNNING, 5)
    over = row(Status.SUCCESS, 5, ended_at=NOON + 11 * MINUTE)
    assert history_needed(skipped, ALL) > 0
    assert met(skipped, [running]) == {}
    assert met(skipped, [over]) == {}
    assert set(met(skipped, [row(Status.STARTING, 5)])) == {Condition.NOT_STARTED_WITHIN}
    assert set(met(skipped, [row(Status.SUCCESS, 5)])) == {Condition.NOT_STARTED_WITHIN}
    only_failed = Notifications(failed=InARow(Severity.INFO))
    assert history_needed(skipped, only_failed) == 0


def test_skipped_slots_are_counted_in_a_row() -> None:
    """Off unless it is asked for."""
    before = [row(Status.SKIPPED, 3), row(Status.SKIPPED, 2), row(Status.RUNNING, 1)]
    assert Condition.SKIPPED in met(row(Status.SKIPPED, 4), before)
    assert met(row(Status.SKIPPED, 4), before[1:]) == {}
    assert met(row(Status.SKIPPED, 4), before, Notifications()) == {}


def test_a_paused_cron_is_not_missing() -> None:
    """Neither are its slots, nor its successes."""
    assert met(row(Status.SKIPPED, reason=f"{PAUSED}: moving house")) == {}
    paused = cron_with(ALL, pause=Pause(NOON - DAY), next_due=NOON)
    assert forgotten(paused, NOON + DAY) is None
    assert unsuccessful(paused, None, NOON + 2 * DAY) is None


def test_what_is_well_again() -> None:
    """A start ends what had none, a success the rest."""
    started = {Condition.NOT_STARTED_WITHIN, Condition.SKIPPED}
    assert mended(row(Status.PENDING)) == frozenset()
    assert mended(row(Status.RUNNING)) == started
    assert mended(row(Status.FAILED)) == started
    assert mended(row(Status.SUCCESS)) == set(Condition) - {Condition.FLOOD}


@pytest.mark.parametrize("status", [Status.PENDING, Status.STARTING])
def test_a_start_is_expected_a_while_after_the_slot(status: Status) -> None:
    """Counted from the slot, whenever its row was made."""
    late = row(status, created_at=NOON + 4 * MINUTE)
    expected = Expectation(Condition.NOT_STARTED_WITHIN, LATE, NOON + 5 * MINUTE)
    assert expectation(late, ALL) == expected
    assert overdue(late, ALL, expected.at - MINUTE) is None
    trouble = overdue(late, ALL, expected.at)
    assert trouble is not None
    assert (trouble.condition, trouble.severity) == (expected.condition, Severity.ERROR)
    assert trouble.reason == "not started 5m after its slot: exit code 1"


def test_an_end_is_expected_a_while_after_the_start() -> None:
    """While it still runs, not afterwards."""
    running = row(Status.RUNNING)
    expected = Expectation(Condition.RAN_LONGER_THAN, LONG, NOON + 2 * MINUTE)
    assert expectation(running, ALL) == expected
    trouble = overdue(running, ALL, expected.at)
    assert trouble == Trouble(
        expected.condition, Severity.WARNING, "it runs for longer than 2m", NOON, running.id
    )
    assert overdue(row(Status.SUCCESS), ALL, NOON + DAY) is None


@pytest.mark.parametrize("status", list(Status))
def test_nothing_is_expected_that_nobody_asked_for(status: Status) -> None:
    """Without notifications."""
    assert expectation(row(status), Notifications()) is None


def test_a_slot_that_nobody_took_is_not_started() -> None:
    """As when no scheduler runs, and this watcher does."""
    trouble = forgotten(CRON, NOON + 5 * MINUTE)
    assert trouble is not None
    assert (trouble.condition, trouble.slot) == (Condition.NOT_STARTED_WITHIN, NOON)
    assert forgotten(CRON, NOON + 4 * MINUTE) is None
    assert forgotten(cron_with(Notifications()), NOON + DAY) is None
    assert forgotten(cron_with(ALL, next_due=None), NOON + DAY) is None


def test_success_is_expected_a_while_after_the_last_one() -> None:
    """Or after the cron's creation, where there was none yet."""
    assert success_expected(CRON, NOON) == NOON + DAY
    assert success_expected(CRON, None) == CRON.created_at + DAY
    assert success_expected(cron_with(Notifications()), NOON) is None
    assert unsuccessful(CRON, NOON, NOON + DAY - MINUTE) is None
    assert unsuccessful(cron_with(Notifications()), NOON, NOON + DAY) is None
    never, again = unsuccessful(CRON, None, NOON), unsuccessful(CRON, NOON, NOON + DAY)
    assert never is not None
    assert never.reason == "no success for 1d: there was none yet"
    assert again is not None
    assert again.reason == "no success for 1d: the last one was at 2026-11-23 12:00:00 UTC"


def failure(minutes: int) -> Trouble:
    """Return the trouble of a failure in the slot so many minutes after noon."""
    (trouble,) = troubles(row(Status.FAILED, minutes), [], ALL)
    return trouble


def open_one(known: Incident | None = None, minutes: int = 0) -> Incident | None:
    """Open the incident of a failure in a slot."""
    at = NOON + minutes * MINUTE
    return opened(known, CRON, failure(minutes), ["slack"], at)


def opened_now(known: Incident | None = None, minutes: int = 0) -> Incident:
    """Open an incident that has to open."""
    incident = open_one(known, minutes)
    assert incident is not None
    return incident


def close(incident: Incident, execution: Execution) -> Incident:
    """Close an incident that has to close."""
    over = closed_by(incident, execution, NOON + HOUR)
    assert over is not None
    return over


def test_an_incident_opens_once() -> None:
    """What is open stays as it is, whatever fails meanwhile."""
    incident = opened_now()
    assert (incident.key, incident.due_at) == (f"{CRON.id}/failed/1", NOON)
    assert open_one(incident, minutes=10) is None


def test_the_next_success_closes_it_and_the_next_failure_is_another_one() -> None:
    """With a key of its own."""
    over = close(opened_now(), row(Status.SUCCESS, 10))
    assert over.closed_by == "the execution of 2026-11-23 12:10:00 UTC succeeded"
    assert over.due_at == NOON + HOUR
    again = opened_now(over, minutes=20)
    assert (again.number, again.is_open, again.revision) == (2, True, over.revision)


def test_what_is_told_late_or_again_neither_opens_nor_closes_anything() -> None:
    """Failures before the success that closed it, and successes before the failure."""
    incident = opened_now(minutes=10)
    assert closed_by(incident, row(Status.SUCCESS, 5), NOON) is None
    assert closed_by(incident, row(Status.RUNNING, 20), NOON) is None
    over = close(incident, row(Status.SUCCESS, 30))
    for minutes in (10, 20, 30):
        assert open_one(over, minutes=minutes) is None
    assert closed_by(over, row(Status.SUCCESS, 40), NOON) is None


def test_one_that_runs_too_long_is_over_when_it_has_succeeded() -> None:
    """Of the same slot."""
    running = row(Status.RUNNING)
    trouble = overdue(running, ALL, NOON + HOUR)
    assert trouble is not None
    incident = opened(None, CRON, trouble, [], NOON)
    assert incident is not None
    assert not close(incident, row(Status.SUCCESS)).is_open
    assert close(incident, row(Status.SUCCESS)).due_at is None  # nobody was to be told


def test_a_start_closes_what_had_none() -> None:
    """By the slot's own start, late as it is."""
    trouble = overdue(row(Status.PENDING), ALL, NOON + HOUR)
    assert trouble is not None
    incident = opened(None, CRON, trouble, [], NOON)
    assert incident is not None
    over = close(incident, row(Status.RUNNING))
    assert over.closed_by == "the execution of 2026-11-23 12:00:00 UTC was started"


@pytest.mark.parametrize(("ended", "is_closed"), [(-MINUTE, False), (MINUTE, True)])
def test_a_success_that_was_expected_closes_if_it_is_a_new_one(
    ended: timedelta, *, is_closed: bool
) -> None:
    """Its slot may be older than the time by which it was expected."""
    trouble = unsuccessful(CRON, NOON - DAY, NOON)
    assert trouble is not None
    incident = opened(None, CRON, trouble, ["slack"], NOON)
    assert incident is not None
    success = row(Status.SUCCESS, -100, ended_at=NOON + ended)
    assert (closed_by(incident, success, NOON) is not None) is is_closed


def test_whoever_was_told_all_is_told_no_end() -> None:
    """A channel that is given up is not due."""
    incident = opened_now()
    incident = told(incident, "slack", Step.CLOSED, NOON)
    assert closed(incident, "the cron was deleted", NOON).due_at is None


_STATUSES = st.sampled_from([Status.SUCCESS, Status.FAILED, Status.TIMEOUT, Status.STOPPED])


@given(st.lists(_STATUSES, max_size=12), st.lists(st.integers(0, 11), max_size=40))
def test_changes_that_are_told_again_end_in_the_same_incident(
    statuses: list[Status], again: list[int]
) -> None:
    """A server that dies between judging and noting judges once more."""
    rows = [row(status, minutes) for minutes, status in enumerate(statuses)]
    once = _judge_all(rows)
    repeated: list[Execution] = []
    for number, each in enumerate(rows):
        repeated += [each, *(rows[n] for n in again if n <= number)]
    assert _judge_all(repeated) == once


def _judge_all(rows: Sequence[Execution]) -> list[tuple[str, datetime, bool]]:
    known: Incident | None = None
    history: list[tuple[str, datetime, bool]] = []
    for each in rows:
        for trouble in troubles(each, [], ALL):
            known = opened(known, CRON, trouble, [], each.slot) or known
        if known is not None and known.is_open:
            known = closed_by(known, each, each.slot) or known
        if known is not None:
            state = (known.key, known.slot, known.is_open)
            if not history or history[-1] != state:
                history.append(state)
    return history
