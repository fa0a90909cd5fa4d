"""What a process remembers, so that it need not ask. Nothing wrong can come of it being old.

- Definitions and names: a version is never rewritten, and a name is checked against its cron.
- Rows that this process wrote: whoever records what an engine says reads the row first, and it
  mostly is as it was written. An old row is refused by `apply`, which compares the status, and the
  stop that was asked for where that decides. A row is given out once: whoever asks again (to wait
  for an end, or after a refusal) is told what the table holds.
- That nothing was there to claim a moment ago: launchers look after each start that has ended.
"""

from collections import OrderedDict
from collections.abc import Hashable
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from wlcron.core.execution import Execution, Status

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

QUIET = timedelta(seconds=4)  # less than the pause between a launcher's own looks
_ROWS = 20_000


class Bounded(Generic[K, V]):
    """A dictionary that forgets what was put into it longest ago."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._values: OrderedDict[K, V] = OrderedDict()

    def put(self, key: K, value: V) -> None:
        """Remember a value."""
        self._values[key] = value
        self._values.move_to_end(key)
        if len(self._values) > self._size:
            self._values.popitem(last=False)

    def get(self, key: K) -> V | None:
        """Return what is remembered."""
        return self._values.get(key)

    def take(self, key: K) -> V | None:
        """Return what is remembered, and forget it."""
        return self._values.pop(key, None)


class Written:
    """Rows as this process last wrote them, or was shown them by a refusal."""

    def __init__(self) -> None:
        self._rows: Bounded[str, Execution] = Bounded(_ROWS)

    def note(self, execution: Execution) -> None:
        """Remember a row, where there is more to be said of it."""
        if execution.status in {Status.STARTING, Status.RUNNING}:
            self._rows.put(execution.id, execution)
        else:
            self._rows.take(execution.id)

    def take(self, execution_id: str) -> Execution | None:
        """Return a row that is remembered, once."""
        return self._rows.take(execution_id)


class Quiet:
    """Knows for a moment that there was nothing to claim, and when the clock was set back."""

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}
        self._latest: datetime | None = None

    def is_set_back(self, now: datetime) -> bool:
        """Whether it is earlier than when this was asked before, or asked for the first time."""
        is_earlier = self._latest is None or now < self._latest
        self._latest = now
        return is_earlier

    def note(self, holder: str, now: datetime) -> None:
        """Remember that there was nothing for a holder."""
        self._since[holder] = now

    def end(self) -> None:
        """Forget it: this process has written what may be claimed."""
        self._since.clear()

    def holds(self, holder: str, now: datetime) -> bool:
        """Whether that was just now."""
        since = self._since.get(holder)
        return since is not None and since <= now < since + QUIET


class Stamps:
    """Instants that sort as text and rise with every one: the order in which changes are told."""

    def __init__(self) -> None:
        self._last = 0

    def next(self, now: datetime) -> str:
        """Return a stamp for what is written now."""
        self._last = max(self._last + 1, int(now.timestamp() * 1_000_000))
        return stamp_of(self._last)


def stamp_of(microseconds: int) -> str:
    """Return the stamp of an instant."""
    return f"{microseconds:017d}"
