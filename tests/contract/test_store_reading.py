"""Every store: executions are found by id, prefix, cron and state."""

import pytest

from tests.samples import DAY, HOUR, MINUTE, NOON
from tests.stores.rows import add, commit, end, final, row, start
from wlcron.core.execution import Execution
from wlcron.store import Store


async def history(store: Store, name: str, count: int) -> list[Execution]:
    """Commit so many slots of a new cron, an hour apart; return them, newest first."""
    cron = await add(store, name)
    made = await commit(store, *(final(cron, NOON + n * HOUR) for n in range(count)))
    return made[::-1]


async def test_an_unknown_id_is_no_execution(store: Store) -> None:
    """None, not an error, whatever was asked for."""
    for text in ("unknown", "", "ü", "\0", "\ud800"):
        assert await store.execution(text) is None


async def test_a_unique_prefix_finds_its_execution(store: Store) -> None:
    """As does the whole id."""
    (execution,) = await history(store, "a", 1)
    for length in (1, 8, 9, 36):
        assert await store.find(execution.id[:length]) == [execution]


async def test_an_ambiguous_prefix_finds_more_than_one(store: Store) -> None:
    """By id, and no more than were asked for."""
    made = sorted(await history(store, "a", 40), key=lambda execution: execution.id)
    assert await store.find("") == made[:2]
    assert await store.find("", limit=100) == made
    first = made[0].id[0]
    alike = [execution for execution in made if execution.id.startswith(first)]
    assert await store.find(first, limit=100) == alike


@pytest.mark.parametrize("prefix", ["%", "_", "A", "g", "ü", "\0", "\ud800", "' OR 1=1 --"])
async def test_what_is_no_prefix_finds_nothing(store: Store, prefix: str) -> None:
    """Whatever a user may type."""
    await history(store, "a", 5)
    assert await store.find(prefix) == []


async def test_history_comes_newest_first(store: Store) -> None:
    """No more than were asked for."""
    made = await history(store, "a", 5)
    (cron_id,) = {execution.cron_id for execution in made}
    assert await store.executions([cron_id], 3) == made[:3]
    assert await store.executions([cron_id], 10) == made


async def test_history_is_paged_by_slot(store: Store) -> None:
    """The next page begins before the last slot of this one."""
    made = await history(store, "a", 5)
    (cron_id,) = {execution.cron_id for execution in made}
    assert await store.executions([cron_id], 2, before=made[1].slot) == made[2:4]
    assert await store.executions([cron_id], 2, before=made[-1].slot) == []


async def test_each_cron_has_its_own_share_of_history(store: Store) -> None:
    """The limit is each cron's; unknown crons have none, and naming one twice adds none."""
    a, b = await history(store, "a", 3), await history(store, "b", 3)
    cron_ids = [a[0].cron_id, b[0].cron_id, "unknown", a[0].cron_id]
    assert await store.executions(cron_ids, 2) == [a[0], b[0], a[1], b[1]]
    assert await store.executions([], 2) == []


async def test_active_executions_come_oldest_first(store: Store) -> None:
    """Those that wait, are being started, or run; not those that are over."""
    crons = [await add(store, name) for name in ("a", "b", "c")]
    await end(store, await start(store, row(crons[1])))
    late = await start(store, row(crons[0], NOON + HOUR))
    (early,) = await commit(store, row(crons[2], NOON + MINUTE))
    assert await store.active() == [early, late]


async def test_active_executions_are_narrowed_to_crons(store: Store) -> None:
    """Only those of the crons that were named."""
    crons = [await add(store, name) for name in ("a", "b")]
    made = [(await commit(store, row(cron)))[0] for cron in crons]
    assert await store.active(cron_ids=[crons[1].id, "unknown"]) == [made[1]]
    assert await store.active(cron_ids=[]) == []


async def test_active_executions_are_narrowed_to_those_asked_to_stop(store: Store) -> None:
    """As long as they are not over."""
    crons = [await add(store, name) for name in ("a", "b", "c")]
    made = [await start(store, row(cron)) for cron in crons]
    for execution in made[:2]:
        await store.ask_stop(execution.id, NOON, "enough")
    await end(store, made[0])
    assert [execution.id for execution in await store.active(asked_to_stop=True)] == [made[1].id]
    assert await store.active(cron_ids=[crons[2].id], asked_to_stop=True) == []


async def test_history_begins_before_any_instant(store: Store) -> None:
    """Long before the first slot there is nothing."""
    made = await history(store, "a", 1)
    assert await store.executions([made[0].cron_id], 10, before=NOON - 10_000 * DAY) == []
