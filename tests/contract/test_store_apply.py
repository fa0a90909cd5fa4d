"""Every store: a status moves by compare-and-set, together with its change."""

from dataclasses import replace

import pytest

from tests.samples import HOUR, MINUTE, NOON, SECOND
from tests.stores.rows import add, announce, commit, end, final, moved, row, start, stored
from wlcron.core.execution import Change, Status
from wlcron.errors import StoreError
from wlcron.store import Store

FINAL = [status for status in Status if status.is_final]


async def test_a_change_moves_the_row(store: Store) -> None:
    """Status, reason, instants and exit code are those of the change; the lease is over."""
    starting = await start(store, row(await add(store)))
    facts = {"started_at": NOON + SECOND, "deadline": NOON + HOUR, "reason": "running"}
    change = moved(starting, Status.RUNNING, **facts)
    assert await store.apply(change)
    assert await stored(store, starting) == change.execution
    ended = moved(change.execution, Status.FAILED, exit_code=137, reason="exited with code 137")
    assert await store.apply(ended)
    assert await stored(store, starting) == ended.execution


async def test_a_change_is_saved_with_the_row(store: Store) -> None:
    """Who announces it hears from where to where, and when."""
    starting = await start(store, row(await add(store)))
    await announce(store)
    change = moved(starting, Status.RUNNING, started_at=NOON)
    await store.apply(change)
    assert await store.unannounced(10) == [change]


async def test_a_status_that_moved_on_is_not_moved(store: Store) -> None:
    """Of two that saw the same status the second leaves neither a status nor a change."""
    starting = await start(store, row(await add(store)))
    first, second = moved(starting, Status.SUCCESS, exit_code=0), moved(starting, Status.LOST)
    assert await store.apply(first)
    await announce(store)
    assert not await store.apply(second)
    assert await stored(store, starting) == first.execution
    assert await store.unannounced(10) == []


@pytest.mark.parametrize("status", FINAL)
async def test_a_final_status_is_kept_with_its_end(store: Store, status: Status) -> None:
    """Every status that an execution can end in is known."""
    starting = await start(store, row(await add(store)))
    change = moved(starting, status, reason="over", exit_code=3)
    assert await store.apply(change)
    assert await stored(store, starting) == change.execution
    assert await store.active() == []


@pytest.mark.parametrize("reason", ["", "ü 漢 🙂", "\0", "\ud800", "'; --", "x" * 100_000])
async def test_no_reason_keeps_a_change_from_being_saved(store: Store, reason: str) -> None:
    """Whatever an engine has said."""
    starting = await start(store, row(await add(store)))
    await store.renew(starting.id, NOON + HOUR, reason)
    await store.ask_stop(starting.id, NOON, reason)
    assert await store.apply(moved(starting, Status.ERROR, reason=reason))
    assert (await stored(store, starting)).status is Status.ERROR
    assert (await announce(store))[-1].execution.status is Status.ERROR


async def test_a_change_of_nothing_known_is_refused(store: Store) -> None:
    """A change of an execution that is not there, or that makes one."""
    cron = await add(store)
    assert not await store.apply(moved(row(cron), Status.RUNNING))
    (pending,) = await commit(store, row(cron))
    assert not await store.apply(Change(pending, None, NOON))


async def test_a_status_that_was_left_is_not_announced_twice(store: Store) -> None:
    """A change whose like was saved before is refused, and its status with it."""
    starting = await start(store, row(await add(store)))
    running = moved(starting, Status.RUNNING)
    assert await store.apply(running)
    back = Change(starting, Status.RUNNING, NOON + HOUR)
    with pytest.raises(StoreError):
        await store.apply(back)
    assert await stored(store, starting) == running.execution


async def test_a_second_active_execution_is_refused(store: Store) -> None:
    """Not even a change of status brings an execution back beside another one."""
    cron = await add(store)
    over = await end(store, await start(store, row(cron)))
    (second,) = await commit(store, row(cron, NOON + HOUR))
    with pytest.raises(StoreError):
        await store.apply(moved(over, Status.RUNNING))
    assert await store.active() == [second]
    assert await stored(store, over) == over


async def test_a_refused_change_does_not_spoil_others(store: Store) -> None:
    """The store goes on as if it had not been asked."""
    starting = await start(store, row(await add(store)))
    running = moved(starting, Status.RUNNING)
    await store.apply(running)
    with pytest.raises(StoreError):
        await store.apply(Change(starting, Status.RUNNING, NOON))
    assert await store.apply(moved(running.execution, Status.SUCCESS, exit_code=0))


async def test_a_stop_can_be_asked_of_what_is_active(store: Store) -> None:
    """The request is noted with its time and reason; the status stays as it is."""
    (pending,) = await commit(store, row(await add(store)))
    assert await store.ask_stop(pending.id, NOON + MINUTE, "enough")
    asked = replace(pending, stop_asked_at=NOON + MINUTE, stop_reason="enough")
    assert await stored(store, pending) == asked


async def test_the_first_request_to_stop_stands(store: Store) -> None:
    """Ends are judged by when the stop was asked for first."""
    starting = await start(store, row(await add(store)))
    assert await store.ask_stop(starting.id, NOON + MINUTE, "first")
    assert await store.ask_stop(starting.id, NOON + HOUR, "second")
    asked = replace(starting, stop_asked_at=NOON + MINUTE, stop_reason="first")
    assert await stored(store, starting) == asked


async def test_what_is_over_cannot_be_asked_to_stop(store: Store) -> None:
    """Nor what is unknown."""
    cron = await add(store)
    over = await end(store, await start(store, row(cron)))
    await commit(store, final(cron, NOON + HOUR))
    for known in (over.id, final(cron, NOON + HOUR).id, "unknown"):
        assert not await store.ask_stop(known, NOON + HOUR, "enough")
    assert await stored(store, over) == over


async def test_a_change_does_not_undo_a_stop(store: Store) -> None:
    """A request that came between reading and writing is kept."""
    starting = await start(store, row(await add(store)))
    running = moved(starting, Status.RUNNING)
    await store.ask_stop(starting.id, NOON + SECOND, "enough")
    assert await store.apply(running)
    asked = replace(running.execution, stop_asked_at=NOON + SECOND, stop_reason="enough")
    assert await stored(store, starting) == asked


async def test_a_change_does_not_undo_an_attempt(store: Store) -> None:
    """What a slow starter says does not take back that somebody else tried again."""
    first = await start(store, row(await add(store)))
    (second,) = await store.claim(NOON + HOUR, MINUTE, 1)
    assert await store.apply(moved(first, Status.RUNNING))
    assert (await stored(store, first)).attempt == second.execution.attempt == 2


async def test_what_the_engine_calls_it_is_kept(store: Store) -> None:
    """A task's ARN, by which alone its engine can be asked; and what it runs."""
    cron = await add(store)
    execution = await start(store, row(cron))
    names = {"handle": "arn:aws:ecs:task/1", "image": "sha256:1"}
    assert await store.apply(moved(execution, Status.RUNNING, **names))
    found = await stored(store, execution)
    assert (found.handle, found.image) == ("arn:aws:ecs:task/1", "sha256:1")
