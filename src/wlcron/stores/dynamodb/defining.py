"""Definitions are saved and deleted by who has read their newest revision."""

from wlcron.core.cron import Cron
from wlcron.stores.dynamodb.cronitems import (
    Version,
    edited,
    number_of,
    state_item,
    version_item,
)
from wlcron.stores.dynamodb.encoding import number, read_text
from wlcron.stores.dynamodb.faults import Cancelled
from wlcron.stores.dynamodb.requests import Request, Update, delete, put, put_new
from wlcron.stores.dynamodb.shelf import Shelf
from wlcron.stores.dynamodb.tables import (
    DELETED,
    NAMES,
    UNSETTLED,
    definition_key,
    key,
    key_of,
    state_key,
)

# Besides the newest, so many versions are kept for what was planned with them a moment ago, and
# the one that the active execution has.
_VERSIONS_KEPT = 10


async def put_cron(shelf: Shelf, cron: Cron) -> bool:
    """Save a cron as the port says; raises RefusedError where it is too large."""
    if cron.revision == 0:
        return await _create(shelf, cron)
    known = shelf.versions.get((cron.id, cron.version))
    cancelled = await _update(shelf, cron, with_version=known is None)
    if cancelled is not None and cancelled.lost[0] is None:
        # The version is there, and stays as it is.
        cancelled = await _update(shelf, cron, with_version=False)
    elif cancelled is None and known is None:
        shelf.versions.put((cron.id, cron.version), Version(cron.definition, cron.source))
        await _forget_old_versions(shelf, cron)
    return cancelled is None


async def delete_cron(shelf: Shelf, cron: Cron) -> bool:
    """Forget a cron as the port says."""
    gone = {"deleted": {"BOOL": True}, "lane": None, "next_due": None}
    writes = [
        _as_read(shelf, cron).set(gone).request(),
        delete(shelf.crons, key(NAMES, cron.name)),
        delete(shelf.crons, key(UNSETTLED, cron.id)),
        put(shelf.crons, key(DELETED, cron.id)),
    ]
    return await shelf.database.transact(writes) is None


async def forget_cron(shelf: Shelf, cron_id: str) -> None:
    """Delete all that is kept of a deleted cron."""
    found = await shelf.database.query(
        shelf.crons,
        KeyConditionExpression="pk = :of",
        ExpressionAttributeValues={":of": {"S": cron_id}},
        ProjectionExpression="pk, sk",
    )
    # Who dies in between begins again: what says that it was deleted goes last.
    await shelf.database.delete_many(shelf.crons, [key_of(item) for item in found])
    await shelf.database.delete_many(shelf.crons, [key(DELETED, cron_id)])


async def _create(shelf: Shelf, cron: Cron) -> bool:
    named = key(NAMES, cron.name) | {"cron_id": {"S": cron.id}}
    writes = [
        put_new(shelf.crons, state_item(cron)),
        put_new(shelf.crons, named),
        put(shelf.crons, version_item(cron)),
        _note_unsettled(shelf, cron),
    ]
    return await shelf.database.transact(writes) is None


async def _update(shelf: Shelf, cron: Cron, *, with_version: bool) -> Cancelled | None:
    writes = [_as_read(shelf, cron).set(edited(cron)).request(), _note_unsettled(shelf, cron)]
    if with_version:
        writes.append(put_new(shelf.crons, version_item(cron)))
    return await shelf.database.transact(writes)


def _as_read(shelf: Shelf, cron: Cron) -> Update:
    """Return an update of a cron that nobody changed since it was read."""
    update = Update(shelf.crons, state_key(cron.id))
    return update.expect(revision=number(cron.revision), deleted=None).add("revision", 1)


def _note_unsettled(shelf: Shelf, cron: Cron) -> Request:
    place = key(UNSETTLED, cron.id)
    return put(shelf.crons, place) if cron.unsettled else delete(shelf.crons, place)


async def _forget_old_versions(shelf: Shelf, cron: Cron) -> None:
    """Delete versions that nobody can ask for any more."""
    oldest = cron.version - _VERSIONS_KEPT
    if oldest <= 1:
        return
    found = await shelf.database.query(
        shelf.crons,
        KeyConditionExpression="pk = :of AND sk BETWEEN :first AND :last",
        ExpressionAttributeValues={
            ":of": {"S": cron.id},
            ":first": definition_key(cron.id, 0)["sk"],
            ":last": definition_key(cron.id, oldest - 1)["sk"],
        },
        ProjectionExpression="pk, sk",
    )
    state = await shelf.state(cron.id)
    active = await shelf.row(read_text(state, "active")) if state and "active" in state else None
    needed = {active.cron_version} if active else set()
    needed |= {number_of(state)} if state else set()
    gone = [item for item in found if int(item["sk"]["S"][2:]) not in needed]
    await shelf.database.delete_many(shelf.crons, [key_of(item) for item in gone])
