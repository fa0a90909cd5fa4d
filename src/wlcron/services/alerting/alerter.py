"""Opens incidents, and closes them."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

import structlog

from wlcron.clock import Clock
from wlcron.core.alerting import (
    Trouble,
    closed,
    closed_by,
    expectation,
    history_needed,
    joined,
    mended,
    opened,
    success_expected,
    troubles,
    watched,
)
from wlcron.core.cron import Cron
from wlcron.core.execution import Change, Execution, Status
from wlcron.core.incident import Condition, Incident
from wlcron.core.routing import Routing
from wlcron.services.alerting.crons import Crons
from wlcron.services.alerting.timers import Timer, Timers
from wlcron.store import Store

_TRIES = 5
_log = structlog.get_logger("wlcron.alerter")


class Alerter:
    """Judges changes; who judges one twice, or beside another server, opens nothing twice."""

    name = "alerts"

    def __init__(
        self,
        store: Store,
        routing: Routing,
        clock: Clock,
        timers: Timers,
        on_incident: Callable[[], None] = lambda: None,
    ) -> None:
        """`on_incident` is called when somebody has to be told something."""
        self.crons = Crons(store)
        self._store = store
        self._routing = routing
        self._clock = clock
        self._timers = timers
        self._on_incident = on_incident
        self._open: set[tuple[str, Condition]] = set()  # as this server knows
        self._was_told_open = False  # before the first look into the store any may be open

    async def signal(self, change: Change) -> None:
        """Open what a change calls for, and close what it ends."""
        execution = change.execution
        cron = await self.crons.get(execution.cron_name, execution.cron_id, execution.cron_version)
        if cron is None or not watched(cron.definition.notifications):
            return
        self.expect(cron, execution)
        notifications = cron.definition.notifications
        needed = history_needed(execution, notifications)
        before = await self._store.executions([cron.id], needed, execution.slot) if needed else []
        for trouble in troubles(execution, before, notifications):
            await self.open(cron, trouble)
        for condition in mended(execution):
            if not self._was_told_open or (cron.id, condition) in self._open:
                await self._close_by(cron.id, condition, execution)

    def expect(self, cron: Cron, execution: Execution) -> None:
        """Note by when an execution has to have gone on, or its cron to succeed again."""
        expected = expectation(execution, cron.definition.notifications)
        if expected is not None:
            self._timers.note(Timer(expected.at, cron.name, cron.id, execution.id))
        if execution.status is Status.SUCCESS:
            self.expect_success(cron, execution.ended_at)

    def expect_success(
        self, cron: Cron, last: datetime | None, not_before: datetime | None = None
    ) -> None:
        """Note by when a cron has to succeed again; `last` is when it did so last."""
        at = success_expected(cron, last)
        if at is not None:
            self._timers.note(Timer(max(at, not_before or at), cron.name, cron.id))

    async def open(self, cron: Cron, trouble: Trouble) -> None:
        """Open an incident, unless there is one, or a newer one was closed already."""
        for _ in range(_TRIES):
            known = await self._store.incident(cron.id, trouble.condition)
            channels = self._routing.channels(cron, trouble.severity)
            incident = opened(known, cron, trouble, channels, self._clock())
            if incident is None:
                if known is not None and known.is_open:
                    self._open.add((cron.id, trouble.condition))
                more = joined(known, trouble)
                if more is None or await self.put(more):
                    return
                continue
            if await self.put(incident):
                _log.warning(
                    "incident opened",
                    cron=cron.name,
                    condition=trouble.condition,
                    reason=trouble.reason,
                    channels=channels,
                )
                return

    async def close(self, incident: Incident, by: str) -> None:
        """Close an incident for a reason that is no execution's."""
        while incident.is_open:
            if await self.put(closed(incident, by, self._clock())):
                return
            known = await self._store.incident(incident.cron_id, incident.condition)
            if known is None:
                return
            incident = known

    async def _close_by(self, cron_id: str, condition: Condition, execution: Execution) -> None:
        for _ in range(_TRIES):
            known = await self._store.incident(cron_id, condition)
            over = known and closed_by(known, execution, self._clock())
            if over is None or await self.put(over):
                return

    async def close_by_any(self, incident: Incident, executions: Iterable[Execution]) -> None:
        """Close an incident that one of these executions ends, whoever was to notice it."""
        for execution in executions:
            if closed_by(incident, execution, self._clock()) is not None:
                await self._close_by(incident.cron_id, incident.condition, execution)
                return

    async def put(self, incident: Incident) -> bool:
        """Save an incident; False when it changed since it was read."""
        due = replace(incident, due_at=None if not incident.tellings else incident.due_at)
        if not await self._store.put_incident(due):
            return False
        key = (incident.cron_id, incident.condition)
        if incident.is_open:
            self._open.add(key)
        else:
            self._open.discard(key)
            _log.info(
                "incident closed",
                cron=incident.cron_name,
                condition=incident.condition,
                because=incident.closed_by,
            )
        if due.due_at is not None:
            self._on_incident()
        return True

    def note_open(self, incidents: Iterable[Incident]) -> None:
        """Take over which incidents are open, as the store has it."""
        self._was_told_open = True
        self._open = {(each.cron_id, each.condition) for each in incidents}
