"""FakeEngine: keeps the engine's port without running anything, for tests and rehearsals."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wlcron.clock import Clock, system_clock
from wlcron.core.cron import Cron, Definition
from wlcron.core.execution import LEASE, Execution, Kind, Observation
from wlcron.engine import Finding, Verdict
from wlcron.errors import EngineUnavailableError


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What becomes of an execution that the fake engine starts."""

    run_for: timedelta = timedelta(0)
    exit_code: int = 0
    refuse: str = ""  # the engine's reason for not starting it
    unavailable: int = 0  # so many calls of start find the engine dead
    vanish: bool = False  # it starts, and is never heard of again
    repeat: int = 1  # how often its end is told
    says: bytes = b""


class _Run:
    """One execution that seems to run."""

    def __init__(self, script: Script, started: Observation, ended: Observation) -> None:
        self.script = script
        self.started = started
        self.ended = ended
        self.was_told = False

    def truth(self, now: datetime) -> Observation:
        """Return what is true of it at `now`."""
        if self.ended.at > now:
            return self.started
        return _gone(self.started.execution_id, now) if self.script.vanish else self.ended

    def stop(self, now: datetime) -> None:
        """End it at `now`, if it is not over."""
        if self.ended.at > now:
            self.ended = _end(self.started, Kind.EXITED, now, 143)

    def news(self, now: datetime) -> list[Observation]:
        """Return what there is to tell at `now` that was not told before."""
        if self.was_told or self.script.vanish or self.ended.at > now:
            return []
        self.was_told = True
        return [self.ended] * self.script.repeat


class Runs:
    """All that seems to run or has run, and of whose end nobody was told yet."""

    def __init__(self, clock: Clock, is_away: Callable[[], bool]) -> None:
        self._clock = clock
        self._is_away = is_away
        self._all: dict[str, _Run] = {}
        self._untold: dict[str, _Run] = {}

    def get(self, execution_id: str) -> _Run | None:
        """Return the run of an execution."""
        return self._all.get(execution_id)

    def add(self, execution_id: str, run: _Run) -> None:
        """Keep the run of an execution."""
        self._all[execution_id] = self._untold[execution_id] = run

    def forget(self, execution_id: str) -> None:
        """Forget the run of an execution."""
        self._all.pop(execution_id, None)
        self._untold.pop(execution_id, None)

    def told(self, run: _Run) -> list[Observation]:
        """Return what there is to tell of a run that was not told before."""
        seen = run.news(self._clock())
        if run.was_told:
            self._untold.pop(run.started.execution_id, None)
        return seen

    def news(self) -> list[Observation]:
        """Return what there is to tell of all; nothing while the engine does not answer."""
        waiting = [] if self._is_away() else list(self._untold.values())
        return [seen for run in waiting for seen in self.told(run)]

    def next_end(self) -> datetime | None:
        """Return the first end of which nobody was told, be it past or still to come."""
        ends = (run.ended.at for run in self._untold.values() if not run.script.vanish)
        return min(ends, default=None)


