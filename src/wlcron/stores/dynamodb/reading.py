"""Crons and executions are found: by key where it has to be exact, by index else.

An index may lag behind by a moment. It only says where to look: what is returned was read from
the table, as it is now, and those that are not (any more) what was asked for are left out.
"""

import asyncio
from collections.abc import Sequence
from datetime import datetime

from wlcron.core.cron import Cron
from wlcron.core.execution import Execution
from wlcron.stores.dynamodb.cronitems import NEVER, is_living
from wlcron.stores.dynamodb.encoding import (
    microseconds,
    number,
    read_instant,
    read_number,
    read_text,
    storable,
)
from wlcron.stores.dynamodb.rows import ASKED, execution_of
from wlcron.stores.dynamodb.shelf import Shelf
from wlcron.stores.dynamodb.tables import (
    ACTIVE,
    DUE,
    HISTORY,
    NAMES,
    SHARDS,
    UNSETTLED,
    Item,
    is_id,
    key,
    row_partitions,
)

_LONGEST_KEY = 1024  # bytes
_IDS_AT_ONCE = 100


async def cron_named(shelf: Shelf, name: str) -> Cron | None:
    """Return the cron of that name."""
    if not is_place(name):
        return None
    state = await _remembered(shelf, name)
    if state is None:
        named = await shelf.database.get(shelf.crons, key(NAMES, name))
        if named is None:
            return None
        shelf.names.put(name, read_text(named, "cron_id"))
        state = await _remembered(shelf, name)
    return None if state is None else (await shelf.as_crons([state]))[0]


async def crons_by_name(shelf: Shelf, after: str, limit: int) -> list[Cron]:
    """Return crons by name, those behind `after`."""
    named = await in_partition(shelf, NAMES, after, limit)
    ids = [read_text(item, "cron_id") for item in named]
    states = await shelf.states(ids)
    living = [states[known] for known in ids if is_living(states.get(known))]
    return await shelf.as_crons(living)


async def due_crons(shelf: Shelf, now: datetime, limit: int) -> list[Cron]:
    """Return crons with next_due <= now, longest due first."""
    found = await places_due(shelf, microseconds(now), limit)
    states = await shelf.states(item["pk"]["S"] for item in found)
    crons = await shelf.as_crons([state for state in states.values() if is_living(state)])
    due = [(cron.next_due, cron.id, cron) for cron in crons if cron.next_due is not None]
    return [cron for at, _, cron in sorted(due, key=lambda each: each[:2]) if at <= now]


async def earliest_due(shelf: Shelf) -> datetime | None:
    """Return the earliest next_due of all crons."""
    first = next(iter(await places_due(shelf, NEVER - 1, 1)), None)
    return None if first is None else read_instant(first, "next_due")


async def unregistered_crons(shelf: Shelf, limit: int) -> list[Cron]:
    """Return crons whose registration is not settled."""
    found = await in_partition(shelf, UNSETTLED, limit=limit)
    states = await shelf.states(item["sk"]["S"] for item in found)
    crons = await shelf.as_crons([state for state in states.values() if is_living(state)])
    return [cron for cron in crons if cron.unsettled]


async def executions_by_prefix(shelf: Shelf, prefix: str, limit: int) -> list[Execution]:
    """Return executions whose id begins with a prefix, in the order of their ids."""
    found: list[Item] = []
    if prefix and not is_id(prefix):
        return []
    for partition in row_partitions(prefix):
        async for items in shelf.database.pages(
            shelf.executions,
            max(limit, 1),
            KeyConditionExpression="pk = :of AND begins_with(sk, :prefix)",
            ExpressionAttributeValues={
                ":of": {"S": partition},
                ":prefix": {"S": prefix or partition},
            },
            ConsistentRead=True,
        ):
            found += shelf.visible(items)
            if len(found) >= limit:
                return [execution_of(item) for item in found[:limit]]
    return [execution_of(item) for item in found]


async def newest_executions(
    shelf: Shelf, cron_ids: Sequence[str], limit: int, before: datetime | None
) -> list[Execution]:
    """Return the newest executions of each cron, newest slot first."""
    last = NEVER if before is None else microseconds(before) - 1
    named = [known for known in dict.fromkeys(cron_ids) if known]
    parts = await asyncio.gather(*(history(shelf, known, last, limit) for known in named))
    rows = await shelf.rows(place["sk"]["S"] for part in parts for place in part)
    return sorted(rows, key=lambda row: row.slot, reverse=True)


