"""Slots that are due become rows."""

from dataclasses import replace

from tests.samples import DAY, HOUR, MINUTE, NOON, SECOND
from tests.services.conftest import World
from wlcron.core.cron import Pause
from wlcron.core.execution import Status
from wlcron.services.scheduler import IDLE, LOOK_AHEAD, Scheduler


async def test_a_due_slot_becomes_one_row_however_often_it_is_looked_at(world: World) -> None:
    """Promise 1: one row for each slot."""
    await world.add()
    for _ in range(3):
        await world.scheduler.tick(NOON)
    assert [row.slot for row in await world.rows()] == [NOON]


async def test_two_schedulers_make_one_row(world: World) -> None:
    """Promise 8: nothing needs a leader."""
    cron = await world.add()
    other = Scheduler(world.store)
    await world.scheduler.tick(NOON)
    await other.tick(NOON)
    assert len(await world.store.executions([cron.id], 10)) == 1


async def test_the_scheduler_asks_to_be_called_for_the_next_slot(world: World) -> None:
    """First a moment ahead of it, then exactly at it; nothing is on record before it."""
    await world.add()
    await world.scheduler.tick(NOON)
    ahead = await world.scheduler.tick(NOON + 9 * MINUTE)
    assert ahead == NOON + 10 * MINUTE - LOOK_AHEAD
    assert await world.scheduler.tick(ahead) == NOON + 10 * MINUTE
    assert await world.scheduler.tick(ahead + SECOND) == NOON + 10 * MINUTE
    assert [row.slot for row in await world.rows()] == [NOON]
    await world.scheduler.tick(NOON + 10 * MINUTE)
    assert [row.slot for row in await world.rows()] == [NOON, NOON + 10 * MINUTE]


async def test_what_another_server_took_is_found_within_a_minute(world: World) -> None:
    """However far the next slot was away: that server may be gone when it is due."""
    await world.add()
    assert await world.scheduler.tick(NOON) == NOON + IDLE


async def test_what_was_paused_after_the_look_ahead_is_skipped(world: World) -> None:
    """A plan is about the cron as it was read; another reading comes after every change."""
    cron = await world.add()
    await world.add(name="untouched")
    await world.scheduler.tick(NOON - SECOND)
    await world.store.put_cron(replace(cron, pause=Pause(NOON - SECOND, None, "upgrade")))
    await world.scheduler.tick(NOON)
    (skipped,), (started,) = await world.rows(), await world.rows("untouched")
    assert (skipped.status, skipped.reason) == (Status.SKIPPED, "the cron was paused: upgrade")
    assert started.status is Status.PENDING


async def test_what_came_or_went_after_the_look_ahead_counts(world: World) -> None:
    """A new cron that is due has its row, a deleted one has none."""
    gone = await world.add(name="gone")
    await world.scheduler.tick(NOON - SECOND)
    await world.store.delete_cron(gone)
    await world.add(name="new")
    await world.scheduler.tick(NOON)
    assert len(await world.rows("new")) == 1
    assert await world.store.executions([gone.id], 10) == []


async def test_a_plan_made_ahead_is_no_good_after_a_long_sleep(world: World) -> None:
    """A laptop that was closed: the slots are judged by the time at which it was opened."""
    await world.add(start_within=MINUTE)
    await world.scheduler.tick(NOON - SECOND)
    await world.scheduler.tick(NOON + 5 * MINUTE)
    (missed,) = await world.rows()
    assert missed.status is Status.MISSED


async def test_more_crons_than_are_planned_ahead_or_at_once_all_have_their_rows(
    world: World,
) -> None:
    """Those beyond are planned when they are due."""
    crons = [await world.add(name=f"cron-{number}") for number in range(10)]
    scheduler = Scheduler(world.store, at_once=3, at_most_ahead=5)
    await scheduler.tick(NOON - SECOND)
    await scheduler.tick(NOON)
    assert len(await world.store.executions([cron.id for cron in crons], 1)) == 10


