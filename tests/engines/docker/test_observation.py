"""What is read from what the daemon says."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engines.docker.recorded import die_event, recorded
from tests.samples import NOON
from wlcron.core.execution import Kind
from wlcron.engines.docker.observation import (
    Job,
    check_inspection,
    check_list,
    died,
    ended,
    in_plain_words,
    inspected,
    listed,
    truth,
)

ENDED = ["exited", "succeeded", "timed-out", "out-of-memory", "child-out-of-memory"]
REFUSED = ["no-file", "no-command", "no-permission", "directory", "no-user"]


def job(name: str) -> Job:
    """Return a job as it was inspected."""
    return inspected(recorded(name))


@pytest.mark.parametrize("name", ENDED)
def test_an_event_and_an_inspection_tell_the_same_end(name: str) -> None:
    """Whichever is heard first: same execution, code and deadline, and about the same instant."""
    told, known = died(die_event(name)), job(name)
    assert told is not None
    assert told.ended_at is not None
    assert known.ended_at is not None
    assert abs(told.ended_at - known.ended_at) < timedelta(seconds=1)
    assert replace(told, ended_at=None) == replace(
        known, ended_at=None, started_at=None, out_of_memory=False, memory=0
    )


def test_only_the_end_of_a_job_of_ours_is_one() -> None:
    """Other actions, and containers without our labels, say nothing."""
    assert all(died(event) is None for event in recorded("events") if event["Action"] != "die")
    event = die_event("exited")
    del event["Actor"]["Attributes"]["wlcron.execution"]
    assert died(event) is None
    assert died(die_event("timed-out", role="guard")) is None
    assert died({}) is None


def test_an_end_carries_code_start_and_deadline() -> None:
    """All that the row needs, also when its start was never recorded."""
    seen = truth(job("exited"), None, NOON)
    assert (seen.kind, seen.exit_code, seen.reason) == (Kind.EXITED, 3, "")
    assert seen.started_at is not None
    assert seen.deadline is not None
    assert seen.started_at <= seen.at < seen.deadline


def test_no_end_lies_before_its_start() -> None:
    """Of a very short job, Docker may note the end first; here it has."""
    known = job("exited")
    assert known.started_at is not None
    assert known.ended_at is not None
    assert known.ended_at < known.started_at
    assert ended(known, None, NOON).at == known.started_at


def test_the_guards_code_is_the_proof_of_a_time_out() -> None:
    """Whatever the clocks say; a guard that goes on, or was stopped, has ended nothing."""
    known = job("timed-out")
    assert known.is_doubtful
    assert truth(known, 124, NOON).kind is Kind.TIMED_OUT
    assert [truth(known, code, NOON).kind for code in (143, 0, None)] == [Kind.EXITED] * 3


@pytest.mark.parametrize(
    ("guard_code", "reason"),
    [
        (143, "ended with its guard, which was asked to end (did Docker shut down?)"),
        (137, "ended with its guard, which was killed (did Docker shut down?)"),
        (0, ""),
        (None, ""),
    ],
)
def test_who_ended_with_its_guard_is_told_so(guard_code: int | None, reason: str) -> None:
    """A daemon that shuts down takes both with it; a stop that was asked for has its own words."""
    killed = replace(job("exited"), exit_code=137)
    assert truth(killed, guard_code, NOON).reason == reason
    by_itself = replace(killed, exit_code=3)
    assert truth(by_itself, guard_code, NOON).reason == ""


def test_who_used_too_much_memory_is_told_so() -> None:
    """With the limit that it had."""
    seen = truth(job("out-of-memory"), None, NOON)
    assert (seen.kind, seen.exit_code) == (Kind.EXITED, 137)
    assert seen.reason == "killed: it used more than its memory limit of 32 MiB"


def test_a_job_that_survives_its_childs_lack_of_memory_has_its_own_code() -> None:
    """Docker notes that memory ran out; what counts is the code."""
    known = job("child-out-of-memory")
    seen = truth(known, None, NOON)
    assert known.out_of_memory
    assert (seen.kind, seen.exit_code, seen.reason) == (Kind.EXITED, 0, "")


@pytest.mark.parametrize(
    ("name", "is_doubtful"),
    [("exited", False), ("succeeded", False), ("timed-out", True), ("out-of-memory", True)],
)
def test_only_a_doubtful_end_costs_questions(name: str, *, is_doubtful: bool) -> None:
    """A plain exit before the deadline is told as the event says it."""
    told = died(die_event(name))
    assert told is not None
    assert told.is_doubtful is is_doubtful


@given(st.integers(0, 255), st.timedeltas(timedelta(-1), timedelta(1)))
def test_at_the_deadline_and_after_signals_more_is_asked(code: int, late: timedelta) -> None:
    """There the guard may have been the cause."""
    known = replace(job("exited"), exit_code=code, deadline=NOON, ended_at=NOON + late)
    assert known.is_doubtful is (code in (137, 143) or late >= timedelta(0))


def test_what_runs_is_started() -> None:
    """With its own start and its deadline."""
    seen = truth(job("running"), None, NOON)
    assert (seen.kind, seen.at) == (Kind.STARTED, seen.started_at)
    assert seen.started_at is not None
    assert seen.deadline is not None
    assert timedelta(seconds=59) < seen.deadline - seen.started_at < timedelta(seconds=60)


@pytest.mark.parametrize("name", ["created", "guard-not-running"])
def test_what_never_ran_is_gone(name: str) -> None:
    """Nothing is there yet; also where its guard was the one that failed."""
    assert truth(job(name), None, NOON).kind is Kind.GONE


@pytest.mark.parametrize("state", ["removing", "dead"])
def test_what_is_removed_before_it_ran_has_no_end(state: str) -> None:
    """Docker gives it the exit code 0 meanwhile; that is no success."""
    assert truth(replace(job("created"), state=state), None, NOON).kind is Kind.GONE


@pytest.mark.parametrize("name", REFUSED)
def test_what_could_not_be_started_is_refused_whoever_asks(name: str) -> None:
    """The daemon's answer, and an inspection after a crash, give the same sentence."""
    seen = truth(job(name), None, NOON)
    assert seen.kind is Kind.REFUSED
    assert seen.reason == in_plain_words(recorded("refusals")[name]["message"])


