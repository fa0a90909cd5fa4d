"""A plan as writes of one transaction, and what to do when it was not made. Pure.

First it is taken for granted that nobody else was there: no row exists, and nothing is active.
Every write has a condition that says so, and DynamoDB shows what was in the way of each.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from wlcron.core.execution import Execution
from wlcron.core.planning import Plan
from wlcron.store import Taker
from wlcron.stores.dynamodb.cronitems import NEVER, is_living, revision_of
from wlcron.stores.dynamodb.encoding import instant, number, read_text, text
from wlcron.stores.dynamodb.faults import Lost
from wlcron.stores.dynamodb.requests import Update
from wlcron.stores.dynamodb.tables import Item, state_key
from wlcron.stores.settling import settle

ROWS_AT_ONCE = 33  # with a change and a taken slot each, and the cron, within 100 writes


@dataclass(slots=True)
class Attempt:
    """A plan, and what is known of what is there."""

    number: int  # of the plan among those that are committed
    plan: Plan
    taker: Taker | None
    ids: set[str] = field(default_factory=set)
    slots: set[tuple[str, datetime]] = field(default_factory=set)
    lock: str = ""  # the execution that the cron's item calls active
    active: Execution | None = None  # the same as its row says, if it is
    tries: int = 0

    def rows(self) -> list[Execution]:
        """Return the rows that it comes to."""
        return settle(self.plan.executions, self.active, self.ids, self.slots, self.taker)

    def cron_update(self, table: str, rows: list[Execution]) -> Update:
        """Return what becomes of its cron: where it has to be as it was, and what it is then."""
        plan = self.plan
        update = Update(table, state_key(plan.cron.id)).expect(deleted=None)
        update.expect_some("revision")
        if plan.moves:
            due = number(NEVER) if plan.next_due is None else instant(plan.next_due)
            update.expect(revision=number(plan.cron.revision))
            update.set({"next_due": due}).add("revision", 1)
        if rows:
            update.add("stored", len(rows))
        if any(row.status.is_active or self._was_skipped(row) for row in rows):
            update.expect(active=text(self.lock) if self.lock else None)
        for row in rows:
            if row.status.is_active:
                update.set({"active": text(row.id)})
        return update

    def _was_skipped(self, row: Execution) -> bool:
        """Whether a row is SKIPPED because of what is active, and not as it was planned."""
        return self.active is not None and row.is_final and row not in self.plan.executions

    def is_outdated(self, lost: Lost) -> bool:
        """Whether its cron has gone, or moved on since the plan was made."""
        item = lost.item
        if item is None or not is_living(item):
            return True
        return self.plan.moves and revision_of(item) != self.plan.cron.revision

    def learn_lock(self, item: Item, row: Execution | None) -> None:
        """Note what the cron's item calls active, and its row."""
        self.lock = read_text(item, "active")
        # What is over does not hold up others, should it ever be called active still.
        self.active = None if row is None or row.is_final else row


def in_steps(plan: Plan) -> Iterator[Plan]:
    """Yield a plan as smaller ones that fit into transactions, one after the other.

    Each is right by itself: it moves next_due to the first slot of the next one. So who dies in
    between leaves a cron from which planning goes on.
    """
    rows = plan.executions
    if len(rows) <= ROWS_AT_ONCE:
        yield plan
        return
    cron = plan.cron
    for first in range(0, len(rows), ROWS_AT_ONCE):
        some, rest = rows[first : first + ROWS_AT_ONCE], rows[first + ROWS_AT_ONCE :]
        until = (rest[0].slot if rest else plan.next_due) if plan.moves else cron.next_due
        step = Plan(cron, some, until)
        yield step
        if step.moves:
            cron = replace(cron, revision=cron.revision + 1, next_due=until)
