"""Definitions and when each is due, in SQL."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import sqlalchemy as sa

from wlcron.core.cron import Cron
from wlcron.core.execution import Execution
from wlcron.core.planning import Plan
from wlcron.stores.sql.committing import commit_plans
from wlcron.stores.sql.database import Database
from wlcron.stores.sql.pruning import forget_definitions
from wlcron.stores.sql.rows import CRON, cron_of
from wlcron.stores.sql.schema import crons, definitions, is_living

_CRONS = sa.select(*CRON).join_from(
    crons,
    definitions,
    (definitions.c.cron_id == crons.c.id) & (definitions.c.version == crons.c.version),
)
_NAMED = _CRONS.where(crons.c.name == sa.bindparam("of"), is_living)
_PAGE = (
    _CRONS.where(crons.c.name > sa.bindparam("after"), is_living)
    .order_by(crons.c.name)
    .limit(sa.bindparam("at_most"))
)
_DUE = (
    _CRONS.where(crons.c.next_due <= sa.bindparam("now"))
    .order_by(crons.c.next_due, crons.c.id)
    .limit(sa.bindparam("at_most"))
)
_NEXT_DUE = sa.select(sa.func.min(crons.c.next_due)).where(crons.c.next_due.is_not(None))
_AS_READ = (
    sa.update(crons)
    .where(crons.c.id == sa.bindparam("of"), crons.c.revision == sa.bindparam("read"), is_living)
    .values(revision=crons.c.revision + 1)
)
_DELETE = _AS_READ.values(deleted=True, next_due=None)


class SqlCrons:
    """Definitions, and when each is due."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put_cron(self, cron: Cron) -> bool:
        """Save a cron and its definition's version; False when it changed since it was read."""
        return await self._database.write(partial(_put, cron=cron))

    async def cron(self, name: str) -> Cron | None:
        """Return the cron of that name."""
        found = await self._select_crons(_NAMED, of=name)
        return found[0] if found else None

    async def crons(self, after: str = "", limit: int = 1000) -> list[Cron]:
        """Return crons by name, those behind `after`."""
        return await self._select_crons(_PAGE, after=after, at_most=limit)

    async def delete_cron(self, cron: Cron) -> bool:
        """Forget a cron, and let `prune` have its executions; False when it changed meanwhile."""
        read = {"of": cron.id, "read": cron.revision}
        return await self._database.write(
            lambda connection: connection.execute(_DELETE, read).rowcount == 1
        )

    async def due(self, now: datetime, limit: int) -> list[Cron]:
        """Return crons with next_due <= now, longest due first."""
        return await self._select_crons(_DUE, now=now, at_most=limit)

    async def next_due(self) -> datetime | None:
        """Return the earliest next_due of all crons."""
        return await self._database.read(lambda connection: connection.scalar(_NEXT_DUE))

    async def commit(self, plans: Sequence[Plan]) -> list[Execution]:
        """Write what plans say in one transaction and return the rows that were made."""
        return await self._database.write(partial(commit_plans, plans=plans))

    async def _select_crons(
        self, query: sa.Select[tuple[object, ...]], **values: object
    ) -> list[Cron]:
        return await self._database.read(
            lambda connection: [cron_of(row) for row in connection.execute(query, values)]
        )


def _put(connection: sa.Connection, cron: Cron) -> bool:
    if not (_insert(connection, cron) if cron.revision == 0 else _update(connection, cron)):
        return False
    _keep_definition(connection, cron)
    return True


def _insert(connection: sa.Connection, cron: Cron) -> bool:
    taken = sa.select(crons.c.id).where(
        (crons.c.id == cron.id) | ((crons.c.name == cron.name) & is_living)
    )
    if connection.execute(taken).first() is not None:
        return False
    values = {"id": cron.id, "name": cron.name, "created_at": cron.created_at, "revision": 1}
    connection.execute(sa.insert(crons), values | _edited(cron))
    return True


def _update(connection: sa.Connection, cron: Cron) -> bool:
    read = {"of": cron.id, "read": cron.revision}
    return connection.execute(_AS_READ, read | _edited(cron)).rowcount == 1


def _edited(cron: Cron) -> dict[str, object]:
    return {
        "updated_at": cron.updated_at,
        "next_due": cron.next_due,
        "version": cron.version,
        "pause": cron.pause,
    }


def _keep_definition(connection: sa.Connection, cron: Cron) -> None:
    """Add the definition of a new version; the one of a known version stays as it is."""
    key = {"cron_id": cron.id, "version": cron.version}
    known = sa.select(sa.literal(1)).select_from(definitions).filter_by(**key)
    if connection.execute(known).first() is None:
        content = {"definition": cron.definition, "source": cron.source}
        connection.execute(sa.insert(definitions), key | content)
        forget_definitions(connection, [cron.id])
