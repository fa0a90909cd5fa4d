"""What the scheduler planned, written in one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import TypeVar

import sqlalchemy as sa

from wlcron.core.execution import Change, Execution
from wlcron.core.planning import Plan
from wlcron.stores.settling import settle
from wlcron.stores.sql.rows import EXECUTION, change_row, execution_of, execution_row
from wlcron.stores.sql.schema import changes, crons, executions, is_active, is_living

T = TypeVar("T")
_Slot = tuple[str, datetime]
_AT_ONCE = 1000  # values in one question to the database

_ADVANCE = (
    sa.update(crons)
    .where(crons.c.id == sa.bindparam("of"))
    .values(
        next_due=sa.bindparam("due"),
        revision=crons.c.revision + 1,
        stored=crons.c.stored + sa.bindparam("more"),
    )
)


def commit_plans(connection: sa.Connection, plans: Sequence[Plan]) -> list[Execution]:
    """Write plans as the port says; return the rows that were made.

    The crons are locked first, so nobody adds rows to them meanwhile. If somebody does so all
    the same, the constraints refuse the transaction and it is run again.
    """
    fresh = list(_as_read(plans, _revisions(connection, plans)))
    made = _settled(connection, fresh)
    _insert(connection, [row for rows in made for row in rows])
    moves = [
        {"of": plan.cron.id, "due": plan.next_due, "more": len(rows)}
        for plan, rows in zip(fresh, made, strict=True)
    ]
    if moves:
        connection.execute(_ADVANCE, moves)
    return [row for rows in made for row in rows]


def _revisions(connection: sa.Connection, plans: Sequence[Plan]) -> dict[str, int]:
    # In the order of their ids: two servers that lock the same crons must not wait in a circle.
    locked = sa.select(crons.c.id, crons.c.revision).order_by(crons.c.id).with_for_update()
    revisions: dict[str, int] = {}
    for ids in _batches(sorted({plan.cron.id for plan in plans})):
        found = connection.execute(locked.where(crons.c.id.in_(ids), is_living))
        revisions.update((cron_id, revision) for cron_id, revision in found)
    return revisions


def _as_read(plans: Iterable[Plan], revisions: dict[str, int]) -> Iterator[Plan]:
    for plan in plans:
        if revisions.get(plan.cron.id) == plan.cron.revision:
            revisions[plan.cron.id] += 1  # a second plan of the same reading comes too late
            yield plan


def _settled(connection: sa.Connection, plans: list[Plan]) -> list[list[Execution]]:
    planned = [row for plan in plans for row in plan.executions]
    ids, slots = _existing(connection, planned)
    active = _active(connection, [plan.cron.id for plan in plans])
    return [settle(plan.executions, active.get(plan.cron.id), ids, slots) for plan in plans]


def _existing(connection: sa.Connection, planned: list[Execution]) -> tuple[set[str], set[_Slot]]:
    slot = sa.tuple_(executions.c.cron_id, executions.c.slot)
    ids: set[str] = set()
    slots: set[_Slot] = set()
    for rows in _batches(planned):
        known = sa.select(executions.c.id).where(executions.c.id.in_([row.id for row in rows]))
        ids.update(connection.scalars(known))
        taken = [(row.cron_id, row.slot) for row in rows]
        found = connection.execute(sa.select(*slot.clauses).where(slot.in_(taken)))
        slots.update((cron_id, instant) for cron_id, instant in found)
    return ids, slots


def _active(connection: sa.Connection, cron_ids: list[str]) -> dict[str, Execution]:
    query = sa.select(*EXECUTION).where(is_active)
    found = (
        execution_of(row)
        for ids in _batches(cron_ids)
        for row in connection.execute(query.where(executions.c.cron_id.in_(ids)))
    )
    return {execution.cron_id: execution for execution in found}


def _insert(connection: sa.Connection, made: list[Execution]) -> None:
    if made:
        connection.execute(sa.insert(executions), list(map(execution_row, made)))
        first = [change_row(Change(row, None, row.created_at)) for row in made]
        connection.execute(sa.insert(changes), first)


def _batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[first : first + _AT_ONCE] for first in range(0, len(values), _AT_ONCE))
