"""The outbox: a change is an item until it was told, then it is deleted.

An item of its own costs no more than a mark on its execution would (which would have to be taken
off again, in an index as well), is read exactly and in order without an index, and is deleted 25
at a time. It holds all that is told, so it outlives its execution where that is let go first.
"""

import asyncio
from collections.abc import Sequence

from wlcron.core.execution import Change, Status
from wlcron.stores.dynamodb.memory import stamp_of
from wlcron.stores.dynamodb.requests import Request, put
from wlcron.stores.dynamodb.rows import change_item, change_of
from wlcron.stores.dynamodb.shelf import Shelf
from wlcron.stores.dynamodb.tables import SHARDS, Item, Key, change_key, key_of, outbox, shard_of

# Clocks of servers differ by less: what one has stamped is looked for up to so much later.
CLOCKS_DIFFER = 5 * 60 * 1_000_000  # microseconds
_STEPS = {Status.PENDING: 0, Status.STARTING: 1, Status.RUNNING: 2}
_LAST_STEP = 3


def put_change(shelf: Shelf, change: Change, stamp: str) -> Request:
    """Return the part of a transaction that puts a change into the outbox."""
    return put(shelf.executions, change_key(change.execution, stamp) | change_item(change))


async def unannounced(shelf: Shelf, limit: int) -> list[Change]:
    """Return changes that nobody was told of yet, oldest first."""
    if limit <= 0:
        return []
    parts = await asyncio.gather(*(_waiting(shelf, shard, limit) for shard in SHARDS))
    found = sorted((item for part in parts for item in part), key=lambda item: item["sk"]["S"])
    changes = [change_of(item) for item in found[:limit]]
    for change, item in zip(changes, found, strict=False):
        shelf.waiting.put(_step(change), key_of(item))
    return _in_order(changes)


async def announced(shelf: Shelf, changes: Sequence[Change]) -> None:
    """Note that these were told."""
    known = {_step(change): shelf.waiting.take(_step(change)) for change in changes}
    keys = [place for place in known.values() if place is not None]
    missing = {step for step, place in known.items() if place is None}
    if missing:
        keys += await _find(shelf, missing)
    await shelf.database.delete_many(shelf.executions, keys)


async def ids_waiting(shelf: Shelf, until: str) -> set[str]:
    """Return the ids of executions with a change up to a stamp that nobody was told of."""
    last = stamp_of(int(until) + CLOCKS_DIFFER) if until else ""
    if not last:
        return set()
    parts = await asyncio.gather(*(_waiting(shelf, shard, None, last) for shard in SHARDS))
    return {item["of"]["S"] for part in parts for item in part}


async def _waiting(shelf: Shelf, shard: str, limit: int | None, last: str = "~") -> list[Item]:
    return await shelf.database.query(
        shelf.executions,
        limit,
        KeyConditionExpression="pk = :of AND sk <= :last",
        ExpressionAttributeValues={":of": {"S": outbox(shard)}, ":last": {"S": last}},
        ConsistentRead=True,
    )


async def _find(shelf: Shelf, steps: set[tuple[str, str]]) -> list[Key]:
    """Return where changes wait that this process did not read itself."""
    shards = sorted({shard_of(execution_id) for execution_id, _ in steps})
    parts = await asyncio.gather(*(_waiting(shelf, shard, None) for shard in shards))
    return [key_of(item) for part in parts for item in part if _step(change_of(item)) in steps]


def _in_order(changes: list[Change]) -> list[Change]:
    """Put the changes of each execution in the order of its statuses, where they are.

    They are that already, but where two servers wrote them whose clocks differ.
    """
    of: dict[str, list[Change]] = {}
    for change in changes:
        of.setdefault(change.execution.id, []).append(change)
    for some in of.values():
        some.sort(key=lambda change: _STEPS.get(change.execution.status, _LAST_STEP), reverse=True)
    return [of[change.execution.id].pop() for change in changes]


def _step(change: Change) -> tuple[str, str]:
    return change.execution.id, change.execution.status.value
