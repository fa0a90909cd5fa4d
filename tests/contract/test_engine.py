"""What every engine promises."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from _pytest.mark import ParameterSet

from tests.conftest import DEADLINE, eventually
from tests.contract.engines import LONG, TRIALS, Job, Trial, execution_of
from wlcron.core.cron import Cron
from wlcron.core.execution import Execution, Kind, Observation, Overrides

ENDS = {Kind.EXITED, Kind.TIMED_OUT}
UNDER_WAY = {Kind.ACCEPTED, Kind.STARTED}


def marked(names: Iterable[str]) -> list[ParameterSet]:
    """Return parameters for engines; Docker's can be left out by their mark."""
    return [
        pytest.param(name, marks=[pytest.mark.docker] if name == "docker" else []) for name in names
    ]


@pytest.fixture(params=marked(TRIALS))
async def trial(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Trial]:
    """Return an engine on trial."""
    trial = TRIALS[request.param](tmp_path)
    yield trial
    await trial.close()


@pytest.fixture(params=marked(name for name in TRIALS if name != "fake"))
async def real_trial(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Trial]:
    """Return an engine on trial that runs processes."""
    trial = TRIALS[request.param](tmp_path)
    yield trial
    await trial.close()


async def start(trial: Trial, job: Job) -> tuple[Execution, Observation]:
    """Start an execution that does the job; return it with what start said."""
    cron = trial.cron(job)
    execution = execution_of(cron)
    return execution, await begin(trial, execution, cron)


async def begin(trial: Trial, execution: Execution, cron: Cron) -> Observation:
    """Start an execution; return what is true of it as soon as it has started, or cannot."""
    seen = await trial.engine.start(execution, cron)
    if seen.kind is not Kind.ACCEPTED:
        return seen

    async def is_there() -> bool:
        return (await truth(trial, execution)).kind is not Kind.ACCEPTED

    await eventually(is_there)
    return await truth(trial, execution)


async def truth(trial: Trial, execution: Execution) -> Observation:
    """Return what is true of an execution."""
    [seen] = await trial.engine.inspect([execution])
    return seen


async def end(trial: Trial, execution: Execution) -> Observation:
    """Return how an execution ended, when it has."""

    async def is_over() -> bool:
        return (await truth(trial, execution)).kind not in UNDER_WAY

    await eventually(is_over)
    return await truth(trial, execution)


async def next_end(trial: Trial) -> Observation:
    """Return the next end that is told."""
    return await anext(seen async for seen in trial.engine.watch() if seen.kind in ENDS)


async def log(trial: Trial, execution: Execution) -> bytes:
    """Return the log of an execution, followed to its end."""
    return b"".join([chunk async for chunk in trial.engine.logs(execution, follow=True)])


async def test_start_says_when_it_started_and_by_when_it_will_be_over(trial: Trial) -> None:
    """STARTED carries the start and a deadline of one timeout from when it was asked."""
    before = datetime.now(UTC)
    _, seen = await start(trial, Job(lasts=LONG, timeout=LONG))
    assert seen.kind is Kind.STARTED
    assert seen.started_at is not None
    assert seen.deadline is not None
    assert seen.deadline >= before + LONG - timedelta(seconds=1)


async def test_a_second_start_starts_nothing(trial: Trial) -> None:
    """While it runs, starting it again says what is true of it."""
    cron = trial.cron(Job(lasts=LONG))
    execution = execution_of(cron)
    first = await begin(trial, execution, cron)
    second = await begin(trial, replace(execution, attempt=2), cron)
    assert (second.kind, second.started_at) == (Kind.STARTED, first.started_at)
    assert second.deadline == first.deadline


async def test_many_starts_of_one_execution_run_it_once(real_trial: Trial) -> None:
    """However many ask at once, the job is there once."""
    cron = real_trial.cron(Job(says="once\n"))
    execution = execution_of(cron)
    await asyncio.gather(*(real_trial.engine.start(execution, cron) for _ in range(5)))
    await end(real_trial, execution)
    assert await log(real_trial, execution) == b"once\n"


