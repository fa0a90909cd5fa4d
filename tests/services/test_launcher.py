"""Rows become executions that run, once."""

from datetime import timedelta

from tests.samples import HOUR, MINUTE, NOON, SECOND
from tests.services.conftest import World
from wlcron.core.execution import Status
from wlcron.engines.fake import Script


async def test_what_is_due_is_started(world: World) -> None:
    """PENDING becomes RUNNING, with its start and its deadline."""
    await world.add(timeout=HOUR)
    await world.pass_time()
    (row,) = await world.rows()
    assert (row.status, row.started_at, row.deadline) == (Status.RUNNING, NOON, NOON + HOUR)


async def test_no_more_starts_are_in_flight_than_serve_the_engine_and_the_oldest_is_first(
    world: World,
) -> None:
    """Starts beyond the engine's best number wait in order, and say so in their row."""
    world.engine.starts_at_once = 1
    await world.add(name="early", schedule="59 * * * *", next_due=NOON - MINUTE)
    await world.add(name="late")
    await world.pass_time()
    assert [row.status for row in await world.rows("early")] == [Status.RUNNING]
    (waiting,) = await world.rows("late")
    assert (waiting.status, "waits for its turn" in waiting.reason) == (Status.PENDING, True)


async def test_an_engine_that_does_not_answer_is_asked_again_with_the_reason_in_the_row(
    world: World,
) -> None:
    """A start is put off, not given up, while it is worth it."""
    world.script = lambda _: Script(unavailable=2, run_for=MINUTE)
    await world.add()
    await world.pass_time()
    (row,) = await world.rows()
    assert (row.status, "does not answer" in row.reason) == (Status.STARTING, True)
    await world.pass_time(3 * SECOND)
    await world.pass_time(5 * SECOND)
    (row,) = await world.rows()
    assert (row.status, row.attempt) == (Status.RUNNING, 3)


async def test_a_start_that_is_never_answered_ends_as_an_error_with_the_engines_reason(
    world: World,
) -> None:
    """After `start-within` nothing is started any more."""
    world.script = lambda _: Script(unavailable=99)
    await world.add()
    await world.pass_time()
    await world.pass_time(5 * MINUTE + SECOND)
    (row,) = await world.rows()
    assert row.status is Status.ERROR
    assert row.reason == (
        "given up after 1 attempts: the fake engine does not answer, as its script says"
    )


async def test_a_row_whose_turn_comes_too_late_is_missed(world: World) -> None:
    """What waited for longer than it was worth is not started."""
    await world.add()
    await world.scheduler.tick(NOON)
    world.now = NOON + 6 * MINUTE
    await world.launcher.tick(world.now)
    await world.launcher.drain()
    (row,) = await world.rows()
    assert row.status is Status.MISSED
    assert not world.engine.starts


async def test_a_launcher_that_died_after_the_start_leaves_one_start_behind(world: World) -> None:
    """Promise 3: a repeated start finds what the first one started."""
    cron = await world.add()
    await world.scheduler.tick(NOON)
    (claim,) = await world.store.claim(NOON, 30 * SECOND, 1)
    await world.engine.start(claim.execution, cron)  # and the launcher dies here
    world.restart()
    await world.pass_time(31 * SECOND)
    (row,) = await world.rows()
    assert row.status is Status.RUNNING
    assert row.started_at == NOON
    assert set(world.engine.starts.values()) == {1}


async def test_a_late_repeat_finds_out_what_the_first_attempt_came_to(world: World) -> None:
    """Past `start-within` it is asked for, not started: it may have run."""
    world.script = lambda _: Script(run_for=timedelta(0))
    cron = await world.add()
    await world.scheduler.tick(NOON)
    (claim,) = await world.store.claim(NOON, 30 * SECOND, 1)
    await world.engine.start(claim.execution, cron)
    world.restart()
    world.now = NOON + HOUR
    await world.launcher.tick(world.now)
    await world.launcher.drain()
    (row,) = await world.rows()
    assert row.status is Status.SUCCESS


async def test_a_start_in_flight_keeps_its_lease(world: World) -> None:
    """A start that takes long, as with a large image, is not taken over."""
    world.engine.starts_at_once = 5
    await world.add()
    await world.scheduler.tick(NOON)
    await world.launcher.tick(NOON)
    # Ticks come while the start is in flight; each renews before a third of the lease is gone.
    await world.launcher.tick(NOON + 11 * SECOND)
    (row,) = await world.rows()
    assert row.lease_until is None or row.lease_until >= NOON + 30 * SECOND
    await world.launcher.drain()


async def test_a_refused_start_is_an_error_with_the_engines_reason(world: World) -> None:
    """ERROR is not FAILED: the job never ran."""
    world.script = lambda _: Script(refuse="command not found: prel")
    await world.add()
    await world.pass_time()
    (row,) = await world.rows()
    assert (row.status, row.reason) == (Status.ERROR, "command not found: prel")
