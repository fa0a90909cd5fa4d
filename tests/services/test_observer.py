"""What became of executions is found out, with or without events."""

import asyncio
import contextlib
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.conftest import eventually
from tests.samples import HOUR, MINUTE, NOON, SECOND
from tests.services.conftest import World
from wlcron.core.execution import LEASE, Execution, Kind, Observation, Status
from wlcron.engines.fake import FakeEngine, Script
from wlcron.services.observer import Observer
from wlcron.services.recorder import record


async def one_status(world: World) -> Status:
    """Return the status of the only execution."""
    (row,) = await world.rows()
    return row.status


async def test_an_end_that_no_event_told_is_asked_for(world: World) -> None:
    """Events are a hint; the engine's word is the truth."""
    await world.add()
    await world.pass_time()
    await world.pass_time(2 * MINUTE)
    (row,) = await world.rows()
    assert (row.status, row.ended_at) == (Status.SUCCESS, NOON + MINUTE)


async def test_ends_are_heard_from_the_engines_events_even_when_repeated(world: World) -> None:
    """Promise 4: each change is made once."""
    world.script = lambda _: Script(run_for=0 * MINUTE, repeat=3)
    await world.add()
    await world.scheduler.tick(NOON)
    await world.launcher.tick(NOON)
    await world.launcher.drain()
    world.engine.settle()
    listening = asyncio.create_task(world.observer.listen())
    with contextlib.suppress(TimeoutError):
        await eventually(lambda: _is(world, Status.SUCCESS))
    listening.cancel()
    changes = [change.execution.status for change in await world.store.unannounced(100)]
    assert changes.count(Status.SUCCESS) == 1


async def test_after_a_restart_executions_that_ran_on_are_adopted(world: World) -> None:
    """A killed server loses nothing: the true end is recorded."""
    await world.add()
    await world.pass_time()
    world.restart()
    await world.pass_time(SECOND)
    assert await one_status(world) is Status.RUNNING
    world.restart()
    await world.pass_time(HOUR)
    first = (await world.rows())[0]
    assert (first.status, first.ended_at) == (Status.SUCCESS, NOON + MINUTE)


async def test_an_execution_that_the_engine_forgot_is_lost(world: World) -> None:
    """LOST is said, not guessed as success or failure."""
    world.script = lambda _: Script(run_for=MINUTE, vanish=True)
    await world.add()
    await world.pass_time()
    await world.pass_time(2 * MINUTE)
    assert await one_status(world) is Status.LOST


async def test_a_pending_execution_that_is_stopped_never_starts(world: World) -> None:
    """What waits can be withdrawn."""
    await world.add()
    await world.scheduler.tick(NOON)
    (row,) = await world.rows()
    await world.store.ask_stop(row.id, NOON, "not today")
    await world.launcher.tick(NOON)
    await world.observer.tick(NOON)
    (row,) = await world.rows()
    assert (row.status, row.reason) == (Status.STOPPED, "not today")
    assert not world.engine.starts


async def test_a_running_execution_that_is_stopped_ends_as_stopped(world: World) -> None:
    """The engine ends it; the row says who asked."""
    await world.add()
    await world.pass_time()
    (row,) = await world.rows()
    world.now += SECOND
    await world.store.ask_stop(row.id, world.now, "stopped by ann")
    await world.observer.tick(world.now)
    await asyncio.sleep(0)
    await world.pass_time(MINUTE)
    (row,) = await world.rows()
    assert (row.status, row.reason) == (Status.STOPPED, "stopped by ann")


async def test_a_start_that_died_half_way_can_be_stopped(world: World) -> None:
    """A STARTING row whose launcher is dead and which never started is withdrawn."""
    await world.add()
    await world.scheduler.tick(NOON)
    (claim,) = await world.store.claim(NOON, LEASE, 1, world.engine.home)
    await world.store.ask_stop(claim.execution.id, NOON, "enough")
    await world.observer.tick(NOON + SECOND)
    assert await one_status(world) is Status.STARTING
    world.restart()
    await world.observer.tick(NOON + MINUTE)
    assert await one_status(world) is Status.STOPPED


async def test_an_execution_without_its_guard_is_ended_from_here(world: World) -> None:
    """The second line of defence, long after the deadline."""
    await world.add(timeout=MINUTE)
    world.script = lambda _: Script(run_for=50 * SECOND)
    await world.pass_time()
    run = world.engine.runs.get((await world.rows())[0].id)
    assert run is not None
    run.ended = run.ended.__class__(
        execution_id=run.ended.execution_id, kind=run.ended.kind, at=NOON + 24 * HOUR
    )
    await world.pass_time(3 * MINUTE)
    await asyncio.sleep(0)
    await world.pass_time(MINUTE)
    assert await one_status(world) is not Status.RUNNING


