"""What retention lets go, found by index and deleted a few at a time."""

from collections import Counter
from collections.abc import Collection, Iterator

import sqlalchemy as sa

from wlcron.store import Retention
from wlcron.stores.sql.prepared import Prepared
from wlcron.stores.sql.schema import (
    changes,
    crons,
    definitions,
    executions,
    is_active,
    is_deleted,
    is_living,
    is_unannounced,
)

_Ids = sa.Select[tuple[str]]

_IS_WAITED_FOR = sa.exists().where(changes.c.execution_id == executions.c.id, is_unannounced)
_IS_SETTLED = sa.and_(~is_active, ~_IS_WAITED_FOR)
_MAY_GO = sa.select(executions.c.id).where(_IS_SETTLED)
_others = executions.alias("others")
_GO = sa.delete(executions).where(_IS_SETTLED).returning(executions.c.cron_id)
_IS_NEEDED = sa.exists().where(
    executions.c.cron_id == definitions.c.cron_id,
    executions.c.cron_version == definitions.c.version,
)
_IS_CURRENT = sa.exists().where(
    crons.c.id == definitions.c.cron_id, crons.c.version == definitions.c.version
)
_DISCOUNT = Prepared(
    sa.update(crons)
    .where(crons.c.id == sa.bindparam("of"))
    .values(stored=crons.c.stored - sa.bindparam("fewer"))
)


def find_prunable(connection: sa.Connection, retention: Retention, limit: int) -> list[str]:
    """Return the ids of executions that may go, as the port says."""
    found: dict[str, None] = {}  # each once: one that is old may be one too many as well
    for ids in _candidates(connection, retention):
        found.update(dict.fromkeys(connection.scalars(ids.limit(limit))))
        if len(found) >= limit:
            break
    return list(found)[:limit]


def prune(connection: sa.Connection, execution_ids: Collection[str]) -> None:
    """Forget executions as the port says, and what nothing refers to any more."""
    if execution_ids:
        gone = connection.execute(_GO.where(executions.c.id.in_(execution_ids)))
        cron_ids = [cron_id for (cron_id,) in gone]
        _discount(connection, cron_ids)
        forget_definitions(connection, set(cron_ids))
    _forget_crons(connection)


def forget_definitions(connection: sa.Connection, cron_ids: Collection[str]) -> None:
    """Forget versions of these crons that no execution has and that are not the current one."""
    connection.execute(
        sa.delete(definitions).where(definitions.c.cron_id.in_(cron_ids), ~_IS_CURRENT, ~_IS_NEEDED)
    )


def _candidates(connection: sa.Connection, retention: Retention) -> Iterator[_Ids]:
    yield _MAY_GO.where(executions.c.cron_id.in_(sa.select(crons.c.id).where(is_deleted)))
    yield _MAY_GO.where(executions.c.slot < retention.before).order_by(executions.c.slot)
    for cron_id in _too_many(connection, retention.keep):
        yield _beyond(cron_id, retention.keep)


def _too_many(connection: sa.Connection, keep: int) -> list[str]:
    """Return who has more executions than are kept: from their counters."""
    found = connection.scalars(sa.select(crons.c.id).where(crons.c.stored > keep, is_living))
    return list(found)


def _beyond(cron_id: str, keep: int) -> _Ids:
    # By those that are kept, not by how many the counter has too many: that many of the oldest
    # would be too many where another server has deleted some since the counter was read.
    of_cron = sa.select(_others.c.slot).where(_others.c.cron_id == cron_id)
    newest_to_go = of_cron.order_by(_others.c.slot.desc()).limit(1).offset(keep)
    return _MAY_GO.where(
        executions.c.cron_id == cron_id, executions.c.slot <= newest_to_go.scalar_subquery()
    )


def _discount(connection: sa.Connection, cron_ids: Collection[str]) -> None:
    counts = [{"of": cron_id, "fewer": count} for cron_id, count in Counter(cron_ids).items()]
    _DISCOUNT.run(connection, *counts)


def _forget_crons(connection: sa.Connection) -> None:
    is_used = sa.exists().where(executions.c.cron_id == crons.c.id)
    connection.execute(sa.delete(crons).where(is_deleted, ~is_used))
