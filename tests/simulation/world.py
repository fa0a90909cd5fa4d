"""A whole system: servers, their store and engines, people, and everything that goes wrong."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tests.simulation.announcer import Announcer
from tests.simulation.book import Book
from tests.simulation.chance import Chance
from tests.simulation.containers import Ground, Home
from tests.simulation.incidents import Incidents, Problem
from tests.simulation.journal import Journal, Violation
from tests.simulation.leases import Leases
from tests.simulation.loop import Process, StandstillError, VirtualLoop, begin
from tests.simulation.outside import CHANNELS
from tests.simulation.people import People
from tests.simulation.plan import KIND, Act, Deed, Plan
from tests.simulation.server import BASE, Server, ServerClock
from tests.simulation.settled import Settled
from tests.simulation.silent import silent
from tests.simulation.store import Audit
from tests.simulation.told import Told
from tests.simulation.weather import Place, Weather
from tests.simulation.wire import Wire
from wlcron.stores.memory import MemoryStore

QUIET = 240.0  # seconds without faults, before it is asked whether all is settled
LONGEST = 1500.0  # after these it has to be
LOOK = 20.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a plan."""

    plan: Plan
    violation: Violation | None
    lines: tuple[str, ...]
    steps: int
    seconds: float = 0.0  # of virtual time
    slots: int = 0
    faults: Mapping[str, int] = field(default_factory=dict)  # by kind


class World:
    """One simulation; to be lived once."""

    def __init__(self, plan: Plan, loop: VirtualLoop) -> None:
        self.plan = plan
        self.enough = asyncio.Event()  # of disturbances
        self.journal = Journal(loop.time, self.enough.set, plan.steps)
        self.weather = Weather(plan, Chance(plan.seed), loop.time)
        self.store = MemoryStore()
        self.book = Book(self.journal)
        self.told = Told(self.journal)
        self.told.monitors |= {"near": {}, "far": {}}
        self.incidents = Incidents(self.journal, self.book, self.told)
        self.ground = Ground(self.journal, self.weather, self.book, self.clock)
        self.wire = Wire(self.weather, self.journal, self._strike_dead)
        self.servers = self._servers(loop)
        self.weather.clocks = [server.clock for server in self.servers]
        self.people = People(self.servers, plan.jobs, self.store, self.weather, self.journal)

    def clock(self) -> datetime:
        """Return the true time."""
        return BASE + timedelta(seconds=self.journal.now())

    def processes(self) -> list[Process]:
        """Return every process that there ever was."""
        return [process for server in self.servers for process in server.processes]

    async def live(self) -> None:
        """Go through the plan, then through a quiet time, at whose end all has to be settled."""
        for home in {id(server.home): server.home for server in self.servers}.values():
            home.begin()
        for server in self.servers:
            server.start()
        for job in self.plan.jobs:
            self.people.define(job)
        if self.plan.shape.is_triggered:
            announcer = Announcer(
                self.servers, self.store, self.book, self.weather, self.journal, self.clock
            )
            begin(None, announcer.announce())
        acts = begin(None, self._act_out())
        await self.enough.wait()
        acts.cancel()
        await self._calm_down()

    async def _act_out(self) -> None:
        for act in self.plan.acts:
            await asyncio.sleep(act.at - self.journal.now())
            told = f"{act.deed} {act.target} {act.seconds:g}"
            self.journal.fault(KIND.get(act.deed, "requests_of_people"), told)
            self._do(act)

    def _do(self, act: Act) -> None:
        if act.deed not in KIND:
            self.people.wish(act)
            return
        index = act.target % len(self.servers)
        server = self.servers[index]
        if act.deed in _UPSETTING:
            self.weather.upset(abs(act.seconds))
        if act.deed is Deed.KILL:
            server.kill()
            begin(None, _later(act.seconds, server.start))
        elif act.deed is Deed.STOP and server.body is not None:
            server.body.leave.set()
            begin(None, _later(act.seconds, server.start))
        elif act.deed is Deed.FREEZE and server.is_up and server.body is not None:
            server.body.process.freeze()
            begin(None, _later(act.seconds, server.thaw))
        elif act.deed is Deed.SET_CLOCK:
            server.clock.offset += act.seconds
        elif act.deed is Deed.BREAK_STREAM and server.body is not None:
            server.body.engine.is_broken = True
        elif act.deed in _AWAY:
            place = _AWAY[act.deed]
            self.weather.send_away(place, _which(place, act.target, index), act.seconds)

    def _strike_dead(self, index: int) -> None:
        self.servers[index].kill()
        seconds = self.weather.pick(
            (0.5, 5.0, 30.0, 120.0, 900.0), "back", index, self.journal.steps
        )
        begin(None, _later(seconds, self.servers[index].start))

    async def _calm_down(self) -> None:
        """End all faults, wait, and see that everything has found its end."""
        self.journal.note("it is calm from now on")
        self.weather.is_calm = True
        for server in self.servers:
            server.clock.correct()
            server.thaw()
            server.start()
        await self._see_settled(Settled(self))

    async def _see_settled(self, settled: Settled) -> None:
        problems, since = list[Problem](), self.journal.now()
        await asyncio.sleep(QUIET)
        while self.journal.violation is None and (problems := await settled.problems()):
            if self.journal.now() > since + LONGEST:
                break
            await asyncio.sleep(LOOK)
        for rule, problem in problems:
            self.journal.broken(rule, problem)

    def _servers(self, loop: VirtualLoop) -> list[Server]:
        plan, chance = self.plan, self.weather.chance
        jobs = {job.name: job for job in plan.jobs}
        homes = [Home("shared", self.ground, self.weather, jobs)] * plan.shape.servers
        if not plan.shape.is_shared:
            homes = [
                Home(f"home{index}", self.ground, self.weather, jobs)
                for index in range(plan.shape.servers)
            ]
        leases = Leases(self.journal, self.weather)
        audit = Audit(self.store, self.book, self.told, leases, self.incidents)
        drift = plan.shape.drift
        return [
            Server(
                index,
                ServerClock(loop.time, 0.0, chance.between(-drift, drift, "drift", index) / 3600),
                home,
                plan.shape,
                self.wire,
                audit,
                lambda what: self.journal.broken("nothing fails by itself", what),
            )
            for index, home in enumerate(homes)
        ]


_UPSETTING = frozenset({Deed.KILL, Deed.STOP, Deed.FREEZE, Deed.SET_CLOCK})
_AWAY = {
    Deed.STORE_AWAY: Place.STORE,
    Deed.ENGINE_AWAY: Place.ENGINE,
    Deed.CHANNEL_AWAY: Place.CHANNEL,
    Deed.MONITOR_AWAY: Place.MONITOR,
}


def _which(place: Place, target: int, server: int) -> int:
    if place is Place.CHANNEL:
        return target % len(CHANNELS)
    return 0 if place is Place.MONITOR else server


async def _later(seconds: float, what: Callable[[], None]) -> None:
    await asyncio.sleep(seconds)
    what()


def simulate(plan: Plan) -> Outcome:
    """Live through a plan; return what became of it."""
    loop = VirtualLoop()
    world = World(plan, loop)
    journal = world.journal
    with silent(journal):
        try:
            loop.run_until_complete(world.live())
        except StandstillError as error:
            journal.broken("time goes on", str(error))
        outcome = Outcome(
            plan,
            journal.violation,
            tuple(journal.lines),
            journal.steps,
            loop.time(),
            len(world.book.slots),
            dict(journal.faults),
        )
        for process in world.processes():
            process.thaw()
        loop.bury()
    return outcome
