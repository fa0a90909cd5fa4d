"""What people ask for: define, pause, resume, run, stop and delete, as one transaction each."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from wlcron.core.cron import Cron, Definition, Pause, cron_id
from wlcron.core.execution import Execution, Overrides
from wlcron.core.planning import first_due, plan, plan_manual
from wlcron.cronfile import Entry, differences
from wlcron.engine import Engine
from wlcron.errors import ConflictError, ExistsError, NotFoundError, RefusedError
from wlcron.store import Store

TRIES = 10


class Outcome(StrEnum):
    """What became of a definition that was handed in."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Defined:
    """A cron as it is (or, on a dry run, would be) after it was handed in."""

    cron: Cron
    outcome: Outcome
    changes: list[str]
    remarks: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Desk:
    """Takes requests and writes them down in the store; the duties do the rest.

    Every write compares the cron's revision, so that two who write at once cannot undo one
    another: the slower one starts again from what the faster one left.
    """

    store: Store
    engine: Engine

    async def define(
        self, name: str, entry: Entry, now: datetime, *, create_only: bool, dry_run: bool = False
    ) -> Defined:
        """Create or update a cron; its new schedule begins strictly after `now` (zone-aware)."""
        verdict = self.engine.check(entry.definition)
        if verdict.refusals:
            raise RefusedError(f"{name} cannot run here: {'; '.join(verdict.refusals)}")
        for _ in range(TRIES):
            old = await self.store.cron(name)
            if old is not None and create_only:
                raise ExistsError(f"a cron named {name} exists already: `wl cron apply` updates it")
            defined = _define(name, entry, old, now, verdict.remarks)
            if dry_run or defined.outcome is Outcome.UNCHANGED:
                return defined
            if old is not None and await self._settled(old, now):
                continue
            if await self.store.put_cron(defined.cron):
                return defined
        raise _busy(name)

    async def pause(self, name: str, now: datetime, length: timedelta | None, reason: str) -> Cron:
        """Skip the slots of a cron from `now` on, for a time or until it is resumed."""
        until = None if length is None else now + length
        return await self._edit(
            name, now, lambda cron: replace(cron, pause=Pause(now, until, reason))
        )

    async def resume(self, name: str, now: datetime) -> Cron:
        """End the pause of a cron; slots that fell into it stay skipped."""

        def resumed(cron: Cron) -> Cron:
            if cron.pause is None or not cron.is_paused(now):
                return cron
            return replace(cron, pause=replace(cron.pause, until=now))

        return await self._edit(name, now, resumed)

    async def delete(self, name: str, now: datetime) -> Cron:
        """Forget a cron and its history; an execution that is active is stopped."""
        for _ in range(TRIES):
            cron = await self._cron(name)
            for execution in await self.store.active(cron_ids=[cron.id]):
                await self.store.ask_stop(execution.id, now, "its cron was deleted")
            if await self.store.delete_cron(cron):
                return cron
        raise _busy(name)

    async def run(
        self, name: str, now: datetime, key: str, overrides: Overrides | None
    ) -> tuple[Execution, bool]:
        """Make a manual slot; the same key finds the same execution again: (row, is new)."""
        for _ in range(TRIES):
            planned = plan_manual(await self._cron(name), now, key, overrides)
            if made := await self.store.commit([planned]):
                return made[0], True
            known = await self.store.execution(planned.executions[0].id)
            if known is not None:
                return known, False
        raise _busy(name)

    async def stop(self, execution: Execution, now: datetime, reason: str) -> Execution:
        """Ask for the end of an execution that is active."""
        if not await self.store.ask_stop(execution.id, now, reason or "stopped on request"):
            raise ConflictError(f"execution {execution.id[:8]} is over already")
        return await self.store.execution(execution.id) or execution

    async def _edit(self, name: str, now: datetime, edit: Callable[[Cron], Cron]) -> Cron:
        for _ in range(TRIES):
            cron = await self._cron(name)
            edited = replace(edit(cron), updated_at=now)
            if await self.store.put_cron(edited):
                return edited
        raise _busy(name)

    async def _settled(self, old: Cron, now: datetime) -> bool:
        """Whether slots that came due under the old definition had to be written down first."""
        if old.next_due is None or old.next_due > now:
            return False
        await self.store.commit([plan(old, now)])
        return True

    async def _cron(self, name: str) -> Cron:
        cron = await self.store.cron(name)
        if cron is None:
            raise NotFoundError(f"there is no cron named {name}: `wl cron list` shows them")
        return cron


def _define(
    name: str, entry: Entry, old: Cron | None, now: datetime, remarks: tuple[str, ...]
) -> Defined:
    if old is None:
        cron = _first_version(name, entry, now)
        return Defined(cron, Outcome.CREATED, [], remarks)
    changes = differences(old.definition, entry.definition)
    if not changes and old.source == entry.source:
        return Defined(old, Outcome.UNCHANGED, [], remarks)
    return Defined(_next_version(old, entry, now), Outcome.UPDATED, changes, remarks)


def _first_version(name: str, entry: Entry, now: datetime) -> Cron:
    cron = Cron(
        id=cron_id(name, now),
        name=name,
        definition=entry.definition,
        source=entry.source,
        created_at=now,
        updated_at=now,
        next_due=None,
    )
    return replace(cron, next_due=first_due(cron, now))


def _next_version(old: Cron, entry: Entry, now: datetime) -> Cron:
    new = replace(
        old,
        definition=entry.definition,
        source=entry.source,
        version=old.version + 1,
        updated_at=now,
    )
    if _times(old.definition) == _times(entry.definition):
        return new
    return replace(new, next_due=first_due(new, now))


def _times(definition: Definition) -> tuple[str, str]:
    return definition.schedule, definition.timezone


def _busy(name: str) -> ConflictError:
    return ConflictError(f"{name} is being changed by others all the time: try again")
