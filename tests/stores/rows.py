"""What tests of stores put into them."""

from dataclasses import replace
from datetime import datetime

from tests.samples import MINUTE, NOON, make_cron, make_execution
from wlcron.core.cron import Cron
from wlcron.core.execution import Change, Execution, Status
from wlcron.core.planning import Plan, execution_id
from wlcron.store import Retention, Store

LEASE = MINUTE / 2


def row(cron: Cron, slot: datetime = NOON, **more: object) -> Execution:
    """Return the PENDING execution of a cron's slot."""
    fields: dict[str, object] = {"slot": slot, "id": execution_id(cron, slot), "created_at": slot}
    return make_execution(cron, **(fields | more))


def final(cron: Cron, slot: datetime = NOON, **more: object) -> Execution:
    """Return the MISSED execution of a cron's slot."""
    return row(cron, slot, **({"status": Status.MISSED, "ended_at": slot} | more))


def moved(execution: Execution, status: Status, **more: object) -> Change:
    """Return the change of an execution to another status, a minute after its slot."""
    at = execution.slot + MINUTE
    more.setdefault("ended_at", at if status.is_final else None)
    after = replace(execution, status=status, lease_until=None, **more)  # type: ignore[arg-type]  # test data
    return Change(after, execution.status, at)


async def add(store: Store, name: str = "tidy", **more: object) -> Cron:
    """Save a cron and return it as it is stored."""
    assert await store.put_cron(make_cron(name, **more))  # type: ignore[arg-type]  # test data
    return await known(store, name)


async def known(store: Store, name: str = "tidy") -> Cron:
    """Return a cron as it is stored."""
    cron = await store.cron(name)
    assert cron is not None
    return cron


async def commit(store: Store, *rows: Execution) -> list[Execution]:
    """Commit rows of one cron that exists; return those that were made."""
    cron = await known(store, rows[0].cron_name)
    return await store.commit([Plan(cron, rows, cron.next_due)])


async def stored(store: Store, execution: Execution) -> Execution:
    """Return an execution as it is stored."""
    found = await store.execution(execution.id)
    assert found is not None
    return found


async def start(store: Store, execution: Execution) -> Execution:
    """Commit a PENDING execution and claim it; return it as STARTING."""
    await commit(store, execution)
    claims = await store.claim(execution.slot, LEASE, 1000)
    (mine,) = [claim.execution for claim in claims if claim.execution.id == execution.id]
    return mine


async def end(store: Store, execution: Execution) -> Execution:
    """Move an active execution to SUCCESS."""
    change = moved(await stored(store, execution), Status.SUCCESS, exit_code=0)
    assert await store.apply(change)
    return change.execution


async def announce(store: Store) -> list[Change]:
    """Empty the outbox and return what it held."""
    changes = await store.unannounced(10_000)
    await store.announced(changes)
    return changes


async def prune(store: Store, retention: Retention, limit: int = 10_000) -> list[str]:
    """Forget what may go, as the janitor does; return what went."""
    found = await store.prunable(retention, limit)
    await store.prune(found)
    return found
