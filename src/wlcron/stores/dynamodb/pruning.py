"""What retention lets go beside what DynamoDB deletes by itself for its age.

An execution's age is known when it ends: so it is given its expiry then (`keep_for`), costs
nothing to delete, and nobody has to look for what is old. To look for what is beyond the newest N
of a cron, `stored` counts what was ever made for it; the index of due crons, which every slot
writes anyway, carries it. Rows that expired are not taken off: a cron that seems to have too many
is counted, and the count corrected. So retention reads an index of crons from time to time (some
1,200 read units for 100,000), and of executions only those that go, or are next to.
"""

from collections.abc import AsyncIterator, Sequence

from wlcron.store import Retention
from wlcron.stores.dynamodb.cronitems import NEVER
from wlcron.stores.dynamodb.defining import forget_cron
from wlcron.stores.dynamodb.encoding import microseconds, number, read_number
from wlcron.stores.dynamodb.outbox import ids_waiting
from wlcron.stores.dynamodb.reading import history, in_partition
from wlcron.stores.dynamodb.requests import Update
from wlcron.stores.dynamodb.rows import execution_of
from wlcron.stores.dynamodb.shelf import Shelf
from wlcron.stores.dynamodb.tables import (
    DELETED,
    DUE,
    HISTORY,
    SHARDS,
    Item,
    row_key,
    slot_key,
    state_key,
)


async def find_prunable(shelf: Shelf, retention: Retention, limit: int) -> list[str]:
    """Return the ids of executions that may go, as the port says."""
    found: dict[str, None] = {}  # each once: one that is old may be one too many as well
    async for places in _candidates(shelf, retention):
        settled = await _settled(shelf, [item["sk"]["S"] for item in places])
        kept = {item["sk"]["S"] for item in settled}
        found.update(dict.fromkeys(known for item in places if (known := item["sk"]["S"]) in kept))
        if len(found) >= limit:
            break
    return list(found)[:limit]


async def prune(shelf: Shelf, execution_ids: Sequence[str]) -> None:
    """Forget executions as the port says, and deleted crons of which nothing is left."""
    rows = [execution_of(item) for item in await _settled(shelf, execution_ids)]
    keys = [place for row in rows if (place := slot_key(row)) is not None]
    # The rows go last: who dies in between finds them again.
    await shelf.database.delete_many(shelf.executions, keys)
    await shelf.database.delete_many(shelf.executions, [row_key(row.id) for row in rows])
    for cron_id in await _deleted(shelf):
        state = await shelf.state(cron_id)
        is_active = state is not None and "active" in state
        if not is_active and not await history(shelf, cron_id, NEVER, 1):
            await forget_cron(shelf, cron_id)


async def _candidates(shelf: Shelf, retention: Retention) -> AsyncIterator[list[Item]]:
    """Yield keys of executions that go if they are settled, a page at a time."""
    for cron_id in await _deleted(shelf):
        async for places in _history_pages(shelf, cron_id, NEVER):
            yield places
    if shelf.keep_for is None:
        async for cron in _crons(shelf, 0):
            before = microseconds(retention.before) - 1
            async for places in _history_pages(shelf, cron["pk"]["S"], before):
                yield places
    async for cron in _crons(shelf, retention.keep):
        async for places in _surplus(shelf, cron, retention.keep):
            yield places


async def _settled(shelf: Shelf, ids: Sequence[str]) -> list[Item]:
    """Return those of these executions that are over and announced."""
    items = [item for item in await shelf.row_items(ids) if execution_of(item).is_final]
    waiting = await ids_waiting(shelf, max((item["changed"]["S"] for item in items), default=""))
    return [item for item in items if item["sk"]["S"] not in waiting]


async def _crons(shelf: Shelf, more_than: int) -> AsyncIterator[Item]:
    """Yield crons that had more executions than so many since they were counted."""
    for shard in SHARDS:
        async for items in shelf.database.pages(
            shelf.crons,
            IndexName=DUE,
            KeyConditionExpression="lane = :of",
            FilterExpression="#stored > :many",
            ExpressionAttributeNames={"#stored": "stored"},
            ExpressionAttributeValues={":of": {"S": shard}, ":many": number(more_than)},
        ):
            for item in items:
                yield item


async def _surplus(shelf: Shelf, cron: Item, keep: int) -> AsyncIterator[list[Item]]:
    """Yield a cron's executions beyond the newest; correct its count where there are none."""
    cron_id, seen = cron["pk"]["S"], 0
    async for places in _history_pages(shelf, cron_id, NEVER, oldest_first=False):
        beyond = places[max(0, keep - seen) :]
        seen += len(places)
        if beyond:
            yield beyond
    if seen <= keep:
        stored = read_number(cron, "stored") or 0
        update = Update(shelf.crons, state_key(cron_id)).expect(stored=number(stored), deleted=None)
        # Where it fails, there are new ones already: the next look counts them.
        await shelf.database.update(update.set({"stored": number(seen)}))


async def _history_pages(
    shelf: Shelf, cron_id: str, last: int, *, oldest_first: bool = True
) -> AsyncIterator[list[Item]]:
    async for places in shelf.database.pages(
        shelf.executions,
        IndexName=HISTORY,
        KeyConditionExpression="cron_id = :of AND slot <= :last",
        ExpressionAttributeValues={":of": {"S": cron_id}, ":last": number(last)},
        ScanIndexForward=oldest_first,
    ):
        if places:
            yield places


async def _deleted(shelf: Shelf) -> list[str]:
    return [item["sk"]["S"] for item in await in_partition(shelf, DELETED)]
