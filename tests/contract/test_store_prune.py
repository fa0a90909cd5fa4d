"""Every store: retention forgets what is over and told, and nothing else."""

from tests.samples import DAY, HOUR, MINUTE, NOON, make_cron
from tests.stores import rows
from tests.stores.rows import add, announce, commit, end, final, known, row, start
from wlcron.core.execution import Execution
from wlcron.store import Retention, Store

ALL = 10_000
NOTHING_IS_OLD = NOON - 1000 * DAY
EVERYTHING_IS_OLD = NOON + 1000 * DAY


async def history(store: Store, name: str, count: int) -> list[Execution]:
    """Commit so many slots of a new cron, an hour apart, announced; return them, oldest first."""
    cron = await add(store, name)
    made = await commit(store, *(final(cron, NOON + n * HOUR) for n in range(count)))
    await announce(store)
    return made


def ids(executions: list[Execution]) -> set[str]:
    """Return the ids of executions."""
    return {execution.id for execution in executions}


async def prune(store: Store, retention: Retention, limit: int = ALL) -> set[str]:
    """Prune, and see that nothing is named twice."""
    forgotten = await rows.prune(store, retention, limit)
    assert len(set(forgotten)) == len(forgotten) <= limit
    return set(forgotten)


async def test_what_is_older_is_forgotten(store: Store) -> None:
    """By slot: those before the instant, not the one at it."""
    made = await history(store, "a", 5)
    retention = Retention(before=made[3].slot, keep=ALL)
    assert await prune(store, retention) == ids(made[:3])
    assert await store.executions([made[0].cron_id], ALL) == made[:2:-1]
    assert await store.execution(made[0].id) is None
    assert await prune(store, retention) == set()


async def test_what_is_beyond_the_newest_is_forgotten(store: Store) -> None:
    """Each cron keeps its own newest."""
    many, few = await history(store, "many", 5), await history(store, "few", 2)
    retention = Retention(before=NOTHING_IS_OLD, keep=3)
    assert await prune(store, retention) == ids(many[:2])
    assert await store.executions([few[0].cron_id], ALL) == few[::-1]
    assert await prune(store, retention) == set()


async def test_the_newest_are_those_of_the_newest_slots(store: Store) -> None:
    """In whatever order they were committed."""
    cron = await add(store)
    for hours in (3, 1, 2):
        await commit(store, final(cron, NOON + hours * HOUR))
    await announce(store)
    forgotten = await prune(store, Retention(before=NOTHING_IS_OLD, keep=1))
    assert forgotten == {final(cron, NOON + hours * HOUR).id for hours in (1, 2)}


async def test_history_grows_and_is_pruned_again(store: Store) -> None:
    """What was pruned before is not counted any more."""
    cron = await add(store)
    retention = Retention(before=NOTHING_IS_OLD, keep=2)
    for day in range(4):
        slots = [NOON + day * DAY + n * HOUR for n in range(3)]
        made = await commit(store, *(final(cron, slot) for slot in slots))
        await announce(store)
        await prune(store, retention)
        assert await store.executions([cron.id], ALL) == made[:0:-1]


async def test_what_is_not_over_is_kept(store: Store) -> None:
    """However old, and beyond however many."""
    cron = await add(store)
    await start(store, row(cron))
    await commit(store, *(final(cron, NOON + n * HOUR) for n in (1, 2)))
    await announce(store)
    assert len(await prune(store, Retention(before=EVERYTHING_IS_OLD, keep=0))) == 2
    assert ids(await store.executions([cron.id], ALL)) == {row(cron).id}


async def test_what_was_not_announced_is_kept(store: Store) -> None:
    """Forgotten before it was told, it would never be told."""
    cron = await add(store)
    over = await end(store, await start(store, row(cron)))
    changes = await store.unannounced(ALL)
    await store.announced(changes[:-1])
    retention = Retention(before=EVERYTHING_IS_OLD, keep=0)
    assert await prune(store, retention) == set()
    await store.announced(changes[-1:])
    assert await prune(store, retention) == {over.id}


