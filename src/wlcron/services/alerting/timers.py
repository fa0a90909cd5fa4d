"""What should have happened by when: the next ones, in memory."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

# Beyond so many the oldest notes of what is long over are dropped by the next look at the store.
MOST = 200_000


@dataclass(frozen=True, slots=True, order=True)
class Timer:
    """An execution that should have started or ended, or a cron that should have succeeded."""

    at: datetime
    cron_name: str
    cron_id: str
    execution_id: str = ""  # empty: the cron's next success


class Timers:
    """A heap; the store has the truth, and is looked at when one has passed."""

    def __init__(self, on_first: Callable[[], None] = lambda: None) -> None:
        """`on_first` is called when one comes before all others."""
        self._heap: list[Timer] = []
        self._known: set[Timer] = set()
        self._on_first = on_first

    def note(self, timer: Timer) -> None:
        """Note one more; one that is known already is not noted twice."""
        if timer in self._known or len(self._heap) >= MOST:
            return
        self._known.add(timer)
        heapq.heappush(self._heap, timer)
        if self._heap[0] is timer:
            self._on_first()

    def passed(self, now: datetime) -> list[Timer]:
        """Return those that have passed, and forget them."""
        over: list[Timer] = []
        while self._heap and self._heap[0].at <= now:
            timer = heapq.heappop(self._heap)
            self._known.discard(timer)
            over.append(timer)
        return over

    @property
    def next(self) -> datetime | None:
        """Return when the next one passes."""
        return self._heap[0].at if self._heap else None
