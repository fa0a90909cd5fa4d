"""What the scheduler planned, written in one transaction."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy import exc

from wlcron.core.execution import Change, Execution, Status
from wlcron.core.planning import Plan
from wlcron.store import Taker
from wlcron.stores.settling import settle
from wlcron.stores.sql.postgresql import tell
from wlcron.stores.sql.prepared import Prepared
from wlcron.stores.sql.rows import EXECUTION, EXECUTION_COLUMNS, execution_of
from wlcron.stores.sql.saving import save_changes
from wlcron.stores.sql.schema import crons, executions, is_active, is_living

T = TypeVar("T")
_Slot = tuple[str, datetime]
_AT_ONCE = 1000  # values in one question to the database


_INSERT = Prepared(sa.insert(executions), *EXECUTION_COLUMNS, get=attrgetter)
_ADVANCE = Prepared(
    sa.update(crons)
    .where(crons.c.id == sa.bindparam("of"), crons.c.revision == sa.bindparam("read"), is_living)
    .values(
        revision=crons.c.revision + sa.literal_column("1"),
        stored=crons.c.stored + sa.bindparam("more"),
    ),
    "next_due",
)
# A manual slot leaves the schedule alone, so there is no revision to compare.
_COUNT = Prepared(
    sa.update(crons)
    .where(crons.c.id == sa.bindparam("of"), is_living)
    .values(stored=crons.c.stored + sa.bindparam("more")),
)
_TAKEN = sa.select(executions.c.slot).where(
    executions.c.cron_id == sa.bindparam("of"),
    executions.c.slot.between(sa.bindparam("first"), sa.bindparam("last")),
)


class _Outdated(Exception):  # noqa: N818 -- it is no error: somebody else was faster
    """A cron is no longer as it was when its plan was made."""


@dataclass(frozen=True, slots=True)
class _Known:
    """What rows are settled by: what exists (nothing, it is hoped at first), and who takes them."""

    ids: set[str] = field(default_factory=set)
    slots: set[_Slot] = field(default_factory=set)
    taker: Taker | None = None


def commit_plans(
    connection: sa.Connection, plans: Sequence[Plan], taker: Taker | None
) -> list[Execution]:
    """Write plans as the port says; return the rows that were made.

    As a rule nobody else has planned the same slots. So they are written at once, and only if
    the database refuses them is it asked what is there, in the same transaction.
    """
    try:
        with connection.begin_nested():
            return _write(connection, plans, _Known(taker=taker))
    except (exc.IntegrityError, _Outdated):
        fresh = list(_as_read(plans, _revisions(connection, plans)))
        ids = _known_ids(connection, [row.id for plan in fresh for row in plan.executions])
        slots = {slot for plan in fresh for slot in _taken_slots(connection, plan)}
        return _write(connection, fresh, _Known(ids, slots, taker))


def _write(connection: sa.Connection, plans: Sequence[Plan], known: _Known) -> list[Execution]:
    active = _active(connection, [plan.cron.id for plan in plans])
    made = [(plan, _settle(plan, active, known)) for plan in plans]
    # In the order of their ids: servers that lock the same crons must not wait in a circle.
    made.sort(key=lambda each: each[0].cron.id)
    moves = [_advance_row(plan, rows) for plan, rows in made if plan.moves]
    counts = [_count_row(plan, rows) for plan, rows in made if not plan.moves]
    if _ADVANCE.run(connection, *moves) + _COUNT.run(connection, *counts) != len(plans):
        raise _Outdated
    return _insert(connection, [row for _, rows in made for row in rows])


def _settle(plan: Plan, active: dict[str, Execution], known: _Known) -> list[Execution]:
    rows = settle(plan.executions, active.get(plan.cron.id), known.ids, known.slots, known.taker)
    active.update((row.cron_id, row) for row in rows if row.status.is_active)
    return rows


def _advance_row(plan: Plan, made: list[Execution]) -> dict[str, Any]:
    cron = plan.cron
    return {"of": cron.id, "read": cron.revision, "next_due": plan.next_due, "more": len(made)}


def _count_row(plan: Plan, made: list[Execution]) -> dict[str, Any]:
    return {"of": plan.cron.id, "more": len(made)}


def _revisions(connection: sa.Connection, plans: Sequence[Plan]) -> dict[str, int]:
    locked = sa.select(crons.c.id, crons.c.revision).order_by(crons.c.id).with_for_update()
    revisions: dict[str, int] = {}
    for ids in _batches(sorted({plan.cron.id for plan in plans})):
        found = connection.execute(locked.where(crons.c.id.in_(ids), is_living))
        revisions.update((cron_id, revision) for cron_id, revision in found)
    return revisions


def _as_read(plans: Iterable[Plan], revisions: dict[str, int]) -> Iterator[Plan]:
    for plan in plans:
        if plan.cron.id in revisions and not plan.moves:
            yield plan
        elif revisions.get(plan.cron.id) == plan.cron.revision:
            revisions[plan.cron.id] += 1  # a second plan of the same reading comes too late
            yield plan


def _known_ids(connection: sa.Connection, ids: list[str]) -> set[str]:
    query = sa.select(executions.c.id)
    return {
        known
        for some in _batches(ids)
        for known in connection.scalars(query.where(executions.c.id.in_(some)))
    }


def _taken_slots(connection: sa.Connection, plan: Plan) -> set[_Slot]:
    slots = [row.slot for row in plan.executions]
    if not slots:
        return set()
    span = {"of": plan.cron.id, "first": min(slots), "last": max(slots)}
    return {(plan.cron.id, slot) for slot in connection.scalars(_TAKEN, span)}


def _active(connection: sa.Connection, cron_ids: list[str]) -> dict[str, Execution]:
    query = sa.select(*EXECUTION).where(is_active)
    found = (
        execution_of(row)
        for ids in _batches(cron_ids)
        for row in connection.execute(query.where(executions.c.cron_id.in_(ids)))
    )
    return {execution.cron_id: execution for execution in found}


def _insert(connection: sa.Connection, made: list[Execution]) -> list[Execution]:
    _INSERT.run(connection, *made)
    save_changes(connection, [Change(row, None, row.created_at) for row in made])
    if any(row.status is Status.PENDING for row in made):
        tell(connection, "launcher")
    return made


def _batches(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[first : first + _AT_ONCE] for first in range(0, len(values), _AT_ONCE))
