"""What one process remembers of tasks: never more than so much, and nothing that it relies on."""

from collections import OrderedDict
from datetime import datetime
from typing import Generic, TypeVar

from wlcron.core.execution import Kind, Observation

_MOST = 20_000
_ENDS = frozenset({Kind.EXITED, Kind.TIMED_OUT, Kind.REFUSED, Kind.GONE, Kind.WITHDRAWN})
_Value = TypeVar("_Value")


class Recent(Generic[_Value]):
    """The newest so many values by their keys."""

    def __init__(self, most: int = _MOST) -> None:
        self._values: OrderedDict[str, _Value] = OrderedDict()
        self._most = most

    def put(self, key: str, value: _Value) -> None:
        """Remember a value, and forget the oldest one where there are too many."""
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._most:
            self._values.popitem(last=False)

    def get(self, key: str) -> _Value | None:
        """Return the value, or None when it is not remembered."""
        return self._values.get(key)


class Memory:
    """Which task an execution is, how far its events are, and whether it is over."""

    def __init__(self) -> None:
        self._handles: Recent[str] = Recent()
        self._asked_at: Recent[datetime] = Recent()
        self._versions: Recent[int] = Recent()
        self._over: Recent[bool] = Recent()

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
