"""Rows become executions that run, once."""

import asyncio
from datetime import timedelta

from tests.samples import DAY, HOUR, MINUTE, NOON, SECOND
from tests.services.conftest import World
from wlcron.clock import Clock
from wlcron.core.cron import Cron
from wlcron.core.execution import LEASE, Execution, Kind, Observation, Status
from wlcron.engines.fake import FakeEngine, Script
from wlcron.services.launcher import Launcher
from wlcron.services.scheduler import Scheduler


class SlowEngine(FakeEngine):
    """An engine whose starts wait until a gate is opened."""

    def __init__(self, gate: asyncio.Event, clock: Clock) -> None:
        super().__init__(clock=clock)
        self._gate = gate

    async def start(self, execution: Execution, cron: Cron) -> Observation:
        """Start it when the gate is open."""
        await self._gate.wait()
        return await super().start(execution, cron)


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
        "given up at attempt 2: the fake engine does not answer, as its script says"
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
    (claim,) = await world.store.claim(NOON, LEASE, 1, world.engine.home)
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
    (claim,) = await world.store.claim(NOON, LEASE, 1, world.engine.home)
    await world.engine.start(claim.execution, cron)
    world.restart()
    world.now = NOON + HOUR
    await world.launcher.tick(world.now)
    await world.launcher.drain()
    (row,) = await world.rows()
    assert row.status is Status.SUCCESS


async def test_a_start_in_flight_keeps_its_lease(world: World) -> None:
    """A start that takes long, as with a large image, is not taken over."""
    gate = asyncio.Event()
    engine = SlowEngine(gate, clock=world.clock)
    launcher = Launcher(world.store, engine, world.clock)
    await world.add()
    await world.scheduler.tick(NOON)
    await launcher.tick(NOON)
    for seconds in (11, 22, 33, 44):
        await launcher.tick(NOON + seconds * SECOND)
    (row,) = await world.rows()
    assert row.lease_until == NOON + 44 * SECOND + LEASE
    gate.set()
    await launcher.drain()


async def test_a_refused_start_is_an_error_with_the_engines_reason(world: World) -> None:
    """ERROR is not FAILED: the job never ran."""
    world.script = lambda _: Script(refuse="command not found: prel")
    await world.add()
    await world.pass_time()
    (row,) = await world.rows()
    assert (row.status, row.reason) == (Status.ERROR, "command not found: prel")


async def test_a_claim_that_was_interrupted_is_taken_up_at_the_next_start(world: World) -> None:
    """A minutely cron is worth starting for half a minute: no lease is waited for."""
    await world.add()
    await world.scheduler.tick(NOON)
    await world.store.claim(NOON, LEASE, 1, world.engine.home)  # and the server dies here
    world.restart()
    await world.pass_time(2 * SECOND)
    (row,) = await world.rows()
    assert (row.status, row.attempt) == (Status.RUNNING, 2)


async def test_a_claim_that_was_never_begun_is_missed_when_it_is_too_late(world: World) -> None:
    """ERROR is what an engine says; here none was asked."""
    await world.add()
    await world.scheduler.tick(NOON)
    await world.store.claim(NOON, LEASE, 1, world.engine.home)
    world.restart()
    await world.pass_time(HOUR)
    assert (await world.rows())[0].status is Status.MISSED


async def test_a_start_that_is_put_off_survives_a_clock_that_is_set_back(world: World) -> None:
    """A lease further ahead than any that is given holds nobody up."""
    world.script = lambda _: Script(unavailable=1, run_for=MINUTE)
    await world.add()
    await world.pass_time()
    await world.pass_time(-DAY)
    (row,) = await world.rows()
    assert (row.status, row.attempt) == (Status.RUNNING, 2)


async def test_a_start_in_flight_is_not_begun_again_when_its_lease_was_lost(world: World) -> None:
    """One task for each start, whatever the store says."""
    await world.add()
    await world.scheduler.tick(NOON)
    await world.launcher.tick(NOON)
    (row,) = await world.rows()
    await world.store.renew(row.id, NOON - SECOND)
    await world.launcher.tick(NOON + SECOND)
    await world.launcher.drain()
    assert world.engine.starts[row.id] == 1
    assert (await world.rows())[0].status is Status.RUNNING


async def test_a_start_that_waits_for_its_image_takes_nobodys_place(world: World) -> None:
    """One slow registry does not delay the crons of others."""
    gate = asyncio.Event()
    engine = SlowEngine(gate, clock=world.clock)
    engine.starts_at_once = 1
    launcher = Launcher(world.store, engine, world.clock)
    await world.add(name="slow")
    await world.add(name="quick")
    await world.scheduler.tick(NOON)
    await launcher.tick(NOON)
    statuses = [(await world.rows(name))[0].status for name in ("slow", "quick")]
    assert sorted(statuses) == [Status.PENDING, Status.STARTING]
    engine.starts_waiting = 1
    await launcher.tick(NOON)
    statuses = [(await world.rows(name))[0].status for name in ("slow", "quick")]
    assert statuses == [Status.STARTING, Status.STARTING]
    gate.set()
    await launcher.drain()


async def test_what_is_made_while_there_is_room_is_started_at_once(world: World) -> None:
    """Its row is never PENDING, and no claim is needed."""
    await world.add()
    scheduler = Scheduler(world.store, world.launcher)
    await scheduler.tick(NOON)
    (row,) = await world.rows()
    assert (row.status, row.holder) == (Status.STARTING, world.engine.home)
    await world.launcher.drain()
    (row,) = await world.rows()
    assert row.status is Status.RUNNING


async def test_what_is_made_while_there_is_no_room_waits(world: World) -> None:
    """Not more starts are in flight than serve the engine, whoever asks."""
    engine = SlowEngine(asyncio.Event(), clock=world.clock)
    engine.starts_at_once = 1
    launcher = Launcher(world.store, engine, world.clock)
    scheduler = Scheduler(world.store, launcher)
    await world.add()
    await scheduler.tick(NOON)
    await world.add(name="other")
    await scheduler.tick(NOON)
    (first,), (second,) = await world.rows(), await world.rows("other")
    assert (first.status, second.status) == (Status.STARTING, Status.PENDING)


async def test_leases_of_a_home_that_others_share_are_left_to_them(world: World) -> None:
    """Another server may be about to start it."""
    world.engine.is_shared = True
    await world.add()
    await world.scheduler.tick(NOON)
    await world.store.claim(NOON, LEASE, 1, world.engine.home)
    world.restart()
    await world.launcher.tick(NOON + SECOND)
    assert not world.engine.starts
    await world.launcher.tick(NOON + LEASE)
    await world.launcher.drain()
    assert len(world.engine.starts) == 1


async def test_what_comes_after_it_was_given_up_is_ended(world: World) -> None:
    """Its server stood still with the start in its hands, and lost its lease."""
    world.script = lambda _: Script(run_for=HOUR)
    await world.add()
    gate = asyncio.Event()
    engine = SlowEngine(gate, world.clock)
    slow = Launcher(world.store, engine, world.clock)
    await world.scheduler.tick(NOON)
    await slow.tick(NOON)
    await asyncio.sleep(0)  # the engine is asked
    await world.pass_time(6 * MINUTE)
    (row,) = await world.rows()
    assert row.status is Status.MISSED
    gate.set()
    await slow.drain()
    (seen,) = await engine.inspect([row])
    assert (engine.starts[row.id], seen.kind) == (1, Kind.EXITED)
    assert (await world.rows())[0] == row
