"""What people ask for: define, pause, resume, run, stop and delete, as one transaction each."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from wlcron.core.cron import Cron, Definition, Pause, Registration, cron_id
from wlcron.core.execution import Execution, Overrides
from wlcron.core.planning import first_due, plan, plan_manual
from wlcron.core.routing import Routing
from wlcron.cronfile import Entry, differences
from wlcron.engine import Engine, Verdict
from wlcron.errors import ConflictError, ExistsError, NotFoundError, RefusedError
from wlcron.monitor import Watching
from wlcron.starting import NOBODY, Starter, commit_and_start
from wlcron.store import Store
from wlcron.trigger import Trigger

TRIES = 10
SLOTS_AT_ONCE = 10_000
DELETED = "its cron was deleted"


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
    trigger: Trigger
    starter: Starter = NOBODY
    routing: Routing = field(default_factory=Routing)
    monitors: Sequence[Watching] = ()
    registers: bool = False  # whether a registrar makes something outside for each cron

    def check(self, definition: Definition) -> Verdict:
        """Say whether a definition can be run, and told to the trigger; asks nobody."""
        run = self.engine.check(definition)
        told = self.trigger.check(definition)
        watched = (remark for each in self.monitors for remark in each.check(definition))
        remarks = (*run.remarks, *told.remarks, *_unheard(definition, self.routing), *watched)
        return Verdict((*run.refusals, *told.refusals), remarks)

    async def define(
        self, name: str, entry: Entry, now: datetime, *, create_only: bool, dry_run: bool = False
    ) -> Defined:
        """Create or update a cron; its new schedule begins strictly after `now` (zone-aware)."""
        verdict = self.check(entry.definition)
        if verdict.refusals:
            raise RefusedError(f"{name} cannot run here: {'; '.join(verdict.refusals)}")
        for _ in range(TRIES):
            old = _staying(await self.store.cron(name))
            if old is not None and create_only:
                raise ExistsError(f"a cron named {name} exists already: `wl cron apply` updates it")
            defined = _define(name, entry, old, now, verdict.remarks)
            if dry_run or defined.outcome is Outcome.UNCHANGED:
                return defined
            if old is None:
                await self._refuse_successor(name)
            elif await self._settled(old, now):
                continue
            defined = replace(defined, cron=self._unsettled(defined.cron))
            if await self.store.put_cron(defined.cron):
                return defined
        raise _busy(name)

    async def pause(self, name: str, now: datetime, length: timedelta | None, reason: str) -> Cron:
        """Skip the slots of a cron from `now` on, for a time or until it is resumed."""
        until = None if length is None else now + length

        def paused(cron: Cron) -> Cron:
            # A pause that goes on began when it began: its slots must not fall out of it.
            since = cron.pause.since if cron.pause and cron.is_paused(now) else now
            return replace(cron, pause=Pause(since, until, reason))

        return await self._edit(name, now, paused)

    async def resume(self, name: str, now: datetime) -> Cron:
        """End the pause of a cron; slots that fell into it stay skipped."""

        def resumed(cron: Cron) -> Cron:
            if cron.pause is None or not cron.is_paused(now):
                return cron
            return replace(cron, pause=replace(cron.pause, until=now))

        return await self._edit(name, now, resumed)

    async def delete(self, name: str, now: datetime) -> Cron:
        """Forget a cron and its history; an execution that is active is stopped.

        What was made for it outside goes first: until then it is there as one that leaves, never
        due, and the registrar forgets it.
        """
        for _ in range(TRIES):
            cron = _known(name, await self.store.cron(name))
            for execution in await self.store.active(cron_ids=[cron.id]):
                await self.store.ask_stop(execution.id, now, DELETED)
            if cron.is_leaving:
                return cron
            if not self.registers or cron.registration is None:
                is_done = await self.store.delete_cron(cron)
            else:
                cron = _leaving(cron, now)
                is_done = await self.store.put_cron(cron)
            if is_done:
                return cron
        raise _busy(name)

    async def run(
        self, name: str, now: datetime, key: str, overrides: Overrides | None
    ) -> tuple[Execution, bool]:
        """Make a manual slot; the same key finds the same execution again: (row, is new)."""
        for attempt in range(TRIES):
            # Another instant each time: two requests may have come at the same one.
            instant = now + attempt * timedelta(microseconds=1)
            planned = plan_manual(await self._cron(name), instant, key, overrides)
            if made := await commit_and_start(self.store, self.starter, [planned], now):
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
            if await self._settled(cron, now):
                continue
            edited = self._unsettled(replace(edit(cron), updated_at=now))
            if await self.store.put_cron(edited):
                return edited
        raise _busy(name)

    async def _settled(self, old: Cron, now: datetime) -> bool:
        """Whether slots that were due before had to be written down first, as they were then."""
        if old.next_due is None or old.next_due > now:
            return False
        cron: Cron | None = old
        while cron is not None and cron.next_due is not None and cron.next_due <= now:
            await self.store.commit([plan(cron, now, SLOTS_AT_ONCE)])
            cron = await self.store.cron(old.name)
        return True

    async def _refuse_successor(self, name: str) -> None:
        """Refuse to create a cron while an execution of a deleted one of that name goes on."""
        if any(execution.cron_name == name for execution in await self.store.active()):
            raise ConflictError(
                f"an execution of the cron {name} that was deleted is still being ended:"
                " try again in a moment"
            )

    async def _cron(self, name: str) -> Cron:
        return _known(name, _staying(await self.store.cron(name)))

    def _unsettled(self, cron: Cron) -> Cron:
        """Return a cron as it is written when the world outside has to follow it."""
        if not self.registers:
            return cron
        parts = cron.registration.parts if cron.registration else {}
        return replace(cron, registration=Registration(parts=parts))


def _known(name: str, cron: Cron | None) -> Cron:
    if cron is None:
        raise NotFoundError(f"there is no cron named {name}: `wl cron list` shows them")
    return cron


def _staying(cron: Cron | None) -> Cron | None:
    """Return the cron, unless it is on its way out."""
    if cron is not None and cron.is_leaving:
        raise ConflictError(f"the cron {cron.name} is being deleted: try again in a moment")
    return cron


def _leaving(cron: Cron, now: datetime) -> Cron:
    parts = cron.registration.parts if cron.registration else {}
    going = Registration(leaving=True, parts=parts)
    return replace(cron, registration=going, next_due=None, updated_at=now)


def _define(
    name: str, entry: Entry, old: Cron | None, now: datetime, remarks: tuple[str, ...]
) -> Defined:
    if old is None:
        cron = _first_version(name, entry, now)
        return Defined(cron, Outcome.CREATED, [], remarks)
    changes = differences(old.definition, entry.definition)
    if not changes and old.source == entry.source and not _is_stuck(old, now):
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
    if _times(old.definition) == _times(entry.definition) and not _is_stuck(old, now):
        return new
    return replace(new, next_due=first_due(new, now))


def _is_stuck(cron: Cron, now: datetime) -> bool:
    """Whether it was put out of schedule, as when its time zone had left the machine."""
    return cron.next_due is None and first_due(cron, now) is not None


def _times(definition: Definition) -> tuple[str, str]:
    return definition.schedule, definition.timezone


def _busy(name: str) -> ConflictError:
    return ConflictError(f"{name} is being changed by others all the time: try again")


def _unheard(definition: Definition, routing: Routing) -> Iterator[str]:
    """Yield what is to be said of channels that a cron names and nobody has configured."""
    for channel in routing.unknown(definition.notifications.channels):
        yield (
            f"this server has no channel {channel}, so another one is told:"
            " `wl channel list` shows which there are"
        )
