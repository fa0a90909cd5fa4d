"""What a process remembers, so that it need not ask. Nothing wrong can come of it being old.

- Definitions and names: a version is never rewritten, and a name is checked against its cron.
- Rows that this process wrote: whoever records what an engine says reads the row first, and it
  mostly is as it was written. An old row is refused by `apply`, which compares the status, and the
  stop that was asked for where that decides. A row is given out once: whoever asks again (to wait
  for an end, or after a refusal) is told what the table holds.
- That nothing was there to claim a moment ago: launchers look after each start that has ended.
- What was written a moment ago, and an index may not show yet: who is woken for it comes at once.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from wlcron.bounded import Bounded
from wlcron.core.execution import Execution, Status

INDEX_LAG = timedelta(seconds=10)  # far more than an index was ever seen to take
QUIET = timedelta(seconds=4)  # less than the pause between a launcher's own looks
DOUBT = timedelta(minutes=10)
_ROWS = 20_000


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
    """Knows for a moment that there was nothing to claim, and when clocks were looked after."""

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}
        self._doubted_at: datetime | None = None

    def is_in_doubt(self, now: datetime) -> bool:
        """Whether leases may have been given by a clock that was ahead: asked now and then."""
        last = self._doubted_at
        if last is not None and last <= now < last + DOUBT:
            return False
        self._doubted_at = now
        return True

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


class Fresh:
    """What this process has just written: an index may not show it yet."""

    def __init__(self) -> None:
        self._since: dict[str, datetime] = {}  # oldest first

    def note(self, known: str, now: datetime) -> None:
        """Remember for a moment that what has this id or key was written."""
        self._since.pop(known, None)
        self._since[known] = now

    def drop(self, known: str) -> None:
        """Forget it: it is not what it was written as any more."""
        self._since.pop(known, None)

    def beside(self, shown: Sequence[str], now: datetime, limit: int | None = None) -> list[str]:
        """Return what an index shows, and where that is less than `limit`, what it may lack."""
        for known, since in list(self._since.items()):
            if since <= now < since + INDEX_LAG:
                break
            del self._since[known]
        seen = set(shown)
        lacking = [known for known in self._since if known not in seen]
        room = len(lacking) if limit is None else max(0, limit - len(shown))
        return [*shown, *lacking[:room]]


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
