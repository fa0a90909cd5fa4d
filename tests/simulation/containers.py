"""The world that engines start containers in; it outlives every server."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tests.simulation.book import Book
from tests.simulation.journal import Journal
from tests.simulation.loop import begin
from tests.simulation.plan import Habit, Job
from tests.simulation.queue import Queue
from tests.simulation.weather import Weather
from wlcron.clock import Clock
from wlcron.core.cron import Cron, Definition
from wlcron.core.execution import Execution, Kind, Observation
from wlcron.engines.fake import FakeEngine, Script
from wlcron.errors import EngineUnavailableError

_TIMELY = timedelta(seconds=2)
_NOTICED = 45.0  # seconds


@dataclass(slots=True)
class Container:
    """One that was started, as the world remembers it."""

    execution: Execution
    engine: FakeEngine
    is_stray: bool  # it came when its row was over

    @property
    def name(self) -> str:
        """Return it as the log calls it."""
        return self.execution.id[:8]


@dataclass(slots=True)
class Ground:
    """All containers there ever were, on whatever engine."""

    journal: Journal
    weather: Weather
    book: Book
    clock: Clock
    containers: dict[str, Container] = field(default_factory=dict)  # by execution's id

    async def started(self, execution: Execution, cron: Cron, engine: FakeEngine) -> None:
        """Note that a container was started."""
        container = Container(execution, engine, self._is_stray(execution))
        if execution.id in self.containers:
            self.journal.broken("an execution is started once", f"{execution.id[:8]} was again")
        if not container.is_stray:
            await self._check_alone(container, cron)
        elif self.weather.is_steady:
            self.journal.broken("what is over is not started", f"{execution.id[:8]} of {cron.name}")
        self.containers[execution.id] = container
        begin(None, self._check_end(container, cron.definition))
        begin(None, self._check_stray(container))

    async def running(self) -> list[Container]:
        """Return those that have not ended."""
        return [each for each in self.containers.values() if await is_running(each)]

    def _is_stray(self, execution: Execution) -> bool:
        """Whether its row is over: its starter was held up, and somebody else gave it up."""
        row = self.book.rows[execution.id]
        return row.is_final

    async def _check_alone(self, container: Container, cron: Cron) -> None:
        for other in await self.running():
            if other.execution.cron_id == cron.id and not other.is_stray:
                self.journal.broken(
                    "a cron has one container",
                    f"{container.name} of {cron.name} beside {other.name}",
                )

    async def _check_end(self, container: Container, definition: Definition) -> None:
        wait = definition.timeout + definition.description.stop_grace + _TIMELY
        await asyncio.sleep(wait.total_seconds())
        if await is_running(container):
            self.journal.broken("over by deadline and grace", f"{container.name} runs on")

    async def _check_stray(self, container: Container) -> None:
        """See that nothing runs for long that nobody knows of, where nobody was held up."""
        await asyncio.sleep(_NOTICED)
        if not self.weather.is_steady or not await is_running(container):
            return
        if self.book.rows[container.execution.id].is_final:
            self.journal.broken("nothing runs that is not active", f"{container.name} runs on")


async def is_running(container: Container) -> bool:
    """Whether it has not ended."""
    (seen,) = await container.engine.inspect([container.execution])
    return seen.kind is Kind.STARTED


class Home:
    """One engine's place: its containers, and the queue of what is told of them."""

    def __init__(self, name: str, ground: Ground, weather: Weather, jobs: dict[str, Job]) -> None:
        self.name = name
        self.queue = Queue()
        self.engine = FakeEngine(self._script, ground.clock)
        self._ground = ground
        self._weather = weather
        self._jobs = jobs
        self._denied: set[str] = set()
        self._told = 0

    def begin(self) -> None:
        """Begin to tell what happens."""
        begin(None, self._tell())

    async def start(self, execution: Execution, cron: Cron) -> Observation:
        """Start a container, or find it started."""
        before = self.engine.starts[execution.id]
        seen = await self.engine.start(execution, cron)
        if self.engine.starts[execution.id] > before:
            await self._ground.started(execution, cron, self.engine)
            self._offer(seen)
            if self._weather.has(Habit.DENIES, execution.id):
                raise EngineUnavailableError("it says that it did not start it")
        return seen

    async def _tell(self) -> None:
        async for seen in self.engine.watch():
            self._offer(seen)
            if self._weather.has(Habit.FORGETS, "ended", seen.execution_id):
                self._offer(replace(seen, kind=Kind.GONE))  # what has ended is removed

    def _offer(self, seen: Observation) -> None:
        """Put what happened into the queue: never, once or twice, at once or later."""
        self._told += 1
        weather, of = self._weather, (self.name, self._told)
        now = asyncio.get_running_loop().time()
        if weather.has(Habit.LOSES, *of):
            return
        for copy in range(2 if weather.has(Habit.REPEATS, *of) else 1):
            is_late = weather.has(Habit.REORDERS, *of, copy)
            delay = weather.pick((1.0, 10.0, 60.0, 200.0), "late", *of, copy) if is_late else 0.0
            self.queue.offer(seen, now + delay)

    def _script(self, execution: Execution) -> Script:
        weather, of = self._weather, execution.id
        job = self._jobs[execution.cron_name]
        run_for = weather.chance.between(0.05, job.run_for, "run for", of)
        if weather.has(Habit.JOBS_HANG, of):
            run_for = 100_000.0
        return Script(
            run_for=timedelta(seconds=round(run_for, 3)),
            exit_code=1 if weather.has(Habit.JOBS_FAIL, of) else 0,
            refuse="it has no room" if weather.has(Habit.REFUSES, of) else "",
            unavailable=2 if weather.has(Habit.ABSENT, of) else 0,
            vanish=weather.has(Habit.FORGETS, of),
        )
