"""The duty that notices what did not happen: no start, no end, no success, no scheduler."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wlcron.core.alerting import NOT_ASKED, forgotten, overdue, unsuccessful, watched
from wlcron.core.cron import Cron
from wlcron.core.execution import Execution, Status
from wlcron.core.incident import Condition, Incident, is_ahead, set_back
from wlcron.services.alerting.alerter import Alerter
from wlcron.services.alerting.flood import is_in_flood, open_incidents
from wlcron.services.alerting.timers import Timer, Timers
from wlcron.store import Store

LOOK_EVERY = timedelta(seconds=30)
# All that is active is read now and then: changes have told this server of what it has to know.
READ_ACTIVE_EVERY = timedelta(minutes=5)
# All crons are read for those that want to be told of no success; changes tell of the others.
READ_ALL_EVERY = timedelta(hours=1)
SHORTEST = timedelta(seconds=1)  # the least threshold there is
_PAGE = 1000
_DUE, _ALL_DUE = 200, 100_000  # crons nobody took; that they are many is an emergency
_BACK = 50  # executions in a page, and
_PAGES = 20  # so many of them, in which the last success is looked for


@dataclass(slots=True)
class Watcher:
    """Judges timers that have passed; looks at the store itself now and then.

    The look finds what another server was to notice and did not live to.
    """

    store: Store
    alerter: Alerter
    timers: Timers
    _look_at: datetime | None = field(init=False, default=None)
    _active_at: datetime | None = field(init=False, default=None)
    _read_at: datetime | None = field(init=False, default=None)

    async def tick(self, now: datetime) -> datetime:
        """Notice what should have happened by now; return when to look again."""
        if _is_time(self._look_at, now, LOOK_EVERY):
            await self._look(now)
            self._look_at = now + LOOK_EVERY
        for timer in self.timers.passed(now):
            await self._judge(timer, now)
        again = self._look_at or now
        return min(again, self.timers.next or again)

    async def _judge(self, timer: Timer, now: datetime) -> None:
        cron = await self.alerter.crons.get(timer.cron_name, timer.cron_id)
        if cron is None:
            return
        if not timer.execution_id:
            await self._judge_success(cron, now)
            return
        execution = await self.store.execution(timer.execution_id)
        if execution is None or execution.is_final:
            return
        trouble = overdue(execution, cron.definition.notifications, now)
        if trouble is None:
            self.alerter.expect(cron, execution)  # it has another timer by now
        elif execution.status is Status.RUNNING or not cron.is_paused(now):
            await self.alerter.open(cron, trouble)

    async def _judge_success(self, cron: Cron, now: datetime) -> None:
        last = await self._last_success(cron)
        trouble = unsuccessful(cron, last, now)
        if trouble is not None:
            await self.alerter.open(cron, trouble)
        else:
            self.alerter.expect_success(
                cron, last, not_before=now + LOOK_EVERY
            )  # it is paused, say

    async def _look(self, now: datetime) -> None:
        self.alerter.crons.forget()
        if _is_time(self._active_at, now, READ_ACTIVE_EVERY):
            await self._read_active()
            self._active_at = now + READ_ACTIVE_EVERY
        for cron in await self._left_lying(now):
            if not cron.is_leaving and (trouble := forgotten(cron, now)) is not None:
                await self.alerter.open(cron, trouble)
        if _is_time(self._read_at, now, READ_ALL_EVERY):
            await self._read_all(now)
            self._read_at = now + READ_ALL_EVERY
        await self._look_after_incidents(now)

    async def _left_lying(self, now: datetime) -> list[Cron]:
        """Return crons whose slots nobody took; those who want no alert must hide no other."""
        crons = await self.store.due(now - SHORTEST, _DUE)
        return crons if len(crons) < _DUE else await self.store.due(now - SHORTEST, _ALL_DUE)

    async def _read_active(self) -> None:
        for execution in await self.store.active():
            cron = await self.alerter.crons.get(
                execution.cron_name, execution.cron_id, execution.cron_version
            )
            if cron is not None:
                self.alerter.expect(cron, execution)

    async def _read_all(self, now: datetime) -> None:
        crons: Sequence[Cron] = []
        while crons := await self.store.crons(crons[-1].name if crons else "", _PAGE):
            for cron in crons:
                if cron.definition.notifications.no_success_for and not cron.is_leaving:
                    await self._judge_success(cron, now)

    async def _look_after_incidents(self, now: datetime) -> None:
        """Close what nobody has closed, and what nobody wants to hear of any more."""
        incidents = [each async for each in open_incidents(self.store)]
        self.alerter.note_open(incidents)
        for incident in incidents:
            if is_ahead(incident, now):
                await self.alerter.put(set_back(incident, now))
            elif incident.condition is Condition.FLOOD:
                await self._look_after_flood(incident, incidents)
            else:
                await self._look_after(incident)

    async def _look_after(self, incident: Incident) -> None:
        cron = await self.alerter.crons.get(incident.cron_name, incident.cron_id)
        if cron is None:
            await self.alerter.close(incident, "the cron was deleted")
        elif incident.condition not in watched(cron.definition.notifications):
            await self.alerter.close(incident, NOT_ASKED)
        else:
            rows = await self.store.executions([cron.id], _BACK)
            await self.alerter.close_by_any(incident, rows)

    async def _look_after_flood(self, flood: Incident, incidents: Sequence[Incident]) -> None:
        channel = flood.cron_name
        if not any(is_in_flood(incident, channel) for incident in incidents):
            await self.alerter.close(flood, "all of them are well again")

    async def _last_success(self, cron: Cron) -> datetime | None:
        before: datetime | None = None
        for _ in range(_PAGES):
            rows = await self.store.executions([cron.id], _BACK, before)
            found = next((row for row in rows if row.status is Status.SUCCESS), None)
            if found is not None:
                return _end(found)
            if len(rows) < _BACK:
                return None
            before = rows[-1].slot
        return None


def _is_time(at: datetime | None, now: datetime, every: timedelta) -> bool:
    # Further ahead than it is ever put off: the clock was set back.
    return at is None or not now < at <= now + every


def _end(execution: Execution) -> datetime:
    return execution.ended_at or execution.slot
