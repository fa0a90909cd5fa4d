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
_MAY_GO = sa.select(executions.c.id).where(~is_active, ~_IS_WAITED_FOR)
_others = executions.alias("others")
_GO = sa.delete(executions).returning(executions.c.id, executions.c.cron_id)
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


def prune(connection: sa.Connection, retention: Retention, limit: int) -> list[str]:
    """Forget executions as the port says, and what nothing refers to any more."""
    forgotten: dict[str, str] = {}
    for ids in _candidates(connection, retention):
        left = limit - len(forgotten)
        if left == 0:
            break
        gone = connection.execute(_GO.where(executions.c.id.in_(ids.limit(left))))
        forgotten.update((execution_id, cron_id) for execution_id, cron_id in gone)
    if forgotten:
        _discount(connection, forgotten.values())
        forget_definitions(connection, set(forgotten.values()))
    _forget_crons(connection)
    return list(forgotten)


def forget_definitions(connection: sa.Connection, cron_ids: Collection[str]) -> None:
    """Forget versions of these crons that no execution has and that are not the current one."""
    connection.execute(
        sa.delete(definitions).where(definitions.c.cron_id.in_(cron_ids), ~_IS_CURRENT, ~_IS_NEEDED)
    )


def _candidates(connection: sa.Connection, retention: Retention) -> Iterator[_Ids]:
    yield _MAY_GO.where(executions.c.cron_id.in_(sa.select(crons.c.id).where(is_deleted)))
    yield _MAY_GO.where(executions.c.slot < retention.before).order_by(executions.c.slot)
    for cron_id, surplus in _too_many(connection, retention.keep):
        yield _oldest(cron_id, surplus)


def _too_many(connection: sa.Connection, keep: int) -> list[tuple[str, int]]:
    """Return who has more executions than are kept, and how many more: from their counters."""
    found = connection.execute(
        sa.select(crons.c.id, crons.c.stored - keep).where(crons.c.stored > keep, is_living)
    )
    return [(cron_id, surplus) for cron_id, surplus in found]


def _oldest(cron_id: str, surplus: int) -> _Ids:
    of_cron = sa.select(_others.c.slot).where(_others.c.cron_id == cron_id)
    newest_of_them = of_cron.order_by(_others.c.slot).limit(1).offset(surplus - 1)
    return _MAY_GO.where(
        executions.c.cron_id == cron_id, executions.c.slot <= newest_of_them.scalar_subquery()
    )


def _discount(connection: sa.Connection, cron_ids: Collection[str]) -> None:
    counts = [{"of": cron_id, "fewer": count} for cron_id, count in Counter(cron_ids).items()]
    _DISCOUNT.run(connection, *counts)


def _forget_crons(connection: sa.Connection) -> None:
    is_used = sa.exists().where(executions.c.cron_id == crons.c.id)
    connection.execute(sa.delete(crons).where(is_deleted, ~is_used))