async def test_pruning_goes_by_small_steps(store: Store) -> None:
    """No more than the limit at once; fewer than the limit means that nothing is left."""
    made = await history(store, "a", 5) + await history(store, "b", 5)
    retention = Retention(before=NOON + 2 * HOUR, keep=2)
    steps = [await prune(store, retention, 4) for _ in range(3)]
    assert [len(step) for step in steps] == [4, 2, 0]
    assert set.union(*steps) == ids(made[:3] + made[5:8])


async def test_a_deleted_crons_history_is_forgotten(store: Store) -> None:
    """However young; other crons keep theirs."""
    gone, kept = await history(store, "gone", 3), await history(store, "kept", 3)
    await store.delete_cron(await known(store, "gone"))
    assert await prune(store, Retention(before=NOTHING_IS_OLD, keep=ALL)) == ids(gone)
    assert await store.executions([kept[0].cron_id], ALL) == kept[::-1]


async def test_a_deleted_crons_active_execution_is_forgotten_when_it_is_over(
    store: Store,
) -> None:
    """Until then it is needed to end it."""
    active = await start(store, row(await add(store)))
    await announce(store)
    await store.delete_cron(await known(store))
    retention = Retention(before=NOTHING_IS_OLD, keep=ALL)
    assert await prune(store, retention) == set()
    await end(store, active)
    await announce(store)
    assert await prune(store, retention) == {active.id}


async def test_a_deleted_cron_without_executions_leaves_nothing(store: Store) -> None:
    """Its very id is free again."""
    cron = await add(store)
    await store.delete_cron(cron)
    assert await prune(store, Retention(before=NOTHING_IS_OLD, keep=ALL)) == set()
    assert await store.put_cron(make_cron())


async def test_changes_are_forgotten_with_their_execution(store: Store) -> None:
    """An outbox with a change of nothing would be a poison."""
    await history(store, "a", 3)
    await prune(store, Retention(before=EVERYTHING_IS_OLD, keep=0))
    assert await store.unannounced(ALL) == []


async def test_a_definition_is_kept_for_as_long_as_an_execution_has_it(store: Store) -> None:
    """Pruning others leaves what a PENDING execution will be started with."""
    cron = await add(store)
    await commit(store, final(cron, NOON - HOUR), row(cron))
    await announce(store)
    await store.put_cron(make_cron(schedule="@daily", version=2, revision=2))
    await prune(store, Retention(before=NOON + MINUTE, keep=0))
    (claim,) = await store.claim(NOON, MINUTE, 1)
    assert claim.cron.definition == cron.definition


async def test_to_name_what_may_go_forgets_nothing(store: Store) -> None:
    """Logs are forgotten in between, and whoever dies there begins again."""
    made = await history(store, "a", 3)
    retention = Retention(before=EVERYTHING_IS_OLD, keep=0)
    assert set(await store.prunable(retention, ALL)) == ids(made)
    assert set(await store.prunable(retention, ALL)) == ids(made)


async def test_what_is_kept_is_not_forgotten_though_it_is_named(store: Store) -> None:
    """An execution that is not over, one that was not announced, one that is gone already."""
    gone = await history(store, "gone", 1)
    active = await start(store, row(await add(store, "active")))
    await announce(store)
    (silent,) = await commit(store, final(await add(store, "silent")))
    for _ in range(2):
        await store.prune([gone[0].id, active.id, silent.id])
    assert await store.execution(gone[0].id) is None
    assert await store.execution(active.id) == active
    assert await store.execution(silent.id) == silent


async def test_what_is_old_is_not_counted_as_surplus_again(store: Store) -> None:
    """The newest are kept, however many go for their age at the same time."""
    made = await history(store, "a", 5)
    assert await prune(store, Retention(before=NOON + 2 * HOUR, keep=3)) == ids(made[:2])