class FakeEngine:
    """Executions that exist in memory only, on the clock that it is given."""

    name = "fake"
    home = "fake"
    starts_at_once = 1000
    starts_waiting = 0
    lease = LEASE
    is_shared = False
    is_near = True

    def __init__(
        self,
        script: Callable[[Execution], Script] = lambda _: Script(),
        clock: Clock = system_clock,
        *,
        is_away: Callable[[], bool] = lambda: False,
        is_timed: bool = True,
    ) -> None:
        """`is_away`: whether it does not answer now; what it runs goes on.

        `is_timed` False: no timer tells of ends, for a clock that does not move by itself. They
        are told by `settle`, or taken from `runs`.
        """
        self.runs = Runs(clock, is_away)
        self.starts: Counter[str] = Counter()  # real starts by execution id: never above 1
        self._script = script
        self._clock = clock
        self._is_away = is_away
        self._is_timed = is_timed
        self._calls: Counter[str] = Counter()
        self._told: asyncio.Queue[Observation] = asyncio.Queue()

    def check(self, definition: Definition) -> Verdict:
        """Take everything."""
        del definition
        return Verdict()

    async def start(self, execution: Execution, cron: Cron) -> Observation:
        """Start it as its script says, or find it started already."""
        _answer(self._is_away)
        script = self._script(execution)
        self._calls[execution.id] += 1
        if self._calls[execution.id] <= script.unavailable:
            raise EngineUnavailableError("the fake engine does not answer, as its script says")
        now = self._clock()
        if script.refuse:
            return Observation(
                execution_id=execution.id, kind=Kind.REFUSED, at=now, reason=script.refuse
            )
        run = self.runs.get(execution.id)
        if run is None:
            self.starts[execution.id] += 1
            run = _begin(execution.id, now, cron, script)
            self.runs.add(execution.id, run)
            if self._is_timed:
                delay = (run.ended.at - now).total_seconds()
                asyncio.get_running_loop().call_later(delay, self._tell, run)
        return run.truth(now)

    async def stop(self, execution: Execution) -> None:
        """End it now with the exit code of a job that was terminated."""
        _answer(self._is_away)
        run = self.runs.get(execution.id)
        if run is not None:
            run.stop(self._clock())
            self._tell(run)

    async def inspect(self, executions: Sequence[Execution]) -> list[Observation]:
        """Say what is true of each now."""
        _answer(self._is_away)
        now = self._clock()
        runs = ((execution.id, self.runs.get(execution.id)) for execution in executions)
        return [run.truth(now) if run else _gone(execution_id, now) for execution_id, run in runs]

    async def watch(self) -> AsyncGenerator[Observation, None]:
        """Yield the end of each execution, as often as its script repeats it."""
        while True:
            yield await self._told.get()

    async def logs(self, execution: Execution, *, follow: bool = False) -> AsyncIterator[bytes]:
        """Yield what its script says."""
        del follow
        run = self.runs.get(execution.id)
        if run is not None and run.script.says:
            yield run.script.says

    async def forget(self, execution_ids: Sequence[str]) -> None:
        """Forget executions."""
        for execution_id in execution_ids:
            self.runs.forget(execution_id)

    async def doctor(self) -> list[Finding]:
        """Say that it runs nothing."""
        return [Finding(good=True, subject="engine", says="fake: nothing is really run")]

    async def close(self) -> None:
        """Do nothing: there is nothing to let go of."""

    def settle(self) -> None:
        """Tell of all that is over by the clock: for a clock that does not move by itself."""
        for seen in self.runs.news():
            self._told.put_nowait(seen)

    def _tell(self, run: _Run) -> None:
        for seen in self.runs.told(run):
            self._told.put_nowait(seen)


def _answer(is_away: Callable[[], bool]) -> None:
    if is_away():
        raise EngineUnavailableError("the engine does not answer")


def _begin(execution_id: str, now: datetime, cron: Cron, script: Script) -> _Run:
    timeout = cron.definition.timeout
    started = Observation(
        execution_id=execution_id,
        kind=Kind.STARTED,
        at=now,
        started_at=now,
        deadline=now + timeout,
    )
    if script.run_for >= timeout:
        return _Run(script, started, _end(started, Kind.TIMED_OUT, now + timeout, 143))
    ended = _end(started, Kind.EXITED, now + script.run_for, script.exit_code)
    return _Run(script, started, ended)


def _gone(execution_id: str, now: datetime) -> Observation:
    return Observation(execution_id=execution_id, kind=Kind.GONE, at=now)


def _end(started: Observation, kind: Kind, at: datetime, exit_code: int) -> Observation:
    return Observation(
        execution_id=started.execution_id,
        kind=kind,
        at=at,
        exit_code=exit_code,
        started_at=started.started_at,
        deadline=started.deadline,
    )
