"""The outbox, in SQL."""

from collections.abc import Sequence

import sqlalchemy as sa

from wlcron.core.execution import Change
from wlcron.stores.sql.database import Database
from wlcron.stores.sql.prepared import Prepared
from wlcron.stores.sql.rows import CHANGE, change_of
from wlcron.stores.sql.schema import changes, executions, is_unannounced

_WAITING = (
    sa.select(*CHANGE)
    .join_from(changes, executions)
    .where(is_unannounced)
    .order_by(changes.c.id)
    .limit(sa.bindparam("at_most"))
)
_TELL = Prepared(
    sa.update(changes)
    .where(changes.c.execution_id == sa.bindparam("of"), changes.c.status == sa.bindparam("to"))
    .values(announced=sa.true())
)


class SqlChanges:
    """Changes that nobody was told of yet."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def unannounced(self, limit: int) -> list[Change]:
        """Return changes that nobody was told of yet, oldest first."""
        return await self._database.read(
            lambda connection: [
                change_of(row) for row in connection.execute(_WAITING, {"at_most": limit})
            ]
        )

    async def announced(self, changes: Sequence[Change]) -> None:
        """Note that these were told."""
        told = [{"of": change.execution.id, "to": change.execution.status} for change in changes]
        await self._database.write(lambda connection: _TELL.run(connection, *told))