SENTENCES = {
    "no-file": 'the image has no file "/no/such": correct description.arguments',
    "no-command": 'the image has no command "nosuch": correct description.arguments',
    "no-permission": '"/etc/passwd" in the image cannot be executed:'
    " make it an executable file, or name another one",
    "no-user": 'the image has no user "nobodyhere": correct description.user',
    "many-cpus": "Docker refuses to start it: Range of CPUs is from 0.01 to 2.00,"
    " as there are only 2 CPUs available",
}


@pytest.mark.parametrize(("name", "sentence"), SENTENCES.items())
def test_a_refusal_is_one_plain_sentence(name: str, sentence: str) -> None:
    """What runc wraps around it is left out; what is unknown is passed on as it is."""
    assert in_plain_words(recorded("refusals")[name]["message"]) == sentence


def test_a_list_tells_states_and_roles() -> None:
    """Job and guard, by their labels."""
    assert [(one.role, one.is_running) for one in map(listed, recorded("list"))] == [
        ("job", True),
        ("guard", True),
    ]


def podman(document: dict[str, Any]) -> dict[str, Any]:
    """Return an inspection as Podman gives it: local times, no labels where there are none."""
    document["State"]["StartedAt"] = "2026-11-23T08:04:08.123456789+01:00"
    document["State"]["FinishedAt"] = "2026-11-23T08:04:09+01:00"
    document["Config"]["Labels"] = None
    return document


def test_instants_of_any_zone_become_utc() -> None:
    """Podman tells local times."""
    known = inspected(podman(recorded("exited")))
    assert known.started_at == datetime(2026, 11, 23, 7, 4, 8, 123456, UTC)
    assert known.ended_at == datetime(2026, 11, 23, 7, 4, 9, tzinfo=UTC)
    assert known.execution_id == ""


@pytest.mark.parametrize("code", [None, "", "not a number"])
def test_an_event_without_its_code_is_doubtful(code: str | None) -> None:
    """It is asked for."""
    event = die_event("exited")
    event["Actor"]["Attributes"]["exitCode"] = code
    told = died(event)
    assert told is not None
    assert told.is_doubtful


def test_an_end_without_an_instant_is_now() -> None:
    """Better a little late than never."""
    assert ended(replace(job("exited"), ended_at=None), None, NOON).at == NOON


@pytest.mark.parametrize(
    ("part", "value"),
    [
        ("Actor", "x"),
        ("Actor", {"Attributes": [1]}),
        ("timeNano", "soon"),
        ("timeNano", 10**30),
        ("timeNano", True),
    ],
)
def test_an_event_of_another_shape_is_passed_over_or_doubtful(part: str, value: object) -> None:
    """It must not end the stream of all others."""
    told = died(die_event("exited") | {part: value})
    assert told is None or told.is_doubtful


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        {},
        {"State": "running"},
        {"State": {"Status": "exited", "Running": False}},
        {"State": {"Status": "exited", "ExitCode": 0}},
        {"State": {"Running": False, "ExitCode": 0}},
    ],
)
def test_an_inspection_without_a_state_is_none(document: object) -> None:
    """No end may be read out of it."""
    with pytest.raises(ValueError, match="does not say"):
        check_inspection(document)


@pytest.mark.parametrize("summaries", [None, {}, [None], [{}], [{"State": 1}]])
def test_a_list_without_states_is_none(summaries: object) -> None:
    """Nothing may be cleared away because of it."""
    with pytest.raises(ValueError, match="it lists"):
        check_list(summaries)


def test_a_refusal_can_be_stored() -> None:
    """Short, and without a NUL."""
    assert in_plain_words("a\0b") == "Docker refuses to start it: a\ufffdb"
    assert len(in_plain_words("x" * 100_000)) < 2000
