"""Incidents are saved by who has read their newest revision, and found by when they are due.

That an incident is open is an item of its own, put and deleted with what opens and closes it: so
the list of what is open is exact, sorted, and as short as what is wrong. All other writes, and
each message that is told is one, leave it alone and need no transaction.
"""

from collections.abc import Iterable
from datetime import datetime

from wlcron.core.incident import Incident
from wlcron.core.silence import Silence
from wlcron.stores.dynamodb.encoding import expiry, microseconds, number
from wlcron.stores.dynamodb.incidentitems import (
    TOLD,
    UNTOLD,
    incident_attributes,
    incident_of,
    new_incident,
    row_of,
    silence_attributes,
    silence_key,
    silence_of,
)
from wlcron.stores.dynamodb.memory import INDEX_LAG
from wlcron.stores.dynamodb.reading import in_partition, is_place, places_due
from wlcron.stores.dynamodb.requests import Request, Update, delete, put, put_anew
from wlcron.stores.dynamodb.rows import is_expired
from wlcron.stores.dynamodb.shelf import Shelf
from wlcron.stores.dynamodb.tables import EXPIRY, OPEN, SILENCES, incident_key, key


async def put_incident(shelf: Shelf, incident: Incident) -> bool:
    """Save an incident as the port says; raises RefusedError where it is too large."""
    saved = await (_add if incident.revision == 0 else _change)(shelf, incident)
    if saved:
        _remember(shelf, incident)
    return saved


async def incident_in(shelf: Shelf, row: str) -> Incident | None:
    """Return the incident of a row."""
    found = await _incidents(shelf, [row])
    return found[0] if found else None


async def open_incidents(shelf: Shelf, after: str, limit: int) -> list[Incident]:
    """Return incidents that are open, by key of the row, those behind `after`."""
    places = await in_partition(shelf, OPEN, after, limit)
    found = await _incidents(shelf, [item["sk"]["S"] for item in places])
    return sorted((row for row in found if row.is_open), key=lambda row: row.row_key)


async def untold_incidents(shelf: Shelf, now: datetime, limit: int) -> list[Incident]:
    """Return incidents with due_at <= now, longest due first."""
    places = await places_due(shelf, microseconds(now), limit, UNTOLD)
    shown = [row_of(item) for item in places]
    found = await _incidents(shelf, shelf.untold.beside(shown, shelf.clock(), limit))
    due = [(row.due_at, row.row_key, row) for row in found if row.due_at is not None]
    return [row for at, _, row in sorted(due, key=lambda each: each[:2]) if at <= now]


async def forget_incidents(shelf: Shelf, before: datetime, limit: int) -> int:
    """Let incidents expire that DynamoDB would keep for ever; return how many."""
    if shelf.keep_for is not None:
        return 0  # they expire by themselves
    places = await places_due(shelf, microseconds(before) - 1, limit, TOLD)
    told = await _incidents(shelf, [row_of(item) for item in places])
    return sum([await _expire(shelf, row) for row in told if _is_told(row, before)])


async def put_silence(shelf: Shelf, silence: Silence) -> None:
    """Save a silence, in place of one of the same id."""
    update = Update(shelf.crons, silence_key(silence.id))
    await shelf.database.update(update.set(silence_attributes(silence)))


async def silences(shelf: Shelf) -> list[Silence]:
    """Return all silences by their end."""
    found = [silence_of(item) for item in await in_partition(shelf, SILENCES)]
    return sorted(found, key=lambda silence: (silence.until, silence.id))


async def delete_silence(shelf: Shelf, silence_id: str) -> None:
    """Delete a silence; none of that id is no error."""
    if is_place(silence_id):
        await shelf.database.delete_many(shelf.crons, [silence_key(silence_id)])


async def _add(shelf: Shelf, incident: Incident) -> bool:
    item = new_incident(incident, shelf.keep_for)
    # One that has expired is not seen by anybody, and may lie there for days.
    added = put_anew(shelf.crons, item, expiry(shelf.clock()))
    return await shelf.database.transact([added, _mark(shelf, incident)]) is None


async def _change(shelf: Shelf, incident: Incident) -> bool:
    """Save what leaves an incident open, or closed; where it does not, say so in the list, too."""
    update = _as_read(shelf, incident)
    if incident.is_open:
        update.expect(closed_at=None)
    else:
        update.expect_some("closed_at")
    lost = await shelf.database.update(update)
    if lost is None:
        return True
    if lost.item is None or incident_of(lost.item).revision != incident.revision:
        return False
    writes = [_as_read(shelf, incident).request(), _mark(shelf, incident)]
    return await shelf.database.transact(writes) is None


def _as_read(shelf: Shelf, incident: Incident) -> Update:
    """Return an update of an incident that nobody changed since it was read."""
    update = Update(shelf.crons, incident_key(incident.row_key))
    update.set(incident_attributes(incident, shelf.keep_for)).add("revision", 1)
    return update.expect(revision=number(incident.revision))


def _mark(shelf: Shelf, incident: Incident) -> Request:
    place = key(OPEN, incident.row_key)
    return put(shelf.crons, place) if incident.is_open else delete(shelf.crons, place)


def _remember(shelf: Shelf, incident: Incident) -> None:
    """Note what somebody has to be told of before an index is sure to show it."""
    now, due = shelf.clock(), incident.due_at
    if due is not None and due < now + INDEX_LAG:
        shelf.untold.note(incident.row_key, now)
    else:
        shelf.untold.drop(incident.row_key)


def _is_told(incident: Incident, before: datetime) -> bool:
    closed = incident.closed_at
    return incident.due_at is None and closed is not None and closed < before


async def _expire(shelf: Shelf, incident: Incident) -> bool:
    """Let an incident expire now, unless it was opened again; whether it does."""
    update = Update(shelf.crons, incident_key(incident.row_key))
    update.set({EXPIRY: expiry(shelf.clock()), "lane": None, "next_due": None})
    return await shelf.database.update(update.expect(revision=number(incident.revision))) is None


async def _incidents(shelf: Shelf, rows: Iterable[str]) -> list[Incident]:
    """Return the incidents of these rows as they are now, in no particular order."""
    keys = [incident_key(row) for row in dict.fromkeys(rows) if is_place(row)]
    found = await shelf.database.get_many(shelf.crons, keys)
    now = shelf.clock()
    return [incident_of(item) for item in found if not is_expired(item, now)]
