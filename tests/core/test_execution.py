"""The rule that moves executions."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.samples import NOON, SECOND, make_cron, make_execution
from wlcron.core.execution import (
    ACTIVE,
    LONGEST_LEASE,
    Execution,
    Kind,
    Observation,
    Status,
    advance,
    claimed,
    is_abandoned,
)

PENDING = make_execution(make_cron())
ENDS = (Kind.EXITED, Kind.TIMED_OUT, Kind.REFUSED, Kind.GONE)


def observe(kind: Kind, after: timedelta = SECOND, **more: object) -> Observation:
    """Return an observation of the execution, so long after noon."""
    return Observation(execution_id=PENDING.id, kind=kind, at=NOON + after, **more)  # type: ignore[arg-type]  # test data


STARTED = observe(Kind.STARTED, started_at=NOON + SECOND, deadline=NOON + 60 * SECOND)


def settle(execution: Execution, seen: list[Observation]) -> Execution:
    """Return the row after these observations, in this order."""
    for each in seen:
        change = advance(execution, each)
        execution = change.execution if change else execution
    return execution


@pytest.mark.parametrize(
    ("kind", "exit_code", "status"),
    [
        (Kind.STARTED, None, Status.RUNNING),
        (Kind.EXITED, 0, Status.SUCCESS),
        (Kind.EXITED, 3, Status.FAILED),
        (Kind.TIMED_OUT, 143, Status.TIMEOUT),
        (Kind.REFUSED, None, Status.ERROR),
        (Kind.GONE, None, Status.LOST),
        (Kind.OVERDUE, None, Status.MISSED),
        (Kind.WITHDRAWN, None, Status.STOPPED),
    ],
)
def test_each_observation_leads_to_its_status_with_a_reason(
    kind: Kind, exit_code: int | None, status: Status
) -> None:
    """What is seen decides the status, and every status comes with a sentence."""
    change = advance(PENDING, observe(kind, exit_code=exit_code))
    assert change is not None
    assert change.before is Status.PENDING
    assert change.execution.status is status
    assert change.execution.reason
    assert change.execution.exit_code == exit_code
    assert (change.execution.ended_at is None) is (status is Status.RUNNING)


@given(
    end=st.sampled_from(ENDS),
    code=st.integers(0, 255),
    asked=st.sampled_from((None, NOON + SECOND, NOON + 9 * SECOND)),
    data=st.data(),
)
def test_any_order_and_repetition_of_what_happened_ends_in_the_same_row(
    end: Kind, code: int, asked: datetime | None, data: st.DataObject
) -> None:
    """Promise 4: observations may come twice, late and in any order."""
    ended = observe(
        end, 5 * SECOND, exit_code=code, started_at=STARTED.started_at, deadline=STARTED.deadline
    )
    row = replace(PENDING, stop_asked_at=asked)
    story = [STARTED, ended, observe(Kind.PROGRESS, reason="pulling")]
    told = [*data.draw(st.lists(st.sampled_from(story), max_size=5)), ended]
    told = data.draw(st.permutations(told))
    assert settle(row, told) == settle(row, [STARTED, ended])


@given(st.sampled_from(sorted(set(Status) - ACTIVE)), st.sampled_from(Kind))
def test_final_statuses_absorb_whatever_comes(status: Status, kind: Kind) -> None:
    """Promise 4: nothing moves an execution that is over."""
    over = replace(PENDING, status=status)
    assert advance(over, observe(kind, exit_code=0)) is None


def test_a_second_start_says_nothing_new() -> None:
    """Each change is made once."""
    running = settle(PENDING, [STARTED])
    assert advance(running, observe(Kind.STARTED, 2 * SECOND)) is None


@pytest.mark.parametrize("kind", [Kind.PROGRESS, Kind.ACCEPTED])
def test_being_on_the_way_is_no_change(kind: Kind) -> None:
    """It moves no status."""
    assert advance(PENDING, observe(kind, reason="pulling perl")) is None


def test_what_the_engine_calls_it_stays_with_it() -> None:
    """An end that does not name it says nothing else."""
    named = replace(STARTED, handle="arn:aws:ecs:task/1", image="sha256:1")
    running = settle(PENDING, [named])
    assert (running.handle, running.image) == ("arn:aws:ecs:task/1", "sha256:1")
    over = settle(running, [observe(Kind.EXITED, exit_code=0)])
    assert (over.handle, over.image) == (running.handle, running.image)


def test_an_end_after_a_request_to_stop_is_stopped() -> None:
    """Whoever asked for the end is told that it was that."""
    asked = replace(PENDING, stop_asked_at=NOON + SECOND, stop_reason="stopped by ann")
    row = settle(asked, [observe(Kind.EXITED, 2 * SECOND, exit_code=143)])
    assert (row.status, row.reason, row.exit_code) == (Status.STOPPED, "stopped by ann", 143)


def test_an_end_before_the_request_to_stop_is_the_jobs_own() -> None:
    """A request that came too late does not rewrite what the job did."""
    asked = replace(PENDING, stop_asked_at=NOON + 3 * SECOND)
    row = settle(asked, [observe(Kind.EXITED, 2 * SECOND, exit_code=0)])
    assert row.status is Status.SUCCESS


def test_a_withdrawn_execution_says_who_withdrew_it() -> None:
    """The reason given with the request is the reason in the row."""
    asked = replace(PENDING, stop_asked_at=NOON, stop_reason="its cron was deleted")
    assert settle(asked, [observe(Kind.WITHDRAWN)]).reason == "its cron was deleted"


def test_a_claim_counts_the_attempt_and_holds_a_lease() -> None:
    """A launcher holds what it starts for as long as its lease."""
    row = claimed(PENDING, NOON, 30 * SECOND)
    assert (row.status, row.attempt, row.lease_until) == (
        Status.STARTING,
        1,
        NOON + 30 * SECOND,
    )


def test_a_repeated_claim_keeps_the_reason_of_the_last_attempt() -> None:
    """Why an attempt came to nothing stays readable."""
    row = claimed(replace(PENDING, attempt=1, reason="Docker did not answer"), NOON, SECOND)
    assert (row.attempt, row.reason) == (2, "Docker did not answer")


def test_duration_is_known_when_it_is_over_and_never_negative() -> None:
    """Clocks of engine and server may differ by a little."""
    running = settle(PENDING, [STARTED])
    assert running.duration is None
    over = replace(running, ended_at=NOON)
    assert over.duration == timedelta(0)
    assert PENDING.duration is None
    assert not PENDING.is_final


@pytest.mark.parametrize(
    ("status", "lease_until", "abandoned"),
    [
        (Status.PENDING, None, False),
        (Status.RUNNING, None, False),
        (Status.STARTING, None, True),
        (Status.STARTING, NOON, True),
        (Status.STARTING, NOON + SECOND, False),
        (Status.STARTING, NOON + LONGEST_LEASE, False),
        (Status.STARTING, NOON + LONGEST_LEASE + SECOND, True),
    ],
)
def test_a_start_is_abandoned_when_no_lease_that_can_be_true_holds_it(
    status: Status, lease_until: datetime | None, *, abandoned: bool
) -> None:
    """A lease runs out, and none from before the clock was set back holds anybody up."""
    row = replace(PENDING, status=status, lease_until=lease_until)
    assert is_abandoned(row, NOON) is abandoned
