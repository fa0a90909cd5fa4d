"""The guard's event loop: files that become readable, and instants of CLOCK_BOOTTIME."""

import heapq
import select
from collections.abc import Callable
from itertools import count

from wlcron.engines.host.protocol import boottime

# The kernel's waits do not count the time that a machine sleeps; deadlines do. So look again.
_LONGEST_WAIT = 10.0
_EVENTS_A_TURN = 64
_FEW_CANCELLED = 1000


class Timer:
    """A call at an instant, unless it is cancelled."""

    __slots__ = ("call",)

    def __init__(self, call: Callable[[], None]) -> None:
        self.call: Callable[[], None] | None = call


class Loop:
    """Calls back when a file can be read or written, or an instant has come."""

    def __init__(self, longest_wait: float) -> None:
        self._longest_wait = min(longest_wait, _LONGEST_WAIT)
        self._epoll = select.epoll()
        self._calls: dict[int, Callable[[], None]] = {}
        self._timers: list[tuple[float, int, Timer]] = []
        self._numbers = count()
        self._cancelled = 0

    def __len__(self) -> int:
        return len(self._timers)

    def watch(self, file: int, call: Callable[[], None]) -> None:
        """Call whenever the file can be read or has ended."""
        self._epoll.register(file, select.EPOLLIN)
        self._calls[file] = call

    def watch_writing(self, file: int, *, wanted: bool) -> None:
        """Call also (or no longer) when a watched file can be written."""
        self._epoll.modify(file, select.EPOLLIN | (select.EPOLLOUT if wanted else 0))

    def unwatch(self, file: int) -> None:
        """Forget a file; to be said before it is closed."""
        if self._calls.pop(file, None) is not None:
            self._epoll.unregister(file)

    def call_at(self, when: float, call: Callable[[], None]) -> Timer:
        """Call once, when `boottime()` has reached `when`."""
        timer = Timer(call)
        heapq.heappush(self._timers, (when, next(self._numbers), timer))
        return timer

    def cancel(self, timer: Timer) -> None:
        """Do not make that call."""
        if timer.call is None:
            return
        timer.call = None
        self._cancelled += 1
        if self._cancelled > _FEW_CANCELLED and 2 * self._cancelled > len(self._timers):
            self._timers = [entry for entry in self._timers if entry[2].call is not None]
            heapq.heapify(self._timers)
            self._cancelled = 0

    def run_turn(self, *, busy: bool) -> None:
        """Make the calls that are due; wait for the first of them, unless the caller is busy."""
        for file, _ in self._epoll.poll(0 if busy else self._patience(), _EVENTS_A_TURN):
            if (call := self._calls.get(file)) is not None:
                call()
        while self._timers and self._timers[0][0] <= boottime():
            timer = heapq.heappop(self._timers)[2]
            if timer.call is None:
                self._cancelled -= 1
            else:
                call, timer.call = timer.call, None
                call()

    def _patience(self) -> float:
        if not self._timers:
            return self._longest_wait
        return min(max(self._timers[0][0] - boottime(), 0.0), self._longest_wait)