async def test_a_start_after_the_end_says_the_end(trial: Trial) -> None:
    """An execution that is over is never started again."""
    cron = trial.cron(Job(exit_code=3))
    execution = execution_of(cron)
    await trial.engine.start(execution, cron)
    ended = await end(trial, execution)
    again = await begin(trial, execution, cron)
    assert (again.kind, again.exit_code, again.at) == (Kind.EXITED, 3, ended.at)


@pytest.mark.parametrize("exit_code", [0, 1, 255])
async def test_the_end_says_the_exit_code_and_the_start(trial: Trial, exit_code: int) -> None:
    """An end carries all that the row needs, also if the start was never recorded."""
    execution, started = await start(trial, Job(exit_code=exit_code))
    ended = await end(trial, execution)
    assert (ended.kind, ended.exit_code) == (Kind.EXITED, exit_code)
    assert ended.started_at == started.started_at
    assert ended.deadline == started.deadline
    assert ended.started_at is not None
    assert ended.at >= ended.started_at


async def test_a_command_that_does_not_exist_is_refused_with_the_reason(trial: Trial) -> None:
    """Nothing ran, so it is no failure of the job; the reason is for a person."""
    _, seen = await start(trial, Job(is_missing=True))
    assert seen.kind is Kind.REFUSED
    assert seen.reason


async def test_stop_ends_it(trial: Trial) -> None:
    """A stop ends as EXITED: what was asked for is no time-out."""
    execution, _ = await start(trial, Job(lasts=LONG))
    await trial.engine.stop(execution)
    ended = await end(trial, execution)
    assert ended.kind is Kind.EXITED
    assert ended.exit_code != 0


async def test_stop_ends_who_ignores_it_after_the_grace(trial: Trial) -> None:
    """TERM is a request, KILL is not."""
    execution, _ = await start(trial, Job(lasts=LONG, ignores_term=True))
    await trial.engine.stop(execution)
    assert (await end(trial, execution)).kind is Kind.EXITED


async def test_stopping_what_does_not_run_is_nothing(trial: Trial) -> None:
    """A stop may come twice, late, or for somebody unknown."""
    execution, _ = await start(trial, Job())
    ended = await end(trial, execution)
    await trial.engine.stop(execution)
    await trial.engine.stop(execution_of(trial.cron(Job())))
    assert await truth(trial, execution) == ended


@pytest.mark.parametrize("ignores_term", [False, True])
async def test_the_deadline_ends_it(trial: Trial, *, ignores_term: bool) -> None:
    """At its deadline it is ended, and after the grace by force."""
    job = Job(lasts=LONG, timeout=trial.soon, ignores_term=ignores_term)
    execution, started = await start(trial, job)
    ended = await end(trial, execution)
    assert ended.kind is Kind.TIMED_OUT
    assert ended.started_at == started.started_at


async def test_inspect_says_of_each_what_is_true(trial: Trial) -> None:
    """STARTED, the end, or GONE, in the order asked."""
    running, _ = await start(trial, Job(lasts=LONG))
    over, _ = await start(trial, Job(exit_code=2))
    await end(trial, over)
    unknown = execution_of(trial.cron(Job()))
    seen = await trial.engine.inspect([unknown, over, running])
    assert [one.execution_id for one in seen] == [unknown.id, over.id, running.id]
    assert [one.kind for one in seen] == [Kind.GONE, Kind.EXITED, Kind.STARTED]
    assert await trial.engine.inspect([]) == []


async def test_watch_tells_of_ends(trial: Trial) -> None:
    """Who watches hears of every end without asking."""
    told: list[Observation] = []

    async def watch() -> None:
        async for seen in trial.engine.watch():
            told.append(seen)  # noqa: PERF401 - it never ends

    watching = asyncio.create_task(watch())
    executions = [(await start(trial, Job(exit_code=code)))[0] for code in range(3)]
    expected = {(execution.id, code) for code, execution in enumerate(executions)}
    await eventually(
        lambda: {(one.execution_id, one.exit_code) for one in told if one.kind in ENDS} == expected
    )
    watching.cancel()


