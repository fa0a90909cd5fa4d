"""Executions are taken under a lease."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

from wlcron.core.execution import (
    LONGEST_LEASE,
    Change,
    Execution,
    Status,
    claimed,
    is_abandoned,
)
from wlcron.store import Claim
from wlcron.stores.dynamodb.database import in_batches
from wlcron.stores.dynamodb.moving import as_read
from wlcron.stores.dynamodb.outbox import put_change
from wlcron.stores.dynamodb.reading import turns
from wlcron.stores.dynamodb.requests import Request
from wlcron.stores.dynamodb.rows import WAITING, claim_of, leases
from wlcron.stores.dynamodb.shelf import Shelf
from wlcron.stores.dynamodb.tables import SHARDS

_AT_ONCE = 50  # two writes each
_TRIES = 20

Taking = tuple[Execution, Execution]  # as it was read, as it is taken


async def claim_executions(
    shelf: Shelf, now: datetime, lease: timedelta, limit: int, holder: str
) -> list[Claim]:
    """Take executions to start as the port says."""
    taken: list[Execution] = []
    async with shelf.claiming:
        for _ in range(_TRIES):  # others may take what was free a moment ago
            left = limit - len(taken)
            if left <= 0 or shelf.quiet.holds(holder, now):
                break
            free = await _free(shelf, now, left, holder)
            if not free:
                shelf.quiet.note(holder, now)
                break
            takings = [(row, claimed(row, now, lease, holder)) for row in free]
            taken += await _take(shelf, takings, now)
    taken.sort(key=_age)
    for row in taken:
        shelf.written.note(row)
        shelf.pending.drop(row.id)
    return await _claims(shelf, taken)


async def _free(shelf: Shelf, now: datetime, limit: int, holder: str) -> list[Execution]:
    """Return the oldest that may be started, as they are now."""
    ranges = [(WAITING, f"{WAITING}~"), leases(holder, None, now)]
    if shelf.quiet.is_in_doubt(now):  # why leases may end so late: see `is_abandoned`
        ranges.append(leases(holder, now + LONGEST_LEASE + timedelta.resolution, None))
    found = await asyncio.gather(
        *(turns(shelf, shard, *each, limit) for shard in SHARDS for each in ranges)
    )
    shown = [item["sk"]["S"] for items in found for item in items]
    rows = await shelf.rows(shelf.pending.beside(shown, shelf.clock(), limit))
    return sorted((row for row in rows if _is_free(row, now, holder)), key=_age)[:limit]


async def _take(shelf: Shelf, takings: Sequence[Taking], now: datetime) -> list[Execution]:
    """Take them, each if it is as it was read; return those that were taken."""
    parts = await asyncio.gather(
        *(_take_together(shelf, some, now) for some in in_batches(takings, _AT_ONCE))
    )
    return [row for part in parts for row in part]


async def _take_together(shelf: Shelf, takings: Sequence[Taking], now: datetime) -> list[Execution]:
    """Take them in one transaction; those that somebody else was faster with are left out."""
    while takings:
        parts = [_writes(shelf, taking, now) for taking in takings]
        cancelled = await shelf.database.transact([write for part in parts for write in part])
        if cancelled is None:
            break
        left: list[Taking] = []
        first = 0
        for taking, part in zip(takings, parts, strict=True):
            if not any(cancelled.lost[first : first + len(part)]):
                left.append(taking)
            first += len(part)
        takings = left
    return [after for _, after in takings]


def _writes(shelf: Shelf, taking: Taking, now: datetime) -> list[Request]:
    before, after = taking
    stamp = shelf.stamp()
    update = as_read(shelf, before).set(claim_of(after, stamp)).request()
    if before.status is not Status.PENDING:
        return [update]  # to start once more what was STARTING already is no change of status
    return [update, put_change(shelf, Change(after, Status.PENDING, now), stamp)]


async def _claims(shelf: Shelf, taken: Sequence[Execution]) -> list[Claim]:
    states = await shelf.states(row.cron_id for row in taken)
    wanted = [(states[row.cron_id], row.cron_version) for row in taken]
    crons = await shelf.with_versions(wanted)
    return [Claim(row, cron) for row, cron in zip(taken, crons, strict=True)]


def _is_free(row: Execution, now: datetime, holder: str) -> bool:
    if row.stop_asked_at is not None:
        return False
    if row.status is Status.PENDING:
        return True
    return row.holder == holder and is_abandoned(row, now)


def _age(row: Execution) -> tuple[datetime, str]:
    return row.slot, row.id
