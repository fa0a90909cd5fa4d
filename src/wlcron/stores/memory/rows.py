"""What the store in memory holds, with the constraints that a database would keep."""

from bisect import bisect_left, insort
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from wlcron.core.cron import Cron, Definition
from wlcron.core.execution import Change, Execution, Status
from wlcron.core.incident import Incident
from wlcron.core.silence import Silence
from wlcron.errors import StoreError

Step = tuple[str, Status]  # an execution's id and the status that it moved to


@dataclass(slots=True)
class Rows:
    """What a database would hold, with the constraints that it would keep."""

    crons: dict[str, Cron] = field(default_factory=dict)  # deleted ones as long as they have rows
    ids: dict[str, str] = field(default_factory=dict)  # of crons that are not deleted, by name
    definitions: dict[tuple[str, int], tuple[Definition, str]] = field(default_factory=dict)
    executions: dict[str, Execution] = field(default_factory=dict)
    slots: dict[tuple[str, datetime], str] = field(default_factory=dict)
    timelines: dict[str, list[datetime]] = field(default_factory=dict)  # cron id -> its slots
    active: dict[str, str] = field(default_factory=dict)  # cron id -> execution id
    changes: dict[Step, Change] = field(default_factory=dict)
    outbox: dict[Step, None] = field(default_factory=dict)
    incidents: dict[str, Incident] = field(default_factory=dict)  # by key of the row
    silences: dict[str, Silence] = field(default_factory=dict)

    def cron(self, cron_id: str, version: int) -> Cron:
        """Return a cron with the definition of a version."""
        definition, source = self.definitions[cron_id, version]
        return replace(self.crons[cron_id], definition=definition, source=source, version=version)

    def living(self) -> Iterator[Cron]:
        """Yield crons that were not deleted."""
        return (self.crons[cron_id] for cron_id in self.ids.values())

    def is_current(self, cron: Cron) -> bool:
        """Whether a cron was not changed since it was read."""
        stored = self.crons.get(cron.id)
        known = stored is not None and self.ids.get(stored.name) == cron.id
        return known and stored is not None and stored.revision == cron.revision

    def active_of(self, cron_id: str) -> Execution | None:
        """Return the active execution of a cron."""
        return self.executions.get(self.active.get(cron_id, ""))

    def newest(
        self, cron_id: str, limit: int, before: datetime | None = None
    ) -> Iterator[Execution]:
        """Yield the newest executions of a cron, newest slot first, from before an instant."""
        slots = self.timelines.get(cron_id, [])
        end = len(slots) if before is None else bisect_left(slots, before)
        for slot in reversed(slots[max(end - limit, 0) : end]):
            yield self.executions[self.slots[cron_id, slot]]

    def insert(self, execution: Execution) -> None:
        """Add an execution with its first change."""
        self.slots[execution.cron_id, execution.slot] = execution.id
        insort(self.timelines.setdefault(execution.cron_id, []), execution.slot)
        self.move(Change(execution, None, execution.created_at))

    def move(self, change: Change) -> None:
        """Save a change and its execution, where the constraints allow it."""
        execution = change.execution
        step = execution.id, execution.status
        if step in self.changes:
            raise StoreError(f"execution {step[0]} has been {step[1]} before, which is kept")
        if execution.status.is_active:
            if self.active.setdefault(execution.cron_id, execution.id) != execution.id:
                raise StoreError(f"cron {execution.cron_name} has an active execution already")
        elif self.active.get(execution.cron_id) == execution.id:
            del self.active[execution.cron_id]
        self.executions[execution.id] = execution
        self.changes[step] = change
        self.outbox[step] = None

    def forget(self, execution: Execution) -> None:
        """Forget an execution with its changes."""
        del self.executions[execution.id]
        del self.slots[execution.cron_id, execution.slot]
        timeline = self.timelines[execution.cron_id]
        del timeline[bisect_left(timeline, execution.slot)]
        for step in [step for step in self.changes if step[0] == execution.id]:
            del self.changes[step]

    def forget_deleted_crons(self) -> None:
        """Forget crons that were deleted and have no executions any more, and their definitions."""
        needed = {*self.ids.values(), *(row.cron_id for row in self.executions.values())}
        for cron_id in self.crons.keys() - needed:
            del self.crons[cron_id]
        for cron_id, version in list(self.definitions):
            if cron_id not in needed:
                del self.definitions[cron_id, version]


class OnRows:
    """A part of the store: the verbs about one subject."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
