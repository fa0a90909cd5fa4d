"""Statuses move by compare-and-set, with their change and the cron's lock in one transaction."""

from dataclasses import replace
from datetime import datetime

from wlcron.core.execution import ACTIVE, Change, Execution, Status
from wlcron.errors import StoreError
from wlcron.stores.dynamodb.encoding import instant, sentence, text
from wlcron.stores.dynamodb.faults import Cancelled, Lost
from wlcron.stores.dynamodb.outbox import put_change
from wlcron.stores.dynamodb.requests import Update
from wlcron.stores.dynamodb.rows import (
    ASKED,
    as_moved,
    attribute,
    execution_of,
    is_execution,
    move_of,
    turn_of,
)
from wlcron.stores.dynamodb.shelf import Shelf
from wlcron.stores.dynamodb.tables import is_id, row_key, state_key

# Ends that would be others if a stop had been asked for: they are refused when one was, of which
# whoever judged did not know. So a row that is remembered never decides that wrongly.
_JUDGED = frozenset({Status.SUCCESS, Status.FAILED, Status.STOPPED})
_STEPS = {Status.PENDING: 0, Status.STARTING: 1, Status.RUNNING: 2}
_OVER = 3
_TRIES = 5


async def apply(shelf: Shelf, change: Change) -> bool:
    """Save a change as the port says."""
    if change.before is None or not is_id(change.execution.id):
        return False
    _check_direction(change)
    after = replace(change.execution, lease_until=None)
    has_lock = after.is_final
    for _ in range(_TRIES):
        cancelled = await _write(shelf, change, after, has_lock=has_lock)
        if cancelled is None:
            _remember(shelf, after)
            return True
        lost = cancelled.lost[0]
        if lost is None:
            has_lock = False  # its cron does not call it active; it is to end nevertheless
            continue
        row = _row_of(lost)
        if row is None or row.status is not change.before or after.status in _JUDGED:
            if row is not None:
                shelf.written.note(row)
            return False
        after = as_moved(row, after)  # a stop was asked for meanwhile, and stays
    raise StoreError(f"execution {after.id} is written by others all the time: try again")


async def ask_stop(shelf: Shelf, execution_id: str, at: datetime, reason: str) -> bool:
    """Note on an active execution that it has to end; False when it is over already."""
    if not is_id(execution_id):
        return False
    shelf.written.take(execution_id)
    asked = {"stop_asked_at": instant(at), "turn": text(f"{ASKED}{0:020d}")}
    if reason:
        asked["stop_reason"] = sentence(reason)
    update = Update(shelf.executions, row_key(execution_id)).set(asked).expect(stop_asked_at=None)
    update.expect_any("status", [text(status) for status in sorted(ACTIVE)])
    lost = await shelf.database.update(update)
    if lost is None:
        shelf.asked.note(execution_id, shelf.clock())
        return True
    row = _row_of(lost)
    # Asked before: the first request stands, since ends are judged by when it was made.
    return row is not None and not row.is_final


async def renew(shelf: Shelf, execution_id: str, until: datetime, reason: str) -> None:
    """Move the lease of a STARTING execution, and say in its row how far it is."""
    shelf.written.take(execution_id)
    shelf.quiet.end()
    row = await shelf.row(execution_id)
    for _ in range(_TRIES):
        if row is None or row.status is not Status.STARTING:
            return
        lost = await shelf.database.update(_renewal(shelf, row, until, reason))
        if lost is None:
            return
        row = _row_of(lost)


def _renewal(shelf: Shelf, row: Execution, until: datetime, reason: str) -> Update:
    values = {"lease_until": instant(until)} | ({"reason": sentence(reason)} if reason else {})
    update = as_read(shelf, row)
    if row.stop_asked_at is None:
        # Where it stands tells its lease, for which it is looked for.
        values["turn"] = text(turn_of(replace(row, lease_until=until)) or "")
    return update.set(values)


def as_leased(row: Execution, until: datetime) -> Execution:
    """Return an execution with another lease."""
    return replace(row, lease_until=until)


def as_read(shelf: Shelf, row: Execution) -> Update:
    """Return an update of an execution that nobody has taken, moved or stopped since."""
    update = Update(shelf.executions, row_key(row.id)).expect(status=text(row.status))
    update.expect(stop_asked_at=attribute(row, "stop_asked_at"))
    return update.expect(lease_until=attribute(row, "lease_until"))


async def _write(
    shelf: Shelf, change: Change, after: Execution, *, has_lock: bool
) -> Cancelled | None:
    stamp = shelf.stamp()
    update = Update(shelf.executions, row_key(after.id)).expect(status=text(change.before or ""))
    if after.status in _JUDGED or not after.is_final:
        update.expect(stop_asked_at=attribute(after, "stop_asked_at"))
    moved = update.set(move_of(after, stamp, shelf.keep_for)).request()
    writes = [moved, put_change(shelf, Change(after, change.before, change.at), stamp)]
    if has_lock:
        lock = Update(shelf.crons, state_key(after.cron_id)).expect(active=text(after.id))
        writes.append(lock.set({"active": None}).request())
    return await shelf.database.transact(writes)


def _check_direction(change: Change) -> None:
    """Refuse what would lead back: statuses that were left were announced, and are not again."""
    before, after = change.before, change.execution.status
    if before is not None and _STEPS.get(after, _OVER) <= _STEPS.get(before, _OVER):
        raise StoreError(
            f"execution {change.execution.id} was {before} and cannot be {after} after that"
        )


def _remember(shelf: Shelf, after: Execution) -> None:
    known = shelf.written.take(after.id)
    shelf.written.note(after if known is None else as_moved(known, after))


def _row_of(lost: Lost) -> Execution | None:
    return execution_of(lost.item) if lost.item and is_execution(lost.item) else None
