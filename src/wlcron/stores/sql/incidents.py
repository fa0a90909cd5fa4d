"""Incidents and silences, in SQL."""

from dataclasses import fields, replace
from datetime import datetime
from functools import partial
from operator import attrgetter

import sqlalchemy as sa
from sqlalchemy import exc

from wlcron.core.incident import Condition, Incident, row_key
from wlcron.core.silence import Silence
from wlcron.stores.sql.database import Database
from wlcron.stores.sql.postgresql import tell
from wlcron.stores.sql.prepared import Prepared
from wlcron.stores.sql.rows import Row
from wlcron.stores.sql.schema import incidents, is_open, is_told, silences

_FIELDS = tuple(field.name for field in fields(Incident))
_SILENCE = tuple(field.name for field in fields(Silence))

_ROWS = sa.select(*(incidents.c[name] for name in _FIELDS))
_THIS = incidents.c.row_key == sa.bindparam("of")
_ONE = _ROWS.where(_THIS)
_OPEN = (
    _ROWS.where(incidents.c.row_key > sa.bindparam("after"), is_open)
    .order_by(incidents.c.row_key)
    .limit(sa.bindparam("at_most"))
)
_UNTOLD = (
    _ROWS.where(incidents.c.due_at <= sa.bindparam("now"))
    .order_by(incidents.c.due_at, incidents.c.row_key)
    .limit(sa.bindparam("at_most"))
)
_INSERT = Prepared(sa.insert(incidents), "row_key", *_FIELDS, get=attrgetter)
_SET = tuple(name for name in _FIELDS if name != "revision")
_UPDATE = Prepared(
    sa.update(incidents)
    .where(_THIS, incidents.c.revision == sa.bindparam("read"))
    .values(revision=incidents.c.revision + sa.literal_column("1")),
    *_SET,
)
_OLD = sa.and_(is_told, incidents.c.closed_at < sa.bindparam("before"))
_OLDEST = (
    sa.select(incidents.c.row_key)
    .where(_OLD)
    .order_by(incidents.c.closed_at, incidents.c.row_key)
    .limit(sa.bindparam("at_most"))
)
# Asked once more of each row: one may have been opened again since it was found.
_FORGET = sa.delete(incidents).where(incidents.c.row_key.in_(_OLDEST), _OLD)

_SILENCES = sa.select(*(silences.c[name] for name in _SILENCE)).order_by(
    silences.c.until, silences.c.id
)
_ADD_SILENCE = Prepared(sa.insert(silences), *_SILENCE)
_CHANGE_SILENCE = Prepared(
    sa.update(silences).where(silences.c.id == sa.bindparam("of")),
    *(name for name in _SILENCE if name != "id"),
)
_DELETE_SILENCE = sa.delete(silences).where(silences.c.id == sa.bindparam("of"))


class SqlIncidents:
    """What is wrong, who was told, and when nobody wants to hear of it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put_incident(self, incident: Incident) -> bool:
        """Save an incident; False when it changed since it was read."""
        return await self._database.write(partial(_put_incident, incident=incident))

    async def incident(self, cron_id: str, condition: Condition) -> Incident | None:
        """Return the latest incident of a cron and condition."""
        found = await self._select_incidents(_ONE, of=row_key(cron_id, condition))
        return found[0] if found else None

    async def open_incidents(self, after: str = "", limit: int = 1000) -> list[Incident]:
        """Return incidents that are open, by key of the row, those behind `after`."""
        return await self._select_incidents(_OPEN, after=after, at_most=limit)

    async def untold_incidents(self, now: datetime, limit: int) -> list[Incident]:
        """Return incidents with due_at <= now, longest due first."""
        return await self._select_incidents(_UNTOLD, now=now, at_most=limit)

    async def forget_incidents(self, before: datetime, limit: int) -> int:
        """Forget incidents that were closed before an instant and are told; return how many."""
        values = {"before": before, "at_most": limit}
        return await self._database.write(
            lambda connection: connection.execute(_FORGET, values).rowcount
        )

    async def put_silence(self, silence: Silence) -> None:
        """Save a silence, in place of one of the same id."""
        values = {name: getattr(silence, name) for name in _SILENCE}
        await self._database.write(partial(_put_silence, values=values))

    async def silences(self) -> list[Silence]:
        """Return all silences by their end."""
        return await self._database.read(
            lambda connection: [_silence_of(row) for row in connection.execute(_SILENCES)]
        )

    async def delete_silence(self, silence_id: str) -> None:
        """Delete a silence; none of that id is no error."""
        await self._database.write(
            lambda connection: connection.execute(_DELETE_SILENCE, {"of": silence_id}).close()
        )

    async def _select_incidents(
        self, query: sa.Select[tuple[object, ...]], **values: object
    ) -> list[Incident]:
        return await self._database.read(
            lambda connection: [_incident_of(row) for row in connection.execute(query, values)]
        )


def _put_incident(connection: sa.Connection, incident: Incident) -> bool:
    if not _save_incident(connection, incident):
        return False
    if incident.due_at is not None:
        tell(connection, "teller")
    return True


def _save_incident(connection: sa.Connection, incident: Incident) -> bool:
    if incident.revision == 0:
        return _insert(connection, _INSERT, replace(incident, revision=1))
    values = {name: getattr(incident, name) for name in _SET}
    read = {"of": incident.row_key, "read": incident.revision}
    return _UPDATE.run(connection, values | read) == 1


def _put_silence(connection: sa.Connection, values: dict[str, object]) -> None:
    this = values | {"of": values["id"]}
    if _CHANGE_SILENCE.run(connection, this) == 1 or _insert(connection, _ADD_SILENCE, values):
        return
    _CHANGE_SILENCE.run(connection, this)  # somebody else has just added it


def _insert(connection: sa.Connection, statement: Prepared, row: object) -> bool:
    """Insert a row; False where its key is taken."""
    try:
        with connection.begin_nested():
            statement.run(connection, row)
    except exc.IntegrityError:
        return False
    return True


def _incident_of(row: Row) -> Incident:
    return Incident(**dict(zip(_FIELDS, row, strict=True)))


def _silence_of(row: Row) -> Silence:
    return Silence(**dict(zip(_SILENCE, row, strict=True)))
