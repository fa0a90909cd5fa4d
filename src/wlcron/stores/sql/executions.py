"""The rows that slots end in, in SQL."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from wlcron.core.execution import Change, Execution, Status
from wlcron.store import Claim, Retention
from wlcron.stores.sql.claiming import claim_executions
from wlcron.stores.sql.database import Database
from wlcron.stores.sql.postgresql import tell
from wlcron.stores.sql.prepared import Prepared
from wlcron.stores.sql.pruning import find_prunable, prune
from wlcron.stores.sql.rows import EXECUTION, MOVED, execution_of, move_row
from wlcron.stores.sql.saving import save_changes
from wlcron.stores.sql.schema import executions, is_active

_ID_CHARACTERS = frozenset("0123456789abcdef-")
_BEHIND_ALL = "g"  # sorts behind every character of an id

_ROWS = sa.select(*EXECUTION)
_ONE = _ROWS.where(executions.c.id == sa.bindparam("of"))
_BY_PREFIX = (
    _ROWS.where(
        executions.c.id >= sa.bindparam("prefix"),
        executions.c.id < sa.bindparam("prefix") + _BEHIND_ALL,
    )
    .order_by(executions.c.id)
    .limit(sa.bindparam("at_most"))
)
_NEWEST = (
    _ROWS.where(executions.c.cron_id == sa.bindparam("of"))
    .order_by(executions.c.slot.desc())
    .limit(sa.bindparam("at_most"))
)
_NEWEST_BEFORE = _NEWEST.where(executions.c.slot < sa.bindparam("before"))
_ACTIVE = _ROWS.where(is_active)

_THIS = executions.c.id == sa.bindparam("of")
_RENEW = sa.update(executions).where(_THIS, executions.c.status == Status.STARTING)
_ASK_STOP = sa.update(executions).where(_THIS, is_active, executions.c.stop_asked_at.is_(None))
_IS_ACTIVE = sa.select(executions.c.id).where(_THIS, is_active)
_MOVE = Prepared(
    sa.update(executions).where(_THIS, executions.c.status == sa.bindparam("before")),
    *("lease_until", "handle", "image", *MOVED),
)
_age = attrgetter("slot", "id")


class SqlExecutions:
    """The rows that slots end in."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def claim(
        self, now: datetime, lease: timedelta, limit: int, holder: str = ""
    ) -> list[Claim]:
        """Take executions for the engine `holder` to start, oldest slot first."""
        return await self._database.write(
            partial(claim_executions, now=now, lease=lease, limit=limit, holder=holder)
        )

    async def renew(self, execution_id: str, until: datetime, reason: str = "") -> None:
        """Move the lease of a STARTING execution, and say in its row how far it is."""
        values = {"of": execution_id, "lease_until": until} | ({"reason": reason} if reason else {})
        await self._database.write(lambda connection: connection.execute(_RENEW, values).close())

    async def apply(self, change: Change) -> bool:
        """Save a change and its row; False when the status is no longer `change.before`."""
        return await self._database.write(partial(_apply, change=change))

    async def ask_stop(self, execution_id: str, at: datetime, reason: str) -> bool:
        """Note on an active execution that it has to end; False when it is over already."""
        request = {"of": execution_id, "stop_asked_at": at, "stop_reason": reason}
        return await self._database.write(partial(_ask_stop, request=request))

    async def execution(self, execution_id: str) -> Execution | None:
        """Return the execution of that id."""
        found = await self._select_executions(_ONE, of=execution_id)
        return found[0] if found else None

    async def find(self, prefix: str, limit: int = 2) -> list[Execution]:
        """Return executions whose id begins with a prefix."""
        if not _ID_CHARACTERS.issuperset(prefix):
            return []
        return await self._select_executions(_BY_PREFIX, prefix=prefix, at_most=limit)

    async def executions(
        self, cron_ids: Sequence[str], limit: int, before: datetime | None = None
    ) -> list[Execution]:
        """Return the newest executions of each cron, newest slot first, from before an instant."""
        query = _NEWEST if before is None else _NEWEST_BEFORE
        questions: list[dict[str, Any]] = [
            {"of": cron_id, "at_most": limit, "before": before}
            for cron_id in dict.fromkeys(cron_ids)
        ]
        return await self._database.read(partial(_newest, query=query, questions=questions))

    async def active(
        self, *, cron_ids: Sequence[str] | None = None, asked_to_stop: bool = False
    ) -> list[Execution]:
        """Return executions that are not over, oldest slot first."""
        query = _ACTIVE
        if cron_ids is not None:
            query = query.where(executions.c.cron_id.in_(cron_ids))
        if asked_to_stop:
            query = query.where(executions.c.stop_asked_at.is_not(None))
        # Sorted here: asked to sort, SQLite would rather walk through all of history by slot.
        return sorted(await self._select_executions(query), key=_age)

    async def prunable(self, retention: Retention, limit: int) -> list[str]:
        """Return the ids of executions that may go: over, announced, and beyond retention."""
        return await self._database.read(partial(find_prunable, retention=retention, limit=limit))

    async def prune(self, execution_ids: Sequence[str]) -> None:
        """Forget those of these executions that are over and announced, with their changes."""
        await self._database.write(partial(prune, execution_ids=execution_ids))

    async def _select_executions(
        self, query: sa.Select[tuple[object, ...]], **values: object
    ) -> list[Execution]:
        return await self._database.read(
            lambda connection: [execution_of(row) for row in connection.execute(query, values)]
        )


def _apply(connection: sa.Connection, change: Change) -> bool:
    this = {
        "of": change.execution.id,
        "before": change.before,
        "lease_until": None,
        "handle": change.execution.handle,
        "image": change.execution.image,
    }
    if _MOVE.run(connection, this | move_row(change.execution)) != 1:
        return False
    save_changes(connection, [change])
    return True


def _ask_stop(connection: sa.Connection, request: dict[str, object]) -> bool:
    if connection.execute(_ASK_STOP, request).rowcount == 1:
        tell(connection, "observer")
        return True
    # Asked before: the first request stands, since ends are judged by when it was made.
    return connection.execute(_IS_ACTIVE, {"of": request["of"]}).first() is not None


def _newest(
    connection: sa.Connection,
    query: sa.Select[tuple[object, ...]],
    questions: list[dict[str, Any]],
) -> list[Execution]:
    found = [execution_of(row) for values in questions for row in connection.execute(query, values)]
    return sorted(found, key=lambda execution: execution.slot, reverse=True)
