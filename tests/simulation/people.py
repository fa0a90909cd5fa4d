"""What people ask of servers meanwhile."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

from tests.simulation.journal import Journal
from tests.simulation.loop import begin
from tests.simulation.plan import Act, Deed, Job
from tests.simulation.server import Body, Server
from tests.simulation.weather import Weather
from wlcron.core.cron import AfterTime, Container, Definition, InARow, Notifications, Severity
from wlcron.cronfile import Entry
from wlcron.errors import WlcronError
from wlcron.stores.memory import MemoryStore

WATCHED = Notifications(
    failed=InARow(Severity.ERROR),
    ran_longer_than=AfterTime(Severity.WARNING, timedelta(seconds=40)),
    not_started_within=AfterTime(Severity.WARNING, timedelta(seconds=50)),
    skipped=InARow(Severity.INFO, 2),
    no_success_for=AfterTime(Severity.ERROR, timedelta(minutes=6)),
)
_OTHERS = ("* * * * *", "*/2 * * * *", "rate(2 minutes)", "30 3 * * *")


def entry_of(job: Job, schedule: str = "") -> Entry:
    """Return what somebody writes who wants this job."""
    definition = Definition(
        schedule=schedule or job.schedule,
        timeout=timedelta(seconds=job.timeout),
        description=Container(arguments=("work",), stop_grace=timedelta(seconds=10)),
        notifications=WATCHED,
    )
    return Entry(job.name, definition, f"schedule: '{definition.schedule}'\n", 1)


@dataclass(slots=True)
class People:
    """They ask whichever server is up; some of them give up, none of them waits for ever."""

    servers: list[Server]
    jobs: tuple[Job, ...]
    store: MemoryStore
    weather: Weather
    journal: Journal
    _asked: int = field(default=0)

    def define(self, job: Job) -> None:
        """Have a job defined, until it is."""
        begin(None, self._insist(job))

    def wish(self, act: Act) -> None:
        """Have somebody ask for something, once."""
        job = self.jobs[act.target % len(self.jobs)]
        for number in range(2 if act.deed is Deed.RUN_TWICE else 1):
            body = self._somebody(number)
            if body is not None:
                self._asked += 1
                begin(body.process, self._ask(body, act, job, f"key{self._asked}"))

    def _somebody(self, number: int = 0) -> Body | None:
        up = [server for server in self.servers if server.is_up]
        if not up:
            return None
        return up[(self.weather.chance.whole(0, 7, "whom", self._asked) + number) % len(up)].body

    async def _insist(self, job: Job) -> None:
        while await self.store.cron(job.name) is None:
            body = self._somebody()
            if body is not None:
                act = Act(0, Deed.DEFINE, 0, 0)
                begin(body.process, self._ask(body, act, job, ""))
            self._asked += 1
            await asyncio.sleep(20)

    async def _ask(self, body: Body, act: Act, job: Job, key: str) -> None:
        self.journal.note(f"{body.process.name} is asked: {act.deed} {job.name}")
        try:
            await self._do(body, act, job, key)
        except WlcronError as error:
            self.journal.note(f"{body.process.name} answers {act.deed}: {str(error)[:70]}")
        except Exception as error:  # noqa: BLE001 -- nothing of the kind is promised
            self.journal.broken("nothing fails by itself", f"{act.deed} of {job.name}: {error!r}")

    async def _do(self, body: Body, act: Act, job: Job, key: str) -> None:
        desk, now = body.desk, body.service.launcher.clock()
        if act.deed is Deed.PAUSE:
            length = None if act.seconds < 1 else timedelta(seconds=act.seconds)
            await desk.pause(job.name, now, length, "somebody works on it")
        elif act.deed is Deed.RESUME:
            await desk.resume(job.name, now)
        elif act.deed is Deed.DELETE:
            await desk.delete(job.name, now)
        elif act.deed in {Deed.DEFINE, Deed.EDIT}:
            other = self.weather.chance.one_of(_OTHERS, "other", key)
            entry = entry_of(job, other if act.deed is Deed.EDIT else "")
            await desk.define(job.name, entry, now, create_only=False)
        elif act.deed in {Deed.RUN, Deed.RUN_TWICE}:
            await desk.run(job.name, now, key, None)
        elif act.deed is Deed.STOP_RUN:
            for execution in await self.store.active():
                if execution.cron_name == job.name:
                    await desk.stop(execution, now, "somebody stopped it")