async def test_logs_hold_what_it_wrote(trial: Trial) -> None:
    """The log of an execution that is over is there."""
    execution, _ = await start(trial, Job(says="hello\n"))
    await end(trial, execution)
    assert b"".join([chunk async for chunk in trial.engine.logs(execution)]) == b"hello\n"


async def test_logs_are_followed_from_the_beginning_to_the_end(real_trial: Trial) -> None:
    """A follower gets what was written while it runs, and ends with it."""
    execution, _ = await start(real_trial, Job(says="begun\n", lasts=LONG))
    following = real_trial.engine.logs(execution, follow=True)
    assert await anext(following) == b"begun\n"
    await real_trial.engine.stop(execution)
    assert [chunk async for chunk in following] == []


async def test_nobody_has_a_log_of_what_is_unknown(trial: Trial) -> None:
    """No log is an empty one."""
    unknown = execution_of(trial.cron(Job()))
    assert await log(trial, unknown) == b""


async def test_what_is_forgotten_is_gone(trial: Trial) -> None:
    """Nothing is kept of it, and others are kept."""
    if not trial.forgets:
        pytest.skip("what it keeps goes by itself, after a time that is set elsewhere")
    execution, _ = await start(trial, Job(says="hello\n"))
    other, _ = await start(trial, Job(says="hello\n"))
    await end(trial, execution)
    await end(trial, other)
    await trial.engine.forget([execution.id])
    assert (await truth(trial, execution)).kind is Kind.GONE
    assert await log(trial, execution) == b""
    assert (await truth(trial, other)).kind is Kind.EXITED


async def test_every_execution_gets_its_variables(real_trial: Trial) -> None:
    """The cron's `env`, overrides, and the `WL_…` variables reach the job."""
    cron = real_trial.cron(Job())
    execution = replace(
        execution_of(cron),
        overrides=Overrides(
            arguments=("sh", "-c", "echo $WL_CRON $WL_EXECUTION $WL_SLOT $WL_ATTEMPT $MORE"),
            env={"MORE": "more"},
        ),
    )
    await real_trial.engine.start(execution, cron)
    await end(real_trial, execution)
    expected = f"{cron.name} {execution.id} 2026-11-23T12:00:00Z 1 more\n"
    assert await log(real_trial, execution) == expected.encode()


async def test_a_restart_finds_what_runs(trial: Trial) -> None:
    """A new engine knows executions of the one before, hears of their end, and can stop them."""
    execution, started = await start(trial, Job(lasts=LONG))
    await trial.reopen()
    seen = await truth(trial, execution)
    assert (seen.kind, seen.started_at, seen.deadline) == (
        Kind.STARTED,
        started.started_at,
        started.deadline,
    )
    listening = asyncio.ensure_future(next_end(trial))
    await truth(trial, execution)  # a moment, in which it begins to listen
    await trial.engine.stop(execution)
    told = await asyncio.wait_for(listening, DEADLINE)
    assert (told.execution_id, told.kind) == (execution.id, Kind.EXITED)


async def test_a_restart_finds_what_ended_meanwhile(trial: Trial) -> None:
    """The end and its exit code do not depend on anybody listening."""
    execution, _ = await start(trial, Job(lasts=timedelta(seconds=0.3), exit_code=7))
    await trial.reopen()
    assert (await end(trial, execution)).exit_code == 7


async def test_a_plain_cron_is_taken(trial: Trial) -> None:
    """A cron with a command is refused by none."""
    assert trial.engine.check(trial.cron(Job()).definition).refusals == ()


async def test_the_doctor_says_sentences(trial: Trial) -> None:
    """Each finding has a subject and says something."""
    findings = await trial.engine.doctor()
    assert findings
    assert all(finding.subject and finding.says for finding in findings)