async def history(
    shelf: Shelf, cron_id: str, last: int, limit: int | None, *, oldest_first: bool = False
) -> list[Item]:
    """Return the keys of a cron's executions with slots up to an instant (microseconds)."""
    return await shelf.database.query(
        shelf.executions,
        limit,
        IndexName=HISTORY,
        KeyConditionExpression="cron_id = :of AND slot <= :last",
        ExpressionAttributeValues={":of": {"S": cron_id}, ":last": number(last)},
        ScanIndexForward=oldest_first,
    )


async def active_executions(
    shelf: Shelf, cron_ids: Sequence[str] | None, *, asked_to_stop: bool
) -> list[Execution]:
    """Return executions that are not over, oldest slot first."""
    if cron_ids is None:
        ids = await _active_ids(shelf, ASKED if asked_to_stop else "")
        ids = shelf.asked.beside(ids, shelf.clock()) if asked_to_stop else ids
    else:
        states = await shelf.states(known for known in cron_ids if known)
        ids = [read_text(item, "active") for item in states.values()]
    rows = [row for row in await shelf.rows(ids) if not row.is_final]
    if asked_to_stop:
        rows = [row for row in rows if row.stop_asked_at is not None]
    return sorted(rows, key=lambda row: (row.slot, row.id))


async def turns(
    shelf: Shelf, shard: str, first: str, last: str, limit: int | None = None
) -> list[Item]:
    """Return the keys of active executions of a shard whose turn is between two."""
    return await shelf.database.query(
        shelf.executions,
        limit,
        IndexName=ACTIVE,
        KeyConditionExpression="lane = :of AND turn BETWEEN :first AND :last",
        ExpressionAttributeValues={
            ":of": {"S": shard},
            ":first": {"S": first},
            ":last": {"S": last},
        },
    )


async def _remembered(shelf: Shelf, name: str) -> Item | None:
    """Return the cron that had a name when it was last looked up, if it still has it."""
    known = shelf.names.get(name)
    if known is None:
        return None
    state = await shelf.state(known)
    return state if state is not None and is_living(state) else None


async def in_partition(
    shelf: Shelf, partition: str, after: str = "", limit: int | None = None
) -> list[Item]:
    """Return the first items of a partition of the table of crons behind a text, in order."""
    behind = after.encode("utf-8", "replace")[:_LONGEST_KEY].decode("utf-8", "ignore")
    condition = "pk = :of AND sk > :after" if behind else "pk = :of"
    values = {":of": {"S": partition}} | ({":after": {"S": behind}} if behind else {})
    if limit is not None and limit <= 0:
        return []
    return await shelf.database.query(
        shelf.crons,
        limit,
        KeyConditionExpression=condition,
        ExpressionAttributeValues=values,
        ConsistentRead=True,
    )


def is_place(name: str) -> bool:
    """Whether a text may be a key in a partition."""
    if not name or storable(name) != name:
        return False
    return len(name.encode()) <= _LONGEST_KEY


async def places_due(shelf: Shelf, until: int, limit: int, of: str = "") -> list[Item]:
    """Return the first entries of the index `due` up to an instant (microseconds), in order.

    `of` is how the lanes begin: those of crons have nothing but their shard.
    """
    if limit <= 0:
        return []
    parts = await asyncio.gather(
        *(
            shelf.database.query(
                shelf.crons,
                limit,
                IndexName=DUE,
                KeyConditionExpression="lane = :of AND next_due <= :until",
                ExpressionAttributeValues={
                    ":of": {"S": f"{of}{shard}"},
                    ":until": number(until),
                },
            )
            for shard in SHARDS
        )
    )
    found = [item for part in parts for item in part]
    return sorted(found, key=_due_order)[:limit]


def _due_order(item: Item) -> tuple[int, str]:
    return read_number(item, "next_due") or 0, item["pk"]["S"]


async def _active_ids(shelf: Shelf, prefix: str) -> list[str]:
    first, last = prefix or " ", f"{prefix}~"
    parts = await asyncio.gather(*(turns(shelf, shard, first, last) for shard in SHARDS))
    return [item["sk"]["S"] for part in parts for item in part]
