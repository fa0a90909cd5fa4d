"""What due slots become."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import DAY, HOUR, MINUTE, NOON, SECOND, make_cron, make_execution
from wlcron.core.cron import Pause
from wlcron.core.execution import Execution, Overrides, Status
from wlcron.core.planning import (
    execution_id,
    first_due,
    plan,
    plan_delivered,
    plan_manual,
    skip_for,
    uuid5,
)


def fates(cron_options: dict[str, object], now: datetime) -> list[tuple[str, Status]]:
    """Return the slots planned at an instant, with their status."""
    planned = plan(make_cron(**cron_options), now)  # type: ignore[arg-type]  # test data
    return [(f"{row.slot:%H:%M}", row.status) for row in planned.executions]


def test_a_slot_that_is_due_waits_to_be_started() -> None:
    """The ordinary way: one slot, one PENDING row, and the next slot is armed."""
    planned = plan(make_cron(), NOON + SECOND)
    assert [(row.slot, row.status) for row in planned.executions] == [(NOON, Status.PENDING)]
    assert planned.next_due == NOON + 10 * MINUTE


def test_nothing_is_planned_before_it_is_due() -> None:
    """A slot never comes early."""
    planned = plan(make_cron(), NOON - SECOND)
    assert planned.executions == ()
    assert planned.next_due == NOON


def test_only_the_newest_slot_in_time_is_started_and_older_ones_are_missed() -> None:
    """After an outage one execution catches up, not all of them."""
    options: dict[str, object] = {"start_within": HOUR}
    assert fates(options, NOON + 21 * MINUTE) == [
        ("12:00", Status.MISSED),
        ("12:10", Status.MISSED),
        ("12:20", Status.PENDING),
    ]


def test_a_slot_that_is_too_old_is_missed_and_says_until_when_it_was_worth_it() -> None:
    """`start-within` defaults to half the period."""
    planned = plan(make_cron(), NOON + 5 * MINUTE + SECOND)
    (row,) = planned.executions
    assert row.status is Status.MISSED
    assert row.reason == "nobody could start it before 2026-11-23 12:05:00 UTC"
    assert row.ended_at == NOON + 5 * MINUTE + SECOND


@pytest.mark.parametrize(
    ("schedule", "within"),
    [("*/10 * * * *", 5 * MINUTE), ("0 12 * * *", HOUR), ("at(2026-11-23T12:00:00)", HOUR)],
)
def test_start_within_is_half_the_period_and_at_most_an_hour(
    schedule: str, within: timedelta
) -> None:
    """The default of `start-within` follows the schedule."""
    (row,) = plan(make_cron(schedule=schedule), NOON).executions
    assert row.start_by == NOON + within


def test_slots_inside_a_pause_are_skipped_and_say_why() -> None:
    """A paused cron's slots are accounted for."""
    pause = Pause(NOON - MINUTE, NOON + 15 * MINUTE, "moving house")
    planned = plan(make_cron(pause=pause), NOON + 20 * MINUTE)
    assert [row.status for row in planned.executions] == [
        Status.SKIPPED,
        Status.SKIPPED,
        Status.PENDING,
    ]
    assert planned.executions[0].reason == "the cron was paused: moving house"


def test_a_pause_without_an_end_covers_all_that_follows() -> None:
    """A cron stays paused until it is resumed."""
    cron = make_cron(pause=Pause(NOON))
    assert cron.is_paused(NOON + 365 * DAY)
    assert not cron.is_paused(NOON - SECOND)
    assert plan(cron, NOON).executions[0].reason == "the cron was paused"


def test_a_schedule_with_nothing_left_is_never_due_again() -> None:
    """After its last slot a cron is at rest."""
    planned = plan(make_cron(schedule="at(2026-11-23T12:00:00)"), NOON)
    assert planned.next_due is None
    assert plan(make_cron(next_due=None), NOON).executions == ()


@given(missed=st.integers(0, 300), limit=st.integers(1, 50))
def test_planning_in_pieces_makes_the_same_rows_as_planning_at_once(
    missed: int, limit: int
) -> None:
    """No count of missed slots stops a cron, and none is left out."""
    now = NOON + missed * 10 * MINUTE
    cron, pieces = make_cron(), list[Execution]()
    while cron.next_due is not None and cron.next_due <= now:
        planned = plan(cron, now, limit)
        assert 0 < len(planned.executions) <= limit
        pieces += planned.executions
        cron = replace(cron, next_due=planned.next_due)
    assert pieces == list(plan(make_cron(), now, 1000).executions)
    assert len(pieces) == missed + 1
    assert [row.status for row in pieces].count(Status.PENDING) == 1


@given(st.integers(0, 10**6))
def test_a_new_schedule_begins_strictly_in_the_future(seconds: int) -> None:
    """Promise 9: no slot fires because a definition was edited, resumed or created."""
    now = NOON + seconds * SECOND
    due = first_due(make_cron(), now)
    assert due is not None
    assert due > now


def test_every_server_gives_a_slot_the_same_execution_id() -> None:
    """Promise 3: the id goes by the cron and the slot alone."""
    first, second = plan(make_cron(), NOON), plan(make_cron(), NOON + MINUTE)
    assert first.executions[0].id == second.executions[0].id == execution_id(make_cron(), NOON)


