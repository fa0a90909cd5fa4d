"""Which changes, and which absences, deserve an alert."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from tests.core.alerting import ALL, CRON, LATE, LONG, cron_with, row
from tests.samples import DAY, MINUTE, NOON
from wlcron.core.alerting import (
    Expectation,
    Trouble,
    expectation,
    forgotten,
    history_needed,
    mended,
    overdue,
    remarks,
    success_expected,
    troubles,
    unsuccessful,
    watched,
)
from wlcron.core.cron import InARow, Notifications, Pause, Severity
from wlcron.core.execution import Execution, Status
from wlcron.core.incident import Condition
from wlcron.core.planning import PAUSED


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
    said = "exit code 1" if status is Status.FAILED else f"{status}: exit code 1"
    assert met(row(status)) == {Condition.FAILED: said}


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
    assert never.reason == "no success for 1d: none is on record"
    assert again is not None
    assert again.reason == "no success for 1d: the last one was at 2026-11-23 12:00:00 UTC"


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        ("*/10 * * * *", []),
        ("* * * * *", ["not-started-within of 5m is longer than the 1m between two slots"]),
        ("0 9 * * 1-5", ["no-success-for of 1d is no longer than the 3d between two slots"]),
        ("at(2027-01-01T00:00:00)", []),
    ],
)
def test_thresholds_that_do_not_fit_the_schedule_are_said(schedule: str, said: list[str]) -> None:
    """They are not wrong, but hardly meant."""
    cron = cron_with(ALL, schedule=schedule)
    found = list(remarks(cron.definition, cron.schedule(), NOON))
    assert [each.partition(":")[0] for each in found] == said
    unwatched = cron_with(Notifications(), schedule=schedule)
    assert list(remarks(unwatched.definition, unwatched.schedule(), NOON)) == []
