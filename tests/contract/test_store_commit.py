"""Every store: what is due, and what becomes of plans."""

from dataclasses import replace

from tests.samples import DAY, HOUR, MINUTE, NOON, make_cron
from tests.stores.rows import add, announce, commit, end, final, known, row, start
from wlcron.core.cron import Pause
from wlcron.core.execution import Change, Overrides, Status, claimed
from wlcron.core.planning import Plan, plan_manual, skip_for
from wlcron.store import Store, Taker


async def test_the_longest_due_comes_first(store: Store) -> None:
    """Crons due by now, and at this very instant, in the order of their slots."""
    for name, after in (("c", 2), ("a", 3), ("b", 1), ("d", 0)):
        await add(store, name, next_due=NOON + after * MINUTE)
    await add(store, "over", next_due=None)
    assert [cron.name for cron in await store.due(NOON + 2 * MINUTE, 10)] == ["d", "b", "c"]
    assert [cron.name for cron in await store.due(NOON + HOUR, 2)] == ["d", "b"]
    assert await store.due(NOON - MINUTE, 10) == []


async def test_the_earliest_next_due_is_known(store: Store) -> None:
    """None without crons, and without slots to come."""
    assert await store.next_due() is None
    await add(store, "over", next_due=None)
    assert await store.next_due() is None
    await add(store, "b", next_due=NOON + HOUR)
    await add(store, "a", next_due=NOON + MINUTE)
    assert await store.next_due() == NOON + MINUTE


async def test_a_plan_makes_rows_and_moves_next_due(store: Store) -> None:
    """The rows that were made are returned, and are there; the next slot is waited for."""
    cron = await add(store)
    rows = (final(cron, NOON - HOUR), row(cron))
    assert await store.commit([Plan(cron, rows, NOON + HOUR)]) == list(rows)
    assert await known(store) == replace(cron, next_due=NOON + HOUR, revision=2)
    assert await store.executions([cron.id], 10) == [rows[1], rows[0]]


async def test_a_taker_has_what_is_made_at_once(store: Store) -> None:
    """As if it had been claimed, in one transaction; what is over is nobody's."""
    cron = await add(store)
    rows = (final(cron, NOON - HOUR), row(cron))
    taken = claimed(rows[1], NOON, MINUTE, "docker:a")
    made = await store.commit([Plan(cron, rows, NOON + HOUR)], Taker("docker:a", NOON + MINUTE))
    assert made == [rows[0], taken]
    assert await store.executions([cron.id], 10) == [taken, rows[0]]
    assert await store.claim(NOON, MINUTE, 10, "docker:a") == []
    assert await announce(store) == [Change(each, None, each.created_at) for each in made]


async def test_a_taker_has_nothing_of_a_cron_that_runs(store: Store) -> None:
    """Promise 2: the second one is SKIPPED, whoever offers to start it."""
    cron = await add(store)
    await commit(store, row(cron))
    later = row(cron, NOON + HOUR)
    (made,) = await store.commit(
        [Plan(await known(store), (later,), NOON + 2 * HOUR)], Taker("a", NOON + 2 * HOUR)
    )
    assert made.status is Status.SKIPPED


async def test_a_row_comes_with_its_change(store: Store) -> None:
    """Also the one that is SKIPPED or MISSED at once."""
    cron = await add(store)
    made = await commit(store, final(cron, NOON - HOUR), row(cron))
    assert await announce(store) == [Change(row, None, row.created_at) for row in made]


async def test_a_plan_for_an_older_revision_is_left_out(store: Store) -> None:
    """Who planned with what has changed since leaves neither rows nor a next_due."""
    read = await add(store)
    await store.put_cron(replace(read, pause=Pause(NOON)))
    assert await store.commit([Plan(read, (row(read),), NOON + HOUR)]) == []
    assert (await known(store)).next_due == NOON
    assert await store.executions([read.id], 10) == []
    assert await store.unannounced(10) == []


async def test_one_stale_plan_does_not_hold_up_the_others(store: Store) -> None:
    """Each plan of a batch is judged by itself."""
    stale, fresh = await add(store, "stale"), await add(store, "fresh")
    await store.put_cron(replace(stale, next_due=NOON + DAY))
    plans = [Plan(cron, (row(cron),), NOON + HOUR) for cron in (stale, fresh)]
    made = await store.commit([*plans, Plan(make_cron("unknown"), (), NOON)])
    assert [execution.cron_name for execution in made] == ["fresh"]
    assert (await known(store, "stale")).next_due == NOON + DAY
    assert (await known(store, "fresh")).next_due == NOON + HOUR


async def test_a_reading_serves_for_one_plan(store: Store) -> None:
    """The second plan of the same reading in one batch comes too late."""
    cron = await add(store)
    plans = [Plan(cron, (row(cron, NOON + n * HOUR),), NOON + n * DAY) for n in (1, 2)]
    made = await store.commit(plans)
    assert [execution.slot for execution in made] == [NOON + HOUR]
    assert (await known(store)).next_due == NOON + DAY


