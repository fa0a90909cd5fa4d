"""What a server, its database and its engine are for one cron, on a clock of their own."""

from datetime import datetime

from wlcron.core.execution import Execution, Status, is_abandoned
from wlcron.engines.fake import FakeEngine, Script
from wlcron.rehearsal.parts import REMIND_EVERY, Fate, Part, Setting
from wlcron.rehearsal.witness import ROUTING, Witness, ears
from wlcron.service import Alerts, Outside, Service, build_service
from wlcron.services.alerting import Policy
from wlcron.stores.memory import MemoryStore


class Stage:
    """A store, an engine and the clock: what outlives a server."""

    def __init__(self, part: Part, setting: Setting, now: datetime) -> None:
        self.part = part
        self.setting = setting
        self.now = now
        self.witness = Witness(lambda: self.is_running)
        self.store = MemoryStore()
        self.engine = FakeEngine(self._script, self.clock, is_away=self.is_away, is_timed=False)
        self.played = 0  # fates that were dealt out
        self.fates: dict[str, Fate] = {}  # by the execution's id

    def clock(self) -> datetime:
        """Return what time it is."""
        return self.now

    def is_away(self) -> bool:
        """Whether the engine does not answer now."""
        return self.setting.engine.covers(self.now)

    @property
    def is_running(self) -> bool:
        """Whether the engine runs an execution."""
        return (end := self.engine.runs.next_end()) is not None and end > self.now

    def serve(self) -> Service:
        """Return a server's duties as they begin, remembering nothing."""
        policy = Policy(routing=ROUTING, remind_every=REMIND_EVERY)
        alerts = Alerts(channels=ears(self.part.cron, self.witness), policy=policy)
        outside = Outside(monitors=[self.witness], alerts=alerts)
        return build_service(self.store, self.engine, self.clock, outside)

    async def is_waiting(self) -> bool:
        """Whether an execution waits for its start, or for another try."""
        active = await self.store.active()
        return any(row.status is Status.PENDING or is_abandoned(row, self.now) for row in active)

    async def next_event(self, service: Service) -> datetime | None:
        """Return when a server has something to do next, as far as nothing goes down or up."""
        times = [
            await self.store.next_due(),
            None if self.is_away() else self.engine.runs.next_end(),
            service.watcher.timers.next,
            *(each.due_at for each in await self.store.open_incidents()),
            *(row.lease_until for row in await self.store.active()),
        ]
        return min((each for each in times if each is not None), default=None)

    def _script(self, execution: Execution) -> Script:
        fate = self.fates.get(execution.id)
        if fate is None:
            fate = self.fates[execution.id] = self.part.fates[self.played % len(self.part.fates)]
            self.played += 1
        return Script(run_for=fate.run_for, exit_code=fate.exit_code)
