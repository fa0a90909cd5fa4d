"""When each cron last succeeded."""

from tests.samples import HOUR, MINUTE, NOON, SECOND, make_cron, make_execution
from tests.services.conftest import World
from wlcron.core.cron import Cron, cron_id
from wlcron.core.execution import Change, Execution, Status
from wlcron.services.successes import EVERY, Successes

END = NOON + SECOND


def success(cron: Cron, **more: object) -> Change:
    """Return the change by which a cron's execution succeeded."""
    fields: dict[str, object] = {"status": Status.SUCCESS, "started_at": NOON, "ended_at": END}
    execution: Execution = make_execution(cron, **(fields | more))
    return Change(execution, Status.RUNNING, END)


async def read(known: Successes) -> None:
    """Let it read the store to the end."""
    known.latest()
    while await known.tick(NOON) < NOON + EVERY:
        pass


async def test_changes_tell_of_successes() -> None:
    """The latest of them, and of nothing but successes."""
    known = Successes(World().store)
    cron = make_cron()
    await known.signal(success(cron, ended_at=NOON + MINUTE))
    await known.signal(success(cron))  # told late
    await known.signal(success(make_cron("failing"), status=Status.FAILED))
    assert known.latest() == {"tidy": NOON + MINUTE}


async def test_nothing_is_read_until_somebody_asks(world: World) -> None:
    """Where nobody fetches metrics it costs nothing; the first question begins it."""
    asked: list[str] = []
    known = Successes(world.store, on_asked=lambda: asked.append("wake"))
    assert await known.tick(NOON) > NOON + HOUR
    for _ in range(2):
        known.latest()
    assert asked == ["wake"]
    assert await known.tick(NOON) == NOON + EVERY


async def test_what_was_before_the_start_is_read_from_the_store(world: World) -> None:
    """Also where others came after the last success."""
    await world.add(name="tidy", schedule="* * * * *")
    await world.add(name="never", schedule="* * * * *", next_due=NOON + HOUR)
    await world.pass_time()
    await world.pass_time(MINUTE)
    ended = (await world.rows("tidy"))[0].ended_at
    assert ended is not None
    known = Successes(world.store)
    await read(known)
    assert known.latest() == {"tidy": ended}
    assert len(await world.rows("tidy")) > 1


async def test_a_cron_that_is_gone_is_forgotten(world: World) -> None:
    """And one of the same name is another one."""
    gone, kept = await world.add(name="gone"), await world.add(name="kept")
    known = Successes(world.store)
    await known.signal(success(gone))
    await known.signal(success(kept))
    await read(known)
    assert set(known.latest()) == {"gone", "kept"}
    assert await world.store.delete_cron(gone)
    await read(known)
    assert set(known.latest()) == {"kept"}
    again = await world.add(name="kept-2")
    await known.signal(success(make_cron("kept-2", id=cron_id("kept-2", NOON - HOUR))))
    await read(known)
    assert again.name not in known.latest()


async def test_all_pages_are_read(world: World) -> None:
    """A few crons at a time."""
    for number in range(5):
        await world.add(name=f"cron-{number}")
    await world.pass_time()
    await world.pass_time(2 * MINUTE)
    known = Successes(world.store, page=2)
    await read(known)
    assert len(known.latest()) == 5
