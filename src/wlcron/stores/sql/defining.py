"""Definitions are saved and deleted by who has read their newest revision."""

from dataclasses import replace
from operator import attrgetter

import sqlalchemy as sa

from wlcron.core.cron import Cron
from wlcron.stores.sql.postgresql import tell
from wlcron.stores.sql.prepared import Prepared
from wlcron.stores.sql.pruning import forget_definitions
from wlcron.stores.sql.schema import crons, definitions, is_living

_EDITED = ("updated_at", "next_due", "version", "pause", "registration", "unsettled")
_HOMONYM = sa.select(crons.c.id).where(
    (crons.c.id == sa.bindparam("of")) | ((crons.c.name == sa.bindparam("called")) & is_living)
)
_INSERT = Prepared(
    sa.insert(crons), "id", "name", "created_at", "revision", *_EDITED, get=attrgetter
)
_AS_READ = (
    sa.update(crons)
    .where(crons.c.id == sa.bindparam("id"), crons.c.revision == sa.bindparam("read"), is_living)
    .values(revision=crons.c.revision + sa.literal_column("1"))
)
_UPDATE = Prepared(_AS_READ, *_EDITED)
_DELETE = Prepared(_AS_READ.values(deleted=sa.true(), next_due=sa.null()))
_KNOWN = sa.select(definitions.c.version).where(
    definitions.c.cron_id == sa.bindparam("of"), definitions.c.version == sa.bindparam("number")
)
_DEFINE = Prepared(sa.insert(definitions), "cron_id", "version", "definition", "source")


def put_cron(connection: sa.Connection, cron: Cron) -> bool:
    """Save a cron as the port says."""
    if not (_insert(connection, cron) if cron.revision == 0 else _update(connection, cron)):
        return False
    _keep_definition(connection, cron)
    tell(connection, "scheduler", *(["registrar"] if cron.unsettled else []))
    return True


def delete_cron(connection: sa.Connection, cron: Cron) -> bool:
    """Forget a cron as the port says."""
    return _DELETE.run(connection, {"id": cron.id, "read": cron.revision}) == 1


def _insert(connection: sa.Connection, cron: Cron) -> bool:
    if connection.execute(_HOMONYM, {"of": cron.id, "called": cron.name}).first() is not None:
        return False
    _INSERT.run(connection, replace(cron, revision=1))
    return True


def _update(connection: sa.Connection, cron: Cron) -> bool:
    values = {name: getattr(cron, name) for name in ("id", *_EDITED)}
    return _UPDATE.run(connection, values | {"read": cron.revision}) == 1


def _keep_definition(connection: sa.Connection, cron: Cron) -> None:
    """Add the definition of a new version; the one of a known version stays as it is."""
    if connection.execute(_KNOWN, {"of": cron.id, "number": cron.version}).first() is None:
        values = {name: getattr(cron, name) for name in ("version", "definition", "source")}
        _DEFINE.run(connection, values | {"cron_id": cron.id})
        forget_definitions(connection, [cron.id])
