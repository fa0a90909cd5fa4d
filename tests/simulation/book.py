"""The world's own account of rows: what was written is compared with what may be."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from tests.simulation.eras import Eras
from tests.simulation.journal import Journal
from wlcron.core.cron import Cron
from wlcron.core.execution import Change, Execution, Kind, Observation, Status
from wlcron.core.planning import PAUSED, Plan

_ORDER = {Status.PENDING: 0, Status.STARTING: 1, Status.RUNNING: 2}
_FINAL = 3


def rank(status: Status) -> int:
    """Return how far a status is."""
    return _ORDER.get(status, _FINAL)


@dataclass(slots=True)
class Book:
    """Notes every write the moment it lands, and says which promise it breaks."""

    journal: Journal
    eras: Eras = field(default_factory=Eras)
    rows: dict[str, Execution] = field(default_factory=dict)
    slots: dict[tuple[str, datetime], str] = field(default_factory=dict)
    active: dict[str, str] = field(default_factory=dict)  # cron's id -> execution's id
    passed: dict[tuple[str, Status], None] = field(default_factory=dict)  # what rows went through
    revisions: dict[str, int] = field(default_factory=dict)  # by cron's id
    forgotten: set[str] = field(default_factory=set)  # executions that retention has let go

    def planned(self, plans: Iterable[Plan], made: Iterable[Execution]) -> None:
        """Note what a commit made of plans."""
        of = {plan.cron.id: plan for plan in plans}
        for row in made:
            plan = of[row.cron_id]
            if plan.moves and plan.cron.revision != self.revisions.get(row.cron_id):
                self.journal.broken(
                    "one write does not undo another",
                    f"a plan of {row.cron_name} was committed that was made before it changed",
                )
            self._made(row)

    def _made(self, row: Execution) -> None:
        known = self.slots.setdefault((row.cron_id, row.slot), row.id)
        if known != row.id or row.id in self.rows:
            self.journal.broken("a slot has one row", f"{name(row)} has a second one")
        is_overlap = row.status is Status.SKIPPED and not row.reason.startswith(PAUSED)
        if is_overlap and row.cron_id not in self.active:
            self.journal.broken(
                "only what runs makes a slot skipped", f"{name(row)}: {row.reason}, which is over"
            )
        self._check_era(row)
        self.passed[row.id, row.status] = None
        self.rows[row.id] = row
        self._occupy(row)

    def _check_era(self, row: Execution) -> None:
        if row.manual:
            return
        since = self.eras.since(row.cron_id, row.cron_version)
        if row.slot <= since:
            self.journal.broken(
                "no slot fires because of an edit",
                f"{name(row)} has a row though its schedule was written at {since:%H:%M:%S.%f}",
            )
        if not self.eras.has(row.cron_id, row.slot):
            self.journal.broken("what is not due has no row", f"{name(row)} is no slot of its cron")

    def wrote(self, row: Execution | None) -> None:
        """Note a row as it is now."""
        if row is None:
            return
        before = self.rows.get(row.id)
        if before is None:
            if row.id not in self.forgotten:
                self.journal.broken("a row is made by a commit", f"{name(row)} came from nowhere")
            return
        if before.status is not row.status:
            self._move(before, row)
        self.rows[row.id] = row

    def _move(self, before: Execution, row: Execution) -> None:
        if before.is_final:
            self.journal.broken(
                "what is over stays as it is", f"{name(row)} went from {before.status}"
            )
        elif rank(row.status) <= rank(before.status):
            self.journal.broken("statuses go forward", f"{name(row)} went from {before.status}")
        self.passed[row.id, row.status] = None
        self._occupy(row)

    def _occupy(self, row: Execution) -> None:
        if row.is_final:
            if self.active.get(row.cron_id) == row.id:
                del self.active[row.cron_id]
        elif self.active.setdefault(row.cron_id, row.id) != row.id:
            other = self.rows[self.active[row.cron_id]]
            self.journal.broken(
                "a cron has one active execution", f"{name(row)} beside {name(other)}"
            )

    def put(self, written: Cron, now: Cron | None) -> None:
        """Note a cron that was saved, and as it is now."""
        if written.revision != self.revisions.get(written.id, 0):
            self.journal.broken(
                "one write does not undo another", f"{written.name} had changed since it was read"
            )
        self.look(now)

    def look(self, cron: Cron | None) -> None:
        """Note a cron as it is now."""
        if cron is not None:
            self.revisions[cron.id] = cron.revision
            self.eras.note(cron)

    def acknowledged(self, seen: Observation) -> None:
        """Note that what an engine said will not be said again."""
        row = self.rows.get(seen.execution_id)
        is_recorded = row is None or (
            rank(row.status) >= _ORDER[Status.RUNNING]
            if seen.kind is Kind.STARTED
            else row.is_final
        )
        if not is_recorded and row is not None:
            self.journal.broken(
                "acknowledged after it was recorded", f"{seen.kind} of {name(row)} was not"
            )

    def delivered(self, cron_id: str, slot: datetime) -> None:
        """Note that a trigger was told that a slot is on record."""
        if (cron_id, slot) not in self.slots:
            self.journal.broken(
                "acknowledged after it was recorded",
                f"the slot {slot:%H:%M:%S} of {cron_id[:8]} was not",
            )

    def forgot(self, execution_ids: Iterable[str], left: Iterable[str]) -> None:
        """Note what retention has let go."""
        gone = {*execution_ids} - {*left}
        for execution_id in gone:
            if not self.rows[execution_id].is_final:
                self.journal.broken("what goes on is kept", f"{execution_id[:8]} was pruned")
        self.forgotten |= gone


def name(row: Execution) -> str:
    """Return an execution as the log calls it."""
    return f"{row.cron_name} {row.slot:%H:%M:%S} {row.id[:8]} {row.status}"


def change_name(change: Change) -> str:
    """Return a change as the log calls it."""
    return f" {change.execution.id[:8]} {change.execution.status}"