async def test_without_crons_it_looks_again_after_a_while(world: World) -> None:
    """An empty store is no reason to spin."""
    assert await world.scheduler.tick(NOON) > NOON


async def test_a_slot_that_comes_due_while_one_runs_is_skipped_and_says_so(world: World) -> None:
    """Promise 2: a cron never overlaps itself."""
    await world.add(timeout=HOUR)
    await world.scheduler.tick(NOON)
    await world.scheduler.tick(NOON + 10 * MINUTE)
    first, second = await world.rows()
    assert (first.status, second.status) == (Status.PENDING, Status.SKIPPED)
    assert first.id[:8] in second.reason


async def test_a_hundred_thousand_missed_slots_are_all_accounted_for(world: World) -> None:
    """No count of missed slots stops a cron."""
    cron = await world.add(schedule="* * * * *")
    now = NOON + 100_000 * MINUTE
    while await world.scheduler.tick(now) == now:
        pass
    rows = await world.store.executions([cron.id], 200_000)
    statuses = [row.status for row in rows]
    assert len(rows) == 100_001
    assert statuses[0] is Status.PENDING
    assert set(statuses[1:]) == {Status.MISSED}


async def test_slots_that_come_due_while_others_catch_up_do_not_wait(world: World) -> None:
    """The time is looked at again before the next part of a long backlog."""
    await world.add(schedule="* * * * *")
    now = NOON + 100_000 * MINUTE
    await world.add(name="punctual", schedule="* * * * *", next_due=now + MINUTE)
    assert await world.scheduler.tick(now) == now
    assert await world.scheduler.tick(now + MINUTE) == now + MINUTE
    (punctual,) = await world.rows("punctual")
    assert (punctual.slot, punctual.status) == (now + MINUTE, Status.PENDING)


async def test_a_cron_that_cannot_be_planned_does_not_hold_up_the_others(world: World) -> None:
    """A time zone that left the machine is one cron's trouble."""
    broken = await world.add(name="broken")
    definition = replace(broken.definition, timezone="Mars/Olympus")
    await world.store.put_cron(replace(broken, definition=definition, version=2))
    await world.add(name="sound")
    await world.scheduler.tick(NOON)
    assert await world.rows("broken") == []
    assert len(await world.rows("sound")) == 1
    assert (await world.cron("broken")).next_due is None


async def test_a_clock_that_went_back_runs_no_slot_twice(world: World) -> None:
    """A slot is an instant: it has its outcome, whatever the clock says later."""
    await world.add()
    await world.scheduler.tick(NOON)
    assert await world.scheduler.tick(NOON - DAY) == NOON - DAY + IDLE
    await world.scheduler.tick(NOON)
    assert len(await world.rows()) == 1


async def test_a_clock_that_jumps_ahead_starts_the_newest_slot_only(world: World) -> None:
    """The slots of a lost day are MISSED, each with its row."""
    await world.add()
    await world.scheduler.tick(NOON + DAY + SECOND)
    statuses = [row.status for row in await world.rows()]
    assert len(statuses) == 145
    assert statuses.count(Status.PENDING) == 1
    assert statuses[-1] is Status.PENDING


async def test_what_others_may_still_speak_of_is_left_to_them_for_a_while(world: World) -> None:
    """With a trigger outside, a slot is planned from here only when nobody said that it is due."""
    await world.add()
    scheduler = Scheduler(world.store, lag=2 * MINUTE)
    assert await scheduler.tick(NOON + MINUTE) == NOON + 2 * MINUTE - LOOK_AHEAD
    assert await scheduler.tick(NOON + 2 * MINUTE - SECOND) == NOON + 2 * MINUTE
    assert await world.rows() == []
    assert await scheduler.tick(NOON + 2 * MINUTE) == NOON + 3 * MINUTE
    assert [row.slot for row in await world.rows()] == [NOON]