@pytest.mark.parametrize("days", [1, -1])
async def test_a_clock_that_is_set_ends_nothing(world: World, days: int) -> None:
    """An execution within its timeout runs on, and is still looked after."""
    world.script = lambda _: Script(run_for=HOUR / 2)
    await world.add(timeout=HOUR)
    await world.pass_time()
    await world.pass_time(SECOND)
    world.set_clock(24 * HOUR * days)
    await world.observer.tick(world.now)
    await asyncio.sleep(0)
    await world.pass_time(MINUTE)
    rows = await world.rows()
    assert [row.status for row in rows if row.slot == NOON] == [Status.RUNNING]


@pytest.mark.parametrize("ahead", [HOUR, 24 * HOUR])
async def test_an_engine_with_another_clock_ends_nothing(world: World, ahead: timedelta) -> None:
    """Its starts seem to lie after their deadlines: here by the clock of a daemon that is ahead."""
    world.script = lambda _: Script(run_for=HOUR / 2)
    await world.add(timeout=HOUR / 3 * 2)
    await world.pass_time()
    run = world.engine.runs.get((await world.rows())[0].id)
    assert run is not None
    run.started = replace(run.started, started_at=NOON + ahead)
    await world.observer.tick(world.now)
    await world.pass_time(5 * MINUTE)
    await asyncio.sleep(0)
    await world.pass_time(MINUTE)
    rows = await world.rows()
    assert [row.status for row in rows if row.slot == NOON] == [Status.RUNNING]


async def test_a_clock_that_is_set_back_makes_nobody_blind(world: World) -> None:
    """What the stream does not tell is found within the same time as ever."""
    world.script = lambda _: Script(run_for=MINUTE)
    await world.add()
    await world.pass_time()
    world.set_clock(-24 * HOUR)
    await world.pass_time(2 * MINUTE)
    assert await one_status(world) is Status.SUCCESS


async def _is(world: World, status: Status) -> bool:
    return await one_status(world) is status


async def test_another_engines_execution_is_left_to_its_own_server(world: World) -> None:
    """Promise 8: two servers with an engine each do not declare one another's jobs lost."""
    await world.add(timeout=HOUR)
    await world.pass_time()
    stranger = FakeEngine(clock=world.clock)
    stranger.home = "fake:other"
    observer = Observer(world.store, stranger)
    await observer.tick(world.now)
    assert await one_status(world) is Status.RUNNING
    await observer.tick(NOON + 2 * HOUR)
    (row,) = await world.rows()
    assert (row.status, row.reason) == (
        Status.LOST,
        "it was with fake, of which nothing was heard until after its deadline",
    )


async def test_another_servers_start_is_not_lost_while_it_may_run(world: World) -> None:
    """Its server may have died after the start: the next slot would run beside it."""
    await world.add(timeout=2 * HOUR)
    await world.scheduler.tick(NOON)
    assert await world.store.claim(NOON, LEASE, 1, "fake:other")
    await world.observer.tick(NOON + HOUR)
    assert await one_status(world) is Status.STARTING
    await world.observer.tick(NOON + 3 * HOUR)
    assert await one_status(world) is Status.LOST


async def test_a_stop_that_was_asked_while_it_was_started_is_what_ended_it(world: World) -> None:
    """An end is judged by the row as it is, not as the launcher remembers it."""
    await world.add()
    await world.scheduler.tick(NOON)
    (claim,) = await world.store.claim(NOON, LEASE, 1, world.engine.home)
    await world.store.ask_stop(claim.execution.id, NOON, "enough")
    ended = Observation(
        execution_id=claim.execution.id, kind=Kind.EXITED, at=NOON + SECOND, exit_code=143
    )
    await record(world.store, ended, claim.execution)
    (row,) = await world.rows()
    assert (row.status, row.reason) == (Status.STOPPED, "enough")


async def test_a_far_engine_is_asked_only_for_what_was_not_heard_of(world: World) -> None:
    """Its calls are few and cost; an end that no event told is asked for after the deadline."""
    world.engine.is_near = False
    world.script = lambda _: Script(run_for=MINUTE)
    await world.add(timeout=5 * MINUTE)
    await world.pass_time()
    await world.pass_time(3 * MINUTE)
    assert await one_status(world) is Status.RUNNING
    await world.pass_time(4 * MINUTE)
    (row,) = await world.rows()
    assert (row.status, row.ended_at) == (Status.SUCCESS, NOON + MINUTE)


async def test_what_comes_after_it_was_given_up_is_ended(world: World) -> None:
    """The stream tells that something was started whose row says that nothing was."""
    world.script = lambda _: Script(run_for=HOUR)
    cron = await world.add()
    await world.scheduler.tick(NOON)
    await world.pass_time(6 * MINUTE)
    (row,) = await world.rows()
    assert row.status is Status.MISSED
    await world.observer.hear(await world.engine.start(row, cron))
    await eventually(lambda: _has_ended(world, row))


async def _has_ended(world: World, row: Execution) -> bool:
    (seen,) = await world.engine.inspect([row])
    return seen.kind is Kind.EXITED
