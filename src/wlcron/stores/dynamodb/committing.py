"""What the scheduler planned, written: as many plans in a transaction as fit.

A transaction is cancelled whole when one of its plans has lost. DynamoDB says which: those that
others were faster with are left out, those that found something in their way are settled anew and
tried alone, and the innocent go on together.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta

from wlcron.core.execution import Change, Execution, Status
from wlcron.core.planning import Plan
from wlcron.errors import StoreError
from wlcron.store import Taker
from wlcron.stores.dynamodb.database import AT_ONCE
from wlcron.stores.dynamodb.encoding import expiry, read_text
from wlcron.stores.dynamodb.faults import Lost
from wlcron.stores.dynamodb.outbox import put_change
from wlcron.stores.dynamodb.planned import Attempt, in_steps
from wlcron.stores.dynamodb.requests import Request, put_new
from wlcron.stores.dynamodb.rows import execution_item
from wlcron.stores.dynamodb.shelf import Shelf
from wlcron.stores.dynamodb.tables import EXPIRY, row_key, slot_key

_TRIES = 50
# A slot that a manual run has taken can only be planned once more while it is about now.
_SLOT_TAKEN_FOR = timedelta(days=7)

_Group = list[tuple[Attempt, list[Execution], list[Request]]]


async def commit_plans(shelf: Shelf, plans: Sequence[Plan], taker: Taker | None) -> list[Execution]:
    """Write plans as the port says; return the rows that were made."""
    made: dict[int, list[Execution]] = {}
    waves = [in_steps(plan) for plan in plans]
    turns = list(range(len(plans)))
    while turns:
        ready, turns = _one_of_each_cron(plans, turns)
        steps = {n: step for n in ready if (step := next(waves[n], None)) is not None}
        attempts = [Attempt(n, step, taker) for n, step in steps.items()]
        done = await _commit_some(shelf, attempts)
        for n, rows in done.items():
            made.setdefault(n, []).extend(rows)
        # A plan that lost is left out from there on.
        turns = sorted([*turns, *done])
    rows = [row for n in sorted(made) for row in made[n]]
    _remember(shelf, rows)
    return rows


def _one_of_each_cron(plans: Sequence[Plan], turns: Iterable[int]) -> tuple[list[int], list[int]]:
    """Part plans that go now from those that come after another one of their cron."""
    seen: set[str] = set()
    now: list[int] = []
    later: list[int] = []
    for n in turns:
        cron_id = plans[n].cron.id
        (later if cron_id in seen else now).append(n)
        seen.add(cron_id)
    return now, later


async def _commit_some(shelf: Shelf, attempts: list[Attempt]) -> dict[int, list[Execution]]:
    """Commit plans of crons that are all different; return the rows of those that were not lost."""
    done: dict[int, list[Execution]] = {}
    together, alone = attempts, list[Attempt]()
    while together or alone:
        groups = [*_grouped(shelf, together), *([_prepared(shelf, each)] for each in alone)]
        together, alone = [], []
        for guilty, innocent in await asyncio.gather(
            *(_commit_group(shelf, group, done) for group in groups)
        ):
            alone += guilty
            together += innocent
    return done


async def _commit_group(
    shelf: Shelf, group: _Group, done: dict[int, list[Execution]]
) -> tuple[list[Attempt], list[Attempt]]:
    """Write one transaction; return who has to be tried again: settled anew, and as they were."""
    writes = [write for _, _, some in group for write in some]
    cancelled = await shelf.database.transact(writes) if writes else None
    if cancelled is None:
        done.update((attempt.number, rows) for attempt, rows, _ in group)
        return [], []
    guilty: list[Attempt] = []
    innocent: list[Attempt] = []
    first = 0
    for attempt, rows, some in group:
        lost = cancelled.lost[first : first + len(some)]
        first += len(some)
        if not any(lost):
            innocent.append(attempt)
        elif await _learn(shelf, attempt, rows, lost):
            guilty.append(attempt)
    return guilty, innocent


async def _learn(
    shelf: Shelf, attempt: Attempt, rows: list[Execution], lost: Sequence[Lost | None]
) -> bool:
    """Note what was in a plan's way; False when others were faster with it."""
    attempt.tries += 1
    if attempt.tries > _TRIES:
        raise StoreError(f"{attempt.plan.cron.name} is written by others all the time: try again")
    of_cron, of_rows = lost[0], lost[1:]
    if of_cron is not None:
        if attempt.is_outdated(of_cron) or of_cron.item is None:
            return False
        known = read_text(of_cron.item, "active")
        attempt.learn_lock(of_cron.item, await shelf.row(known) if known else None)
    for (row, is_of_id), each in zip(_roles(rows), of_rows, strict=False):
        if each is not None and is_of_id:
            attempt.ids.add(row.id)
        elif each is not None:
            attempt.slots.add((row.cron_id, row.slot))
    return True


def _grouped(shelf: Shelf, attempts: Iterable[Attempt]) -> Iterator[_Group]:
    """Yield as many plans at once as fit into a transaction."""
    group: _Group = []
    size = 0
    for attempt in attempts:
        prepared = _prepared(shelf, attempt)
        if group and size + len(prepared[2]) > AT_ONCE:
            yield group
            group, size = [], 0
        group.append(prepared)
        size += len(prepared[2])
    if group:
        yield group


def _prepared(shelf: Shelf, attempt: Attempt) -> tuple[Attempt, list[Execution], list[Request]]:
    rows = attempt.rows()
    if not rows and not attempt.plan.moves:
        return attempt, rows, []
    writes = [attempt.cron_update(shelf.crons, rows).request()]
    # In the order of `_roles`, by which it is told what a lost condition is about.
    stamps = {row.id: shelf.stamp() for row in rows}
    for row, is_of_id in _roles(rows):
        if is_of_id:
            item = execution_item(row, stamps[row.id], shelf.keep_for)
        else:
            until = expiry(row.created_at + _SLOT_TAKEN_FOR)
            item = (slot_key(row) or row_key(row.id)) | {EXPIRY: until}
        writes.append(put_new(shelf.executions, item))
    changes = [Change(row, None, row.created_at) for row in rows]
    writes += [put_change(shelf, each, stamps[each.execution.id]) for each in changes]
    return attempt, rows, writes


def _roles(rows: Iterable[Execution]) -> Iterator[tuple[Execution, bool]]:
    """Yield what must not be there yet: each row's id (True), its slot where it is another key."""
    for row in rows:
        yield row, True
        if slot_key(row) is not None:
            yield row, False


def _remember(shelf: Shelf, rows: Iterable[Execution]) -> None:
    for row in rows:
        shelf.written.note(row)
        if row.status is Status.PENDING:
            shelf.quiet.end()
            shelf.pending.note(row.id, shelf.clock())
