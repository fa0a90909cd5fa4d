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
    ) -> None:
        self.starts: Counter[str] = Counter()  # real starts by execution id: never above 1
        self._script = script
        self._clock = clock
        self._calls: Counter[str] = Counter()
        self._runs: dict[str, _Run] = {}
        self._told: asyncio.Queue[Observation] = asyncio.Queue()

    def check(self, definition: Definition) -> Verdict:
        """Take everything."""
        del definition
        return Verdict()

    async def start(self, execution: Execution, cron: Cron) -> Observation:
        """Start it as its script says, or find it started already."""
        script = self._script(execution)
        self._calls[execution.id] += 1
        if self._calls[execution.id] <= script.unavailable:
            raise EngineUnavailableError("the fake engine does not answer, as its script says")
        now = self._clock()
        if script.refuse:
            return Observation(
                execution_id=execution.id, kind=Kind.REFUSED, at=now, reason=script.refuse
            )
        if execution.id not in self._runs:
            self.starts[execution.id] += 1
            self._runs[execution.id] = run = _begin(execution.id, now, cron, script)
            delay = (run.ended.at - now).total_seconds()
            asyncio.get_running_loop().call_later(delay, self._tell, run)
        return self._runs[execution.id].truth(now)

    async def stop(self, execution: Execution) -> None:
        """End it now with the exit code of a job that was terminated."""
        run = self._runs.get(execution.id)
        if run is not None:
            run.stop(self._clock())
            self._tell(run)

    async def inspect(self, executions: Sequence[Execution]) -> list[Observation]:
        """Say what is true of each now."""
        now = self._clock()
        runs = ((execution.id, self._runs.get(execution.id)) for execution in executions)
        return [run.truth(now) if run else _gone(execution_id, now) for execution_id, run in runs]

    async def watch(self) -> AsyncGenerator[Observation, None]:
        """Yield the end of each execution, as often as its script repeats it."""
        while True:
            yield await self._told.get()

    async def logs(self, execution: Execution, *, follow: bool = False) -> AsyncIterator[bytes]:
        """Yield what its script says."""
        del follow
        run = self._runs.get(execution.id)
        if run is not None and run.script.says:
            yield run.script.says

    async def forget(self, execution_ids: Sequence[str]) -> None:
        """Forget executions."""
        for execution_id in execution_ids:
            self._runs.pop(execution_id, None)

    async def doctor(self) -> list[Finding]:
        """Say that it runs nothing."""
        return [Finding(good=True, subject="engine", says="fake: nothing is really run")]

    async def close(self) -> None:
        """Do nothing: there is nothing to let go of."""

    def settle(self) -> None:
        """Tell of all that is over by the clock: for a clock that does not move by itself."""
        for run in self._runs.values():
            self._tell(run)

    def _tell(self, run: _Run) -> None:
        for seen in run.news(self._clock()):
            self._told.put_nowait(seen)


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