@given(st.uuids(), st.text())
def test_ids_are_those_of_the_standard(namespace: UUID, name: str) -> None:
    """RFC 9562's UUID version 5, as the standard library makes it."""
    encodable = name.encode("utf-8", "replace").decode()
    assert uuid5(str(namespace), encodable) == str(uuid.uuid5(namespace, encodable))


def test_a_manual_slot_is_the_same_execution_for_the_same_key() -> None:
    """A repeated request does not run twice."""
    overrides = Overrides(arguments=("true",))
    first = plan_manual(make_cron(), NOON, "key", overrides)
    again = plan_manual(make_cron(), NOON + SECOND, "key")
    other = plan_manual(make_cron(), NOON, "other")
    assert first.executions[0].id == again.executions[0].id != other.executions[0].id
    assert first.executions[0].manual
    assert first.executions[0].overrides == overrides
    assert not first.moves
    assert plan(make_cron(), NOON).moves


def test_a_skipped_slot_names_the_execution_that_was_in_its_way() -> None:
    """SKIPPED says what was still running, since when."""
    running = make_execution(make_cron(), status=Status.RUNNING, started_at=NOON)
    later = make_execution(make_cron(), slot=NOON + 10 * MINUTE)
    skipped = skip_for(later, running)
    assert skipped.status is Status.SKIPPED
    assert running.id[:8] in skipped.reason
    assert "2026-11-23 12:00:00 UTC" in skipped.reason
    assert skipped.ended_at == later.created_at


def delivered(slot: datetime, now: datetime, **options: object) -> list[tuple[datetime, Status]]:
    """Return the rows of a delivery for a rate of ten minutes that is due at noon."""
    options = {"schedule": "rate(10 minutes)", "created_at": NOON - 10 * MINUTE} | options
    planned = plan_delivered(make_cron(**options), slot, now, is_exact=False)  # type: ignore[arg-type]  # test data
    return [(row.slot, row.status) for row in planned.executions]


def test_a_delivered_slot_is_planned_as_if_the_clock_had_said_so() -> None:
    """The trigger is a hint; the schedule says which slots there are."""
    cron, later = make_cron(), NOON + 11 * MINUTE
    assert plan_delivered(cron, NOON, NOON + SECOND) == plan(cron, NOON + SECOND)
    assert plan_delivered(cron, NOON + 10 * MINUTE, later) == plan(cron, later)


def test_a_delivery_that_comes_again_plans_nothing() -> None:
    """Promise 1: its slot has its row, and next_due lies behind it."""
    cron = make_cron(next_due=NOON + 10 * MINUTE)
    assert plan_delivered(cron, NOON, NOON + MINUTE).executions == ()


def test_a_clock_that_is_slow_does_not_lose_a_delivery() -> None:
    """EventBridge's clock is as good as ours."""
    planned = plan_delivered(make_cron(), NOON, NOON - SECOND)
    assert [row.slot for row in planned.executions] == [NOON]


def test_a_rule_has_a_phase_of_its_own() -> None:
    """Its rate counts from when it was made: the slot is the one that it names."""
    slot = NOON + 3 * MINUTE
    assert delivered(slot, slot) == [(slot, Status.PENDING)]
    planned = plan_delivered(
        make_cron(schedule="rate(10 minutes)"), slot, slot + SECOND, is_exact=False
    )
    assert planned.next_due == slot + 10 * MINUTE


def test_a_rules_slot_that_comes_again_plans_nothing() -> None:
    """However late it comes, and whatever minute it says it is."""
    for minutes in (-10, -4, 0, 4):
        assert delivered(NOON + minutes * MINUTE, NOON + 5 * MINUTE, next_due=NOON + DAY) == []
    assert delivered(NOON - 6 * MINUTE, NOON - 5 * MINUTE) == []


def test_slots_of_which_a_rule_never_spoke_are_missed() -> None:
    """Each has its row, in the phase of the one that came."""
    slot = NOON + 23 * MINUTE
    assert delivered(slot, slot) == [
        (NOON + 3 * MINUTE, Status.MISSED),
        (NOON + 13 * MINUTE, Status.MISSED),
        (slot, Status.PENDING),
    ]


@given(
    st.integers(-10_000, 10_000),
    st.integers(0, 3600),
    st.sampled_from(["rate(1 minute)", "rate(10 minutes)", "rate(2 hours)", "rate(1 day)"]),
)
def test_a_delivery_never_makes_a_slot_twice(seconds: int, late: int, schedule: str) -> None:
    """Promise 1: what a first delivery has planned, its repetition does not plan again."""
    slot = NOON + seconds * SECOND
    now = slot + late * SECOND
    cron = make_cron(schedule=schedule)
    first = plan_delivered(cron, slot, now, is_exact=False)
    again = replace(cron, next_due=first.next_due)
    assert plan_delivered(again, slot, now, is_exact=False).executions == ()
    assert all(row.slot <= now for row in first.executions)


def test_a_rule_at_the_end_of_time_plans_what_is_due() -> None:
    """There is no slot behind the last one, and no phase to take from it."""
    slot = datetime(2199, 12, 31, 23, 55, tzinfo=UTC)
    cron = make_cron(schedule="rate(10 minutes)", created_at=slot - DAY, next_due=slot)
    planned = plan_delivered(cron, slot, slot, is_exact=False)
    assert [row.slot for row in planned.executions] == [slot]
    assert planned.next_due is None
