"""Incidents open once and close once, however often and late they hear of it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.core.alerting import ALL, CRON, row
from tests.samples import DAY, HOUR, MINUTE, NOON
from wlcron.core.alerting import (
    NOT_ASKED,
    Trouble,
    closed,
    closed_by,
    joined,
    opened,
    overdue,
    troubles,
    unsuccessful,
)
from wlcron.core.execution import Execution, Status
from wlcron.core.incident import Incident, Step, messages, put_off, tell, told


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


def test_what_is_met_again_before_all_were_told_of_the_end_is_another_one_for_those() -> None:
    """Who knows of the first one only hears its end; the others hear of the second."""
    incident = replace(opened_now(), tellings=tell(["well", "away"]))
    for channel in ("well", "away"):
        incident = told(incident, channel, Step.OPENED, NOON)
    over = told(close(incident, row(Status.SUCCESS, 10)), "well", Step.CLOSED, NOON)
    again = opened_now(over, minutes=20)
    assert (again.number, again.is_open, again.due_at) == (2, True, NOON + 20 * MINUTE)
    assert again.key_for(again.telling("away")) == incident.key
    assert again.key_for(again.telling("well")) == again.key != incident.key
    assert [each.channel for each in messages(again, None)] == ["well"]
    ended = close(again, row(Status.SUCCESS, 30))
    assert {each.channel: each.step for each in messages(ended, None)} == {
        "well": Step.OPENED,
        "away": Step.CLOSED,
    }


def test_who_may_know_of_it_hears_of_the_next_one_under_its_key() -> None:
    """An answer may have been lost: what was begun at a vendor has to be ended there."""
    incident = put_off(opened_now(), "slack", "no answer", NOON)
    again = opened_now(close(incident, row(Status.SUCCESS, 10)), minutes=20)
    assert again.key_for(again.telling("slack")) == incident.key
    assert [each.step for each in messages(again, None)] == [Step.OPENED]


@pytest.mark.parametrize("is_tried", [True, False])
def test_who_may_have_heard_the_end_hears_of_the_next_one(*, is_tried: bool) -> None:
    """It was told and the answer was lost, or whoever was to tell it did not live to note it."""
    over = close(told(opened_now(), "slack", Step.OPENED, NOON), row(Status.SUCCESS, 10))
    taken = replace(over, due_at=NOON + 2 * HOUR)
    over = put_off(over, "slack", "no answer", NOON + HOUR) if is_tried else taken
    again = opened_now(over, minutes=20)
    assert [each.step for each in messages(again, None)] == [Step.OPENED]


def test_who_heard_no_end_because_of_a_silence_knows_enough() -> None:
    """It is told the end when that comes, and nothing before."""
    over = close(told(opened_now(), "slack", Step.OPENED, NOON), row(Status.SUCCESS, 10))
    held = replace(over, is_held=True, due_at=NOON + 2 * HOUR)
    assert list(messages(opened_now(held, minutes=20), None)) == []


def test_a_channel_that_is_new_since_hears_of_what_nobody_knows() -> None:
    """It was routed there meanwhile."""
    over = close(replace(opened_now(), tellings=tell(["mail"])), row(Status.SUCCESS, 10))
    assert [each.channel for each in opened_now(over, minutes=20).tellings] == ["slack", "mail"]


def test_a_success_before_the_latest_failure_closes_nothing() -> None:
    """However late it is heard of: the cron fails."""
    incident = opened_now()
    more = joined(incident, failure(20))
    assert more is not None
    assert (more.slot, joined(more, failure(20)), joined(None, failure(20))) == (NOON, None, None)
    assert closed_by(more, row(Status.SUCCESS, 10), NOON) is None
    assert not close(more, row(Status.SUCCESS, 30)).is_open
    assert joined(close(more, row(Status.SUCCESS, 30)), failure(40)) is None


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
            known = opened(known, CRON, trouble, [], each.slot) or joined(known, trouble) or known
        if known is not None and known.is_open:
            known = closed_by(known, each, each.slot) or known
        if known is not None:
            state = (known.key, known.slot, known.is_open)
            if not history or history[-1] != state:
                history.append(state)
    return history


def test_what_nobody_asked_for_a_while_opens_again_when_somebody_does() -> None:
    """Nothing has happened since, so there is no newer slot that would show it."""
    trouble = unsuccessful(CRON, NOON, NOON + DAY)
    assert trouble is not None
    incident = opened(None, CRON, trouble, ["slack"], NOON + DAY)
    assert incident is not None
    for by, is_again in ((NOT_ASKED, True), ("the execution of noon succeeded", False)):
        over = closed(incident, by, NOON + DAY)
        assert (opened(over, CRON, trouble, ["slack"], NOON + 2 * DAY) is not None) is is_again
