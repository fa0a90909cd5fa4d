"""The duty that tells channels of incidents: in order, at least once, each by itself."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from wlcron.clock import Clock
from wlcron.core.incident import Due, Incident, messages, settled, silenced
from wlcron.core.routing import Routing
from wlcron.core.silence import Silence, Window, silent_until
from wlcron.services.alerting.crons import Crons
from wlcron.services.alerting.messenger import Messenger, Outcome
from wlcron.store import Store

EVERY = timedelta(seconds=5)
AT_ONCE = 100
# For so long an incident is one server's to tell of: longer than all of its channels may take.
LEASE = timedelta(minutes=2)
_TRIES = 10
_log = structlog.get_logger("wlcron.teller")


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How alerts are told."""

    routing: Routing = field(default_factory=Routing)
    windows: Sequence[Window] = ()
    remind_every: timedelta | None = timedelta(days=1)
    every: timedelta = EVERY


class Teller:
    """Takes incidents that are due, and tells of each in a task of its own."""

    def __init__(
        self,
        store: Store,
        messenger: Messenger,
        crons: Crons,
        policy: Policy,
        clock: Clock,
    ) -> None:
        self._store = store
        self._messenger = messenger
        self._crons = crons
        self._policy = policy
        self._clock = clock
        self._tasks: dict[str, asyncio.Task[None]] = {}  # by the row that each tells of

    async def tick(self, now: datetime) -> datetime:
        """Begin to tell what is due; return when to look again."""
        room = AT_ONCE - len(self._tasks)
        incidents = await self._store.untold_incidents(now, room) if room else []
        silences = await self._store.silences() if incidents else []
        for incident in incidents:
            if incident.row_key in self._tasks:  # a channel is slow: the lease is renewed
                await self._store.put_incident(replace(incident, due_at=now + LEASE))
                continue
            claimed = await self._claim(incident, silences, now)
            if claimed is not None:
                self._begin(claimed)
        return now if room and len(incidents) == room else now + self._policy.every

    async def drain(self) -> None:
        """Wait for the messages that are on their way."""
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)

    async def _claim(
        self, incident: Incident, silences: Sequence[Silence], now: datetime
    ) -> Incident | None:
        """Take an incident for a while; None: it is another server's, or nobody wants to hear."""
        cron = await self._crons.get(incident.cron_name, incident.cron_id)
        labels = cron.definition.labels if cron else {}
        until = silent_until(incident.cron_name, labels, now, silences, self._policy.windows)
        is_untold = all(each.told is None for each in incident.tellings)
        if not incident.is_open and is_untold and (until or incident.is_held):
            await self._store.put_incident(settled(silenced(incident), self._policy.remind_every))
            return None
        if until is not None:
            await self._store.put_incident(replace(incident, is_held=True, due_at=until))
            return None
        taken = replace(incident, is_held=False, due_at=now + LEASE)
        return (
            replace(taken, revision=taken.revision + 1)
            if await self._store.put_incident(taken)
            else None
        )

    def _begin(self, incident: Incident) -> None:
        task = asyncio.create_task(self._tell(incident), name=f"alert {incident.key}")
        self._tasks[incident.row_key] = task
        task.add_done_callback(lambda task: self._ended(incident.row_key, task))

    def _ended(self, row_key: str, task: asyncio.Task[None]) -> None:
        del self._tasks[row_key]
        if not task.cancelled() and (error := task.exception()) is not None:
            # The lease runs out, and it is told again.
            _log.error("an incident could not be told", exc_info=error)

    async def _tell(self, incident: Incident) -> None:
        known: Incident | None = incident
        # Once for what opened, and once more where it is over already.
        while known is not None and (due := self._due(known)):
            outcomes = await asyncio.gather(*(self._messenger.send(known, each) for each in due))
            known = await self._note(known, outcomes)

    def _due(self, incident: Incident) -> list[Due]:
        now = self._clock()
        return [each for each in messages(incident, self._policy.remind_every) if each.at <= now]

    async def _note(self, incident: Incident, outcomes: Sequence[Outcome]) -> Incident | None:
        """Write down what became of messages; return the incident as it is then."""
        known: Incident | None = incident
        for _ in range(_TRIES):
            if known is None or known.number != incident.number:
                return None
            for outcome in outcomes:
                known = outcome(known)
            known = settled(known, self._policy.remind_every)
            if await self._store.put_incident(known):
                return replace(known, revision=known.revision + 1)
            # It was closed meanwhile.
            known = await self._store.incident(incident.cron_id, incident.condition)
        return None
