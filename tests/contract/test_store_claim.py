"""Every store: executions are taken under a lease, and renewed."""

from dataclasses import replace

import pytest

from tests.samples import HOUR, MINUTE, NOON, SECOND
from tests.stores.rows import (
    LEASE,
    add,
    announce,
    commit,
    final,
    moved,
    row,
    start,
    stored,
)
from wlcron.core.execution import Change, Execution, Status, claimed
from wlcron.store import Store


async def waiting(store: Store, *minutes: int) -> list[Execution]:
    """Commit a PENDING execution each for crons of their own, at these minutes."""
    crons = [await add(store, f"cron-{minute}") for minute in minutes]
    return [
        (await commit(store, row(cron, NOON + minute * MINUTE)))[0]
        for cron, minute in zip(crons, minutes, strict=True)
    ]


async def test_the_oldest_slot_is_claimed_first(store: Store) -> None:
    """At most as many as were asked for, in the order of their slots."""
    two, one, three = await waiting(store, 2, 1, 3)
    claims = await store.claim(NOON + HOUR, LEASE, 2)
    assert [claim.execution.id for claim in claims] == [one.id, two.id]
    claims = await store.claim(NOON + HOUR, LEASE, 2)
    assert [claim.execution.id for claim in claims] == [three.id]


async def test_a_claimed_execution_is_starting(store: Store) -> None:
    """Its attempt is counted, its lease and its cron are told, its row says the same."""
    (pending,) = await waiting(store, 0)
    (claim,) = await store.claim(NOON + SECOND, LEASE, 10)
    assert claim.execution == claimed(pending, NOON + SECOND, LEASE)
    assert claim.execution == await stored(store, pending)
    assert claim.cron == await store.cron("cron-0")


async def test_a_claim_is_a_change(store: Store) -> None:
    """From PENDING to STARTING, as of when it was claimed."""
    await waiting(store, 0)
    await announce(store)
    (claim,) = await store.claim(NOON + SECOND, LEASE, 10)
    change = Change(claim.execution, Status.PENDING, NOON + SECOND)
    assert await store.unannounced(10) == [change]


async def test_a_lease_keeps_others_away(store: Store) -> None:
    """Until it runs out nobody else may start the execution."""
    await waiting(store, 0)
    assert len(await store.claim(NOON, LEASE, 10)) == 1
    assert await store.claim(NOON + LEASE - SECOND, LEASE, 10) == []


async def test_an_expired_lease_is_taken_over(store: Store) -> None:
    """The start is repeated with the same id and the next attempt; the status stays."""
    await waiting(store, 0)
    (first,) = await store.claim(NOON, LEASE, 10)
    await announce(store)
    (second,) = await store.claim(NOON + LEASE, LEASE, 10)
    assert second.execution == claimed(first.execution, NOON + LEASE, LEASE)
    assert second.execution.attempt == 2
    assert await stored(store, first.execution) == second.execution
    assert await store.unannounced(10) == []


async def test_what_was_asked_to_stop_is_not_started(store: Store) -> None:
    """Neither for the first time nor once more."""
    asked, begun = await waiting(store, 1, 0)
    await store.claim(NOON, LEASE, 1)
    for execution in (asked, begun):
        assert await store.ask_stop(execution.id, NOON, "enough")
    assert await store.claim(NOON + HOUR, LEASE, 10) == []


@pytest.mark.parametrize("status", [Status.RUNNING, Status.SUCCESS, Status.ERROR])
async def test_what_runs_or_is_over_is_not_started(store: Store, status: Status) -> None:
    """Only PENDING and STARTING executions are claimed."""
    execution = await start(store, row(await add(store)))
    assert await store.apply(moved(execution, status))
    assert await store.claim(NOON + HOUR, LEASE, 10) == []


async def test_missed_and_skipped_slots_are_not_started(store: Store) -> None:
    """They are over from the beginning."""
    cron = await add(store)
    skipped = final(cron, NOON + HOUR, status=Status.SKIPPED)
    await commit(store, final(cron), skipped)
    assert await store.claim(NOON + 2 * HOUR, LEASE, 10) == []


async def test_a_renewed_lease_lasts_longer(store: Store) -> None:
    """The row tells how far the start has come, if that is said."""
    starting = await start(store, row(await add(store)))
    until = NOON + 2 * LEASE
    await store.renew(starting.id, until, "pulling perl:5.40, 40 %")
    told = replace(starting, lease_until=until, reason="pulling perl:5.40, 40 %")
    assert await stored(store, starting) == told
    await store.renew(starting.id, until + LEASE)
    assert await stored(store, starting) == replace(told, lease_until=until + LEASE)
    assert await store.claim(until, LEASE, 10) == []


@pytest.mark.parametrize("status", [Status.RUNNING, Status.FAILED])
async def test_only_a_starting_execution_is_renewed(store: Store, status: Status) -> None:
    """Progress that is heard of late changes nothing."""
    starting = await start(store, row(await add(store)))
    await store.apply(moved(starting, status))
    before = await stored(store, starting)
    await store.renew(starting.id, NOON + HOUR, "pulling")
    assert await stored(store, starting) == before


async def test_a_pending_or_unknown_execution_is_not_renewed(store: Store) -> None:
    """Nobody holds it, so there is nothing to renew."""
    (pending,) = await waiting(store, 0)
    await store.renew(pending.id, NOON + HOUR, "pulling")
    await store.renew("unknown", NOON + HOUR, "pulling")
    assert await stored(store, pending) == pending


async def test_only_who_began_a_start_repeats_it(store: Store) -> None:
    """Another engine does not know what the first one has started."""
    await waiting(store, 0)
    (first,) = await store.claim(NOON, LEASE, 10, "docker:a")
    assert first.execution.holder == "docker:a"
    assert await store.claim(NOON + LEASE, LEASE, 10, "docker:b") == []
    (again,) = await store.claim(NOON + LEASE, LEASE, 10, "docker:a")
    assert again.execution.attempt == 2


async def test_a_lease_from_before_the_clock_was_set_back_holds_nobody_up(store: Store) -> None:
    """No lease is given for longer than the longest one."""
    await waiting(store, 0)
    await store.claim(NOON, LEASE, 10)
    (again,) = await store.claim(NOON - HOUR, LEASE, 10)
    assert again.execution.attempt == 2
