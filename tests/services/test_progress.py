"""Whether a duty gets on: pure."""

from datetime import timedelta

import pytest

from tests.samples import DAY, HOUR, MINUTE, NOON, SECOND
from wlcron.services.progress import LATE, Moment, Progress

START = Moment(NOON, 1000.0)


def after(passed: timedelta, set_by: timedelta = timedelta(0)) -> Moment:
    """Return the moment after a time, in which the clock was also set."""
    return Moment(NOON + passed + set_by, 1000.0 + passed.total_seconds())


def progress(**more: object) -> Progress:
    """Return how far a duty is that needs no more than two minutes."""
    return Progress(duty="scheduler", longest_tick=2 * MINUTE, **more)  # type: ignore[arg-type]  # whatever it takes


@pytest.mark.parametrize("rest", [SECOND, 10 * MINUTE, DAY])
def test_a_duty_that_has_nothing_to_do_is_well(rest: timedelta) -> None:
    """However long it rests: it said so itself."""
    assert not progress(last=START, due=after(rest)).problem(after(rest))


def test_a_duty_that_was_not_begun_yet_is_well() -> None:
    """The server has just been started."""
    assert not progress().problem(after(HOUR))


def test_a_duty_hangs_that_is_at_its_work_for_longer_than_it_ever_is() -> None:
    """Until then it is well, also the first time."""
    working = progress(begun=START)
    assert not working.problem(after(2 * MINUTE))
    assert working.problem(after(2 * MINUTE + SECOND)) == (
        "scheduler hangs: it began its work at 2026-11-23 12:00:00 UTC and has not come to its end"
    )


@pytest.mark.parametrize("set_by", [-DAY, DAY])
def test_a_clock_that_is_set_makes_no_work_long(set_by: timedelta) -> None:
    """How long it takes is counted by what nobody can set."""
    working = progress(begun=START)
    assert not working.problem(after(MINUTE, set_by))
    assert working.problem(after(HOUR, set_by))


def test_a_duty_that_is_not_called_again_is_missed() -> None:
    """Its loop is stuck, or has gone."""
    resting = progress(last=START, due=after(MINUTE))
    assert not resting.problem(after(MINUTE + LATE))
    assert resting.problem(after(MINUTE + LATE + SECOND)) == (
        "scheduler was to go on at 2026-11-23 12:01:00 UTC and did not"
    )


@pytest.mark.parametrize(("passed", "set_by"), [(SECOND, DAY), (40 * MINUTE, -HOUR)])
def test_a_clock_that_is_set_makes_nobody_late(passed: timedelta, set_by: timedelta) -> None:
    """The loop looks at it every ten seconds, and finds that it is time, or is no longer."""
    resting = progress(last=START, due=after(30 * MINUTE))
    assert not resting.problem(after(passed, set_by))


def test_a_duty_that_fails_has_a_problem_until_it_succeeds() -> None:
    """Also while it is tried again."""
    failing = progress(failures=3, error="the disk is full", begun=START)
    assert failing.problem(START) == "scheduler failed 3 times in a row: the disk is full"
