"""Definitions and when each is due, in SQL."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial

import sqlalchemy as sa

from wlcron.core.cron import Cron
from wlcron.core.execution import Execution
from wlcron.core.planning import Plan
from wlcron.store import Taker
from wlcron.stores.sql.committing import commit_plans
from wlcron.stores.sql.database import Database
from wlcron.stores.sql.defining import delete_cron, put_cron
from wlcron.stores.sql.rows import CRON, cron_of
from wlcron.stores.sql.schema import crons, definitions, is_living, is_unsettled

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
_UNREGISTERED = _CRONS.where(is_unsettled, is_living).limit(sa.bindparam("at_most"))
_NEXT_DUE = sa.select(sa.func.min(crons.c.next_due)).where(crons.c.next_due.is_not(None))


class SqlCrons:
    """Definitions, and when each is due."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def put_cron(self, cron: Cron) -> bool:
        """Save a cron and its definition's version; False when it changed since it was read."""
        return await self._database.write(partial(put_cron, cron=cron))

    async def cron(self, name: str) -> Cron | None:
        """Return the cron of that name."""
        found = await self._select_crons(_NAMED, of=name)
        return found[0] if found else None

    async def crons(self, after: str = "", limit: int = 1000) -> list[Cron]:
        """Return crons by name, those behind `after`."""
        return await self._select_crons(_PAGE, after=after, at_most=limit)

    async def delete_cron(self, cron: Cron) -> bool:
        """Forget a cron, and let `prune` have its executions; False when it changed meanwhile."""
        return await self._database.write(partial(delete_cron, cron=cron))

    async def due(self, now: datetime, limit: int) -> list[Cron]:
        """Return crons with next_due <= now, longest due first."""
        return await self._select_crons(_DUE, now=now, at_most=limit)

    async def next_due(self) -> datetime | None:
        """Return the earliest next_due of all crons."""
        return await self._database.read(lambda connection: connection.scalar(_NEXT_DUE))

    async def unregistered(self, limit: int) -> list[Cron]:
        """Return crons whose registration is not settled."""
        return await self._select_crons(_UNREGISTERED, at_most=limit)

    async def commit(self, plans: Sequence[Plan], taker: Taker | None = None) -> list[Execution]:
        """Write what plans say in one transaction and return the rows that were made."""
        return await self._database.write(partial(commit_plans, plans=plans, taker=taker))

    async def _select_crons(
        self, query: sa.Select[tuple[object, ...]], **values: object
    ) -> list[Cron]:
        return await self._database.read(
            lambda connection: [cron_of(row) for row in connection.execute(query, values)]
        )
