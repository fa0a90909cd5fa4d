"""Changes are saved in the transaction of what they tell."""

from collections.abc import Iterable

import sqlalchemy as sa

from wlcron.core.execution import Change
from wlcron.stores.sql.prepared import Prepared
from wlcron.stores.sql.rows import CHANGE_COLUMNS, of_change
from wlcron.stores.sql.schema import changes

_INSERT = Prepared(sa.insert(changes), *CHANGE_COLUMNS, get=of_change)


def save_changes(connection: sa.Connection, moves: Iterable[Change]) -> None:
    """Add changes to the history, where they wait to be announced."""
    _INSERT.run(connection, *moves)
