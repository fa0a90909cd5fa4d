"""What should have happened by when: the next ones, in memory."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

# Beyond so many the oldest notes of what is long over are dropped by the next look at the store.
MOST = 200_000


@dataclass(frozen=True, slots=True, order=True)
class Deadline:
    """An execution that should have started or ended, or a cron that should have succeeded."""

    at: datetime
    cron_name: str
    cron_id: str
    execution_id: str = ""  # empty: the cron's next success


class Deadlines:
    """A heap; the store has the truth, and is looked at when one has passed."""

    def __init__(self, on_first: Callable[[], None] = lambda: None) -> None:
        """`on_first` is called when one comes before all others."""
        self._heap: list[Deadline] = []
        self._known: set[Deadline] = set()
        self._on_first = on_first

    def note(self, deadline: Deadline) -> None:
        """Note one more; one that is known already is not noted twice."""
        if deadline in self._known or len(self._heap) >= MOST:
            return
        self._known.add(deadline)
        heapq.heappush(self._heap, deadline)
        if self._heap[0] is deadline:
            self._on_first()

    def passed(self, now: datetime) -> list[Deadline]:
        """Return those that have passed, and forget them."""
        over: list[Deadline] = []
        while self._heap and self._heap[0].at <= now:
            deadline = heapq.heappop(self._heap)
            self._known.discard(deadline)
            over.append(deadline)
        return over

    @property
    def next(self) -> datetime | None:
        """Return when the next one passes."""
        return self._heap[0].at if self._heap else None
