"""What one process remembers of tasks: never more than so much, and nothing that it relies on."""

from datetime import datetime

from wlcron.bounded import Bounded
from wlcron.core.execution import Kind, Observation

REMEMBERED = 20_000  # executions, tasks or crons
_ENDS = frozenset({Kind.EXITED, Kind.TIMED_OUT, Kind.REFUSED, Kind.GONE, Kind.WITHDRAWN})


class Memory:
    """Which task an execution is, how far its events are, and whether it is over."""

    def __init__(self) -> None:
        self._handles: Bounded[str, str] = Bounded(REMEMBERED)
        self._asked_at: Bounded[str, datetime] = Bounded(REMEMBERED)
        self._versions: Bounded[str, int] = Bounded(REMEMBERED)
        self._over: Bounded[str, bool] = Bounded(REMEMBERED)

    def handle(self, execution_id: str) -> str:
        """Return the task's ARN, or nothing."""
        return self._handles.get(execution_id) or ""

    def is_over(self, execution_id: str) -> bool:
        """Whether its end was heard of here."""
        return self._over.get(execution_id) or False

    def asked_at(self, execution_id: str) -> datetime | None:
        """Return when ECS was last asked from here to start it."""
        return self._asked_at.get(execution_id)

    def asks(self, execution_id: str, now: datetime) -> None:
        """Note that ECS is asked to start it."""
        self._asked_at.put(execution_id, now)

    def note(self, seen: Observation) -> None:
        """Remember what an observation says of its task."""
        if seen.handle:
            self._handles.put(seen.execution_id, seen.handle)
        if seen.kind in _ENDS:
            self._over.put(seen.execution_id, value=True)

    def is_stale(self, handle: str, version: int) -> bool:
        """Whether this change of a task, or a later one, was recorded before."""
        known = self._versions.get(handle)
        return bool(version) and known is not None and version <= known

    def recorded(self, handle: str, version: int) -> None:
        """Remember which change of a task was recorded; it is not stale."""
        self._versions.put(handle, version)
