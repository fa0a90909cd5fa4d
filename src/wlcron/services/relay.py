"""Takes changes to one monitor, in order for each execution, and holds nobody up."""

import asyncio
from collections.abc import Iterable
from datetime import timedelta

import structlog

from wlcron.clock import Clock
from wlcron.core.execution import Change
from wlcron.monitor import Monitor, MonitorError

GIVEN_UP_AFTER = timedelta(hours=1)  # a monitor has long cried for itself by then
MOST = 500  # changes that wait: fewer than the notifier sees at once, so none is hidden
LANES = 4
_FIRST_DELAY, _LONGEST_DELAY = 1.0, 60.0  # seconds
_log = structlog.get_logger("wlcron.monitors")
_Key = tuple[str, str]


class Relay:
    """Has a queue for some executions each; to be used inside a running event loop."""

    def __init__(self, monitor: Monitor, clock: Clock, first_delay: float = _FIRST_DELAY) -> None:
        self.monitor = monitor
        self.problem = ""  # why the last change was not taken; empty: it was
        self._clock = clock
        self._first_delay = first_delay
        self._waiting: dict[_Key, Change] = {}  # in the order in which they came
        self._done: set[_Key] = set()
        self._lanes: list[asyncio.Queue[Change]] = []
        self._tasks: list[asyncio.Task[None]] = []

    def take(self, changes: Iterable[Change]) -> list[Change]:
        """Take what is new; return those that the monitor has, or never will have."""
        if not self._lanes:
            self._begin()
        over = []
        for change in changes:
            key = change_key(change)
            if key in self._waiting:
                continue
            if key in self._done:
                over.append(change)
            elif len(self._waiting) >= MOST:  # else they would hide newer ones from everybody
                self._give_up(change, self.problem or "too many changes wait for it")
                self._done.add(key)  # it may come again: another relay has it still
                over.append(change)
            else:
                self._waiting[key] = change
                self._lanes[hash(change.execution.id) % LANES].put_nowait(change)
        return over

    def forget(self, changes: Iterable[Change]) -> None:
        """Forget changes that come no more: they are announced."""
        self._done.difference_update(map(change_key, changes))

    async def close(self) -> None:
        """Stop; what waits is told again after the next start."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _begin(self) -> None:
        self._lanes = [asyncio.Queue() for _ in range(LANES)]
        name = f"monitor {self.monitor.name}"
        self._tasks = [asyncio.create_task(self._work(lane), name=name) for lane in self._lanes]

    async def _work(self, lane: asyncio.Queue[Change]) -> None:
        while True:
            change = await lane.get()
            await self._tell(change)
            key = change_key(change)
            self._done.add(key)
            del self._waiting[key]

    async def _tell(self, change: Change) -> None:
        delay = self._first_delay
        while True:
            try:
                await self.monitor.signal(change)
            except MonitorError as error:
                if error.is_permanent or self._clock() - change.at > GIVEN_UP_AFTER:
                    self._give_up(change, str(error))
                    return
                if not self.problem:
                    _log.warning("a monitor is away", monitor=self.monitor.name, problem=str(error))
                self.problem = str(error)
                wait = max(delay, error.wait.total_seconds() if error.wait else 0.0)
            except Exception as error:  # noqa: BLE001 -- one change must not hold up all others
                _log.exception("a monitor failed", monitor=self.monitor.name)
                self._give_up(change, f"it failed at this: {error}")
                return
            else:
                self.problem = ""
                return
            await asyncio.sleep(wait)
            delay = min(delay * 2, _LONGEST_DELAY)

    def _give_up(self, change: Change, problem: str) -> None:
        self.problem = problem
        _log.warning(
            "a monitor was not told",
            monitor=self.monitor.name,
            execution=change.execution.id,
            status=change.execution.status,
            problem=problem,
        )


def change_key(change: Change) -> tuple[str, str]:
    """Return what tells a change from all others: each status is reached once."""
    return change.execution.id, change.execution.status