async def test_a_slot_is_planned_once(store: Store) -> None:
    """The same slot again changes nothing, under whatever id."""
    cron = await add(store)
    (first,) = await commit(store, row(cron))
    other = row(cron, id=row(cron, NOON + DAY).id, reason="another")
    assert await commit(store, row(cron, reason="once more")) == []
    assert await commit(store, other) == []
    assert await store.executions([cron.id], 10) == [first]


async def test_an_id_is_used_once(store: Store) -> None:
    """The same key of `wl cron run` finds the same execution, whenever it comes."""
    cron = await add(store)
    (first,) = await store.commit([plan_manual(cron, NOON, "key")])
    again = plan_manual(await known(store), NOON + MINUTE, "key")
    assert await store.commit([again]) == []
    assert await store.executions([cron.id], 10) == [first]


async def test_what_exists_does_not_hold_up_what_does_not(store: Store) -> None:
    """A plan of which a part is there already is completed."""
    cron = await add(store)
    (first,) = await commit(store, final(cron))
    second = row(cron, NOON + HOUR)
    assert await commit(store, row(cron), second) == [second]
    assert await store.executions([cron.id], 10) == [second, first]
    assert len(await announce(store)) == 2


async def test_a_slot_that_finds_another_active_is_skipped(store: Store) -> None:
    """At most one execution of a cron is active; the row says which one was in the way."""
    cron = await add(store)
    (first,) = await commit(store, row(cron))
    second = row(cron, NOON + HOUR)
    assert await commit(store, second) == [skip_for(second, first)]
    assert await store.execution(second.id) == skip_for(second, first)


async def test_of_two_slots_in_one_plan_the_second_is_skipped(store: Store) -> None:
    """Rows of the same plan are in each other's way as well."""
    cron = await add(store)
    first, second = row(cron), row(cron, NOON + HOUR)
    assert await commit(store, first, second) == [first, skip_for(second, first)]
    assert await store.active() == [first]


async def test_a_slot_that_exists_is_in_nobodys_way(store: Store) -> None:
    """A row that is not made because it is there, and over, does not have others SKIPPED."""
    cron = await add(store)
    await commit(store, final(cron))
    second = row(cron, NOON + HOUR)
    assert await commit(store, row(cron), second) == [second]


async def test_an_execution_that_is_over_is_in_nobodys_way(store: Store) -> None:
    """The next slot is PENDING again."""
    cron = await add(store)
    await end(store, await start(store, row(cron)))
    (second,) = await commit(store, row(cron, NOON + HOUR))
    assert second.status is Status.PENDING


async def test_crons_are_not_in_each_others_way(store: Store) -> None:
    """Each cron may have an active execution."""
    crons = [await add(store, name) for name in ("a", "b", "c")]
    made = await store.commit([Plan(cron, (row(cron),), None) for cron in crons])
    assert [execution.status for execution in made] == [Status.PENDING] * 3


async def test_overrides_come_back_as_they_were_saved(store: Store) -> None:
    """What `wl cron run` changes is kept with the execution."""
    cron = await add(store)
    overrides = Overrides(arguments=("a", "ü"), env={"KEY": "value"})
    planned = plan_manual(cron, NOON, "key", overrides)
    assert await store.commit([planned]) == list(planned.executions)
    assert await store.execution(planned.executions[0].id) == planned.executions[0]


async def test_many_slots_are_committed_at_once(store: Store) -> None:
    """A cron that has missed 1,200 slots, beside others, in one commit."""
    busy, calm = await add(store, "busy"), await add(store, "calm")
    missed = tuple(final(busy, NOON - n * MINUTE) for n in range(1200, 0, -1))
    plans = [Plan(busy, missed, NOON), Plan(calm, (row(calm),), NOON + DAY)]
    assert len(await store.commit(plans)) == 1201
    assert len(await store.executions([busy.id], 5000)) == 1200


async def test_nothing_to_commit_is_no_error(store: Store) -> None:
    """No plans, and plans without rows."""
    cron = await add(store)
    assert await store.commit([]) == []
    assert await store.commit([Plan(cron, (), None)]) == []
    assert (await known(store)).next_due is None


async def test_manual_slots_do_not_compete_for_the_schedule(store: Store) -> None:
    """A plan that leaves next_due alone fits a cron that was moved meanwhile."""
    cron = await add(store)
    await store.commit([Plan(cron, (), NOON + HOUR)])
    (first,) = await store.commit([plan_manual(cron, NOON, "a")])
    (second,) = await store.commit([plan_manual(cron, NOON + MINUTE, "b")])
    assert (first.status, second.status) == (Status.PENDING, Status.SKIPPED)
    assert (await known(store)).next_due == NOON + HOUR
