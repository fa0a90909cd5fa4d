"""MemoryStore: a complete store that forgets everything when it is closed."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from wlcron.core.cron import Cron
from wlcron.core.execution import Change, Execution, Status, claimed, is_abandoned
from wlcron.core.planning import Plan
from wlcron.store import Claim, Retention, Taker
from wlcron.stores.memory.incidents import Incidents
from wlcron.stores.memory.rows import OnRows, Rows
from wlcron.stores.settling import settle


class _Crons(OnRows):
    async def put_cron(self, cron: Cron) -> bool:
        rows = self._rows
        if cron.revision == 0:
            if cron.name in rows.ids or cron.id in rows.crons:
                return False
            rows.ids[cron.name] = cron.id
        elif not rows.is_current(cron):
            return False
        rows.definitions.setdefault((cron.id, cron.version), (cron.definition, cron.source))
        rows.crons[cron.id] = replace(cron, revision=cron.revision + 1)
        rows.crons[cron.id] = rows.cron(cron.id, cron.version)
        return True

    async def cron(self, name: str) -> Cron | None:
        return self._rows.crons.get(self._rows.ids.get(name, ""))

    async def crons(self, after: str = "", limit: int = 1000) -> list[Cron]:
        names = sorted(name for name in self._rows.ids if name > after)[:limit]
        return [self._rows.crons[self._rows.ids[name]] for name in names]

    async def delete_cron(self, cron: Cron) -> bool:
        if not self._rows.is_current(cron):
            return False
        del self._rows.ids[self._rows.crons[cron.id].name]
        return True

    async def due(self, now: datetime, limit: int) -> list[Cron]:
        due = [
            (cron.next_due, cron.id)
            for cron in self._rows.living()
            if cron.next_due is not None and cron.next_due <= now
        ]
        return [self._rows.crons[cron_id] for _, cron_id in sorted(due)[:limit]]

    async def next_due(self) -> datetime | None:
        living = self._rows.living()
        return min((cron.next_due for cron in living if cron.next_due is not None), default=None)

    async def unregistered(self, limit: int) -> list[Cron]:
        return [cron for cron in self._rows.living() if cron.unsettled][:limit]

    async def commit(self, plans: Sequence[Plan], taker: Taker | None = None) -> list[Execution]:
        return [row for plan in plans if self._fits(plan) for row in self._do(plan, taker)]

    def _fits(self, plan: Plan) -> bool:
        if plan.moves:
            return self._rows.is_current(plan.cron)
        return any(cron.id == plan.cron.id for cron in self._rows.living())

    def _do(self, plan: Plan, taker: Taker | None) -> list[Execution]:
        rows = self._rows
        cron = rows.crons[plan.cron.id]
        if plan.moves:
            rows.crons[cron.id] = replace(cron, next_due=plan.next_due, revision=cron.revision + 1)
        made = settle(plan.executions, rows.active_of(cron.id), rows.executions, rows.slots, taker)
        for execution in made:
            rows.insert(execution)
        return made


class _Executions(OnRows):
    async def claim(
        self, now: datetime, lease: timedelta, limit: int, holder: str = ""
    ) -> list[Claim]:
        free = [each for each in self._active() if _is_free(each, now, holder)]
        taken = _oldest_first(free)[:limit]
        return [self._claim(each, claimed(each, now, lease, holder), now) for each in taken]

    def _claim(self, execution: Execution, taken: Execution, now: datetime) -> Claim:
        if execution.status is Status.PENDING:
            self._rows.move(Change(taken, Status.PENDING, now))
        self._rows.executions[execution.id] = taken
        return Claim(taken, self._rows.cron(taken.cron_id, taken.cron_version))

    async def renew(self, execution_id: str, until: datetime, reason: str = "") -> None:
        execution = self._rows.executions.get(execution_id)
        if execution is not None and execution.status is Status.STARTING:
            self._rows.executions[execution_id] = replace(
                execution, lease_until=until, reason=reason or execution.reason
            )

    async def apply(self, change: Change) -> bool:
        execution = self._rows.executions.get(change.execution.id)
        if execution is None or execution.status is not change.before:
            return False
        after = replace(_moved(execution, change.execution), lease_until=None)
        self._rows.move(replace(change, execution=after))
        return True

    async def ask_stop(self, execution_id: str, at: datetime, reason: str) -> bool:
        execution = self._rows.executions.get(execution_id)
        if execution is None or execution.is_final:
            return False
        if execution.stop_asked_at is None:
            self._rows.executions[execution_id] = replace(
                execution, stop_asked_at=at, stop_reason=reason
            )
        return True

    async def execution(self, execution_id: str) -> Execution | None:
        return self._rows.executions.get(execution_id)

    async def find(self, prefix: str, limit: int = 2) -> list[Execution]:
        ids = sorted(known for known in self._rows.executions if known.startswith(prefix))
        return [self._rows.executions[known] for known in ids[:limit]]

    async def executions(
        self, cron_ids: Sequence[str], limit: int, before: datetime | None = None
    ) -> list[Execution]:
        newest: list[Execution] = []
        for cron_id in dict.fromkeys(cron_ids):
            newest += self._rows.newest(cron_id, limit, before)
        return _newest_first(newest)

    async def active(
        self, *, cron_ids: Sequence[str] | None = None, asked_to_stop: bool = False
    ) -> list[Execution]:
        active = self._active()
        if cron_ids is not None:
            active = [execution for execution in active if execution.cron_id in cron_ids]
        if asked_to_stop:
            active = [execution for execution in active if execution.stop_asked_at is not None]
        return _oldest_first(active)

    def _active(self) -> list[Execution]:
        return [self._rows.executions[known] for known in self._rows.active.values()]


class _Retention(OnRows):
    async def prunable(self, retention: Retention, limit: int) -> list[str]:
        kept = self._kept(retention.keep)
        found = [
            execution
            for execution in self._settled()
            if execution.slot < retention.before or execution.id not in kept
        ]
        return [execution.id for execution in _oldest_first(found)[:limit]]

    async def prune(self, execution_ids: Sequence[str]) -> None:
        asked = set(execution_ids)
        for execution in self._settled():
            if execution.id in asked:
                self._rows.forget(execution)
        self._rows.forget_deleted_crons()

    def _settled(self) -> list[Execution]:
        """Return executions that are over and announced."""
        waiting = {execution_id for execution_id, _ in self._rows.outbox}
        rows = self._rows.executions.values()
        return [each for each in rows if each.is_final and each.id not in waiting]

    def _kept(self, keep: int) -> Collection[str]:
        """Return the ids of the newest executions of each cron that is not deleted."""
        return {
            execution.id
            for cron in self._rows.living()
            for execution in self._rows.newest(cron.id, keep)
        }


class _Changes(OnRows):
    async def unannounced(self, limit: int) -> list[Change]:
        rows = self._rows
        waiting = [rows.changes[step] for step in rows.outbox][:limit]
        return [
            replace(
                change, execution=_moved(rows.executions[change.execution.id], change.execution)
            )
            for change in waiting
        ]

    async def announced(self, changes: Sequence[Change]) -> None:
        for change in changes:
            self._rows.outbox.pop((change.execution.id, change.execution.status), None)


class MemoryStore(_Crons, _Executions, _Retention, _Changes, Incidents):
    """A store for tests and trials: everything of the port, in dictionaries of one process."""

    def __init__(self) -> None:
        super().__init__(Rows())

    async def close(self) -> None:
        """Do nothing: there are no files and no connections."""


def _moved(execution: Execution, to: Execution) -> Execution:
    """Return an execution with what a move sets; a stop that was asked for meanwhile stays."""
    return replace(
        execution,
        status=to.status,
        reason=to.reason,
        started_at=to.started_at,
        deadline=to.deadline,
        ended_at=to.ended_at,
        exit_code=to.exit_code,
        handle=to.handle,
        image=to.image,
    )


def _is_free(execution: Execution, now: datetime, holder: str) -> bool:
    if execution.stop_asked_at is not None:
        return False
    if execution.status is Status.PENDING:
        return True
    return execution.holder == holder and is_abandoned(execution, now)


def _oldest_first(executions: Iterable[Execution]) -> list[Execution]:
    return sorted(executions, key=lambda execution: (execution.slot, execution.id))


def _newest_first(executions: Iterable[Execution]) -> list[Execution]:
    return sorted(executions, key=lambda execution: execution.slot, reverse=True)
