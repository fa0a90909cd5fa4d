"""The store's port: where crons, executions, their changes and incidents are kept.

What a store promises, whatever it is made of:
- one row for each (cron, slot) and for each execution id: a second one is not written;
- at most one active execution of a cron: the store itself refuses a second one;
- a status and its change are committed together, or neither is;
- one incident of a cron and condition: of two that open it, one does;
- a method that has returned has committed.
"""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, runtime_checkable

from wlcron.core.cron import Cron
from wlcron.core.execution import Change, Execution
from wlcron.core.incident import Condition, Incident
from wlcron.core.planning import Plan
from wlcron.core.silence import Silence


@dataclass(frozen=True, slots=True)
class Claim:
    """An execution that its taker may start until the lease runs out, and what to start."""

    execution: Execution  # STARTING, with its attempt counted
    cron: Cron  # with the definition of the execution's own version


@dataclass(frozen=True, slots=True)
class Taker:
    """Who starts executions as soon as they are made."""

    holder: str  # the engine's home
    until: datetime  # when its lease runs out


@dataclass(frozen=True, slots=True)
class Retention:
    """What `prunable` may name."""

    before: datetime  # executions whose slot is older
    keep: int  # executions beyond the newest so many of a cron


@dataclass(frozen=True, slots=True)
class Keeping:
    """For how long, and how many executions of a cron are kept."""

    keep_for: timedelta = timedelta(days=30)
    keep: int = 1000

    def at(self, now: datetime) -> Retention:
        """Return what may go at an instant (zone-aware)."""
        return Retention(before=now - self.keep_for, keep=self.keep)


DEFAULT_KEEPING = Keeping()


class CronStore(Protocol):
    """Definitions, and when each is due."""

    async def put_cron(self, cron: Cron) -> bool:
        """Save a cron and its definition's version; False when it changed since it was read.

        `cron.revision` is the revision that was read, 0 for a cron that must not exist yet; the
        stored one is higher by one.
        """

    async def cron(self, name: str) -> Cron | None:
        """Return the cron of that name."""

    async def crons(self, after: str = "", limit: int = 1000) -> list[Cron]:
        """Return crons by name, those behind `after`."""

    async def delete_cron(self, cron: Cron) -> bool:
        """Forget a cron, and let `prune` have its executions; False when it changed meanwhile."""

    async def due(self, now: datetime, limit: int) -> list[Cron]:
        """Return crons with next_due <= now, longest due first."""

    async def next_due(self) -> datetime | None:
        """Return the earliest next_due of all crons."""

    async def unregistered(self, limit: int) -> list[Cron]:
        """Return crons whose registration is not settled."""

    async def commit(self, plans: Sequence[Plan], taker: Taker | None = None) -> list[Execution]:
        """Write what plans say in one transaction and return the rows that were made.

        A plan that moves next_due is left out whole when its cron has another revision by now:
        somebody else was faster. A row that exists is left as it is. A PENDING row of a cron with
        an active execution is written as SKIPPED (`planning.skip_for`). With a taker those that
        stay PENDING are claimed at once. Every row comes with its change.
        """


class ExecutionStore(Protocol):
    """The rows that slots end in."""

    async def claim(
        self, now: datetime, lease: timedelta, limit: int, holder: str = ""
    ) -> list[Claim]:
        """Take executions for the engine `holder` to start, oldest slot first.

        PENDING ones, and abandoned ones that this holder had begun (`is_abandoned`); not those
        that were asked to stop.
        """

    async def renew(self, execution_id: str, until: datetime, reason: str = "") -> None:
        """Move the lease of a STARTING execution, and say in its row how far it is."""

    async def apply(self, change: Change) -> bool:
        """Save a change and its row; False when the status is no longer `change.before`."""

    async def ask_stop(self, execution_id: str, at: datetime, reason: str) -> bool:
        """Note on an active execution that it has to end; False when it is over already."""

    async def execution(self, execution_id: str) -> Execution | None:
        """Return the execution of that id."""

    async def find(self, prefix: str, limit: int = 2) -> list[Execution]:
        """Return executions whose id begins with a prefix."""

    async def executions(
        self, cron_ids: Sequence[str], limit: int, before: datetime | None = None
    ) -> list[Execution]:
        """Return the newest executions of each cron, newest slot first, from before an instant."""

    async def active(
        self, *, cron_ids: Sequence[str] | None = None, asked_to_stop: bool = False
    ) -> list[Execution]:
        """Return executions that are not over, oldest slot first.

        `cron_ids` narrows them to these crons, `asked_to_stop` to those that have to end.
        """

    async def prunable(self, retention: Retention, limit: int) -> list[str]:
        """Return the ids of executions that may go: over, announced, and beyond retention."""

    async def prune(self, execution_ids: Sequence[str]) -> None:
        """Forget those of these executions that are over and announced, with their changes.

        What nothing refers to any more goes as well: versions, and crons that were deleted.
        """


class ChangeStore(Protocol):
    """The outbox."""

    async def unannounced(self, limit: int) -> list[Change]:
        """Return changes that nobody was told of yet, oldest first."""

    async def announced(self, changes: Sequence[Change]) -> None:
        """Note that these were told."""


class IncidentStore(Protocol):
    """What is wrong, and who was told; one row for each cron and condition, the latest time."""

    async def put_incident(self, incident: Incident) -> bool:
        """Save an incident; False when it changed since it was read.

        `incident.revision` is the revision that was read, 0 for one that must not exist yet; the
        stored one is higher by one.
        """

    async def incident(self, cron_id: str, condition: Condition) -> Incident | None:
        """Return the latest incident of a cron and condition."""

    async def open_incidents(self, after: str = "", limit: int = 1000) -> list[Incident]:
        """Return incidents that are open, by key of the row, those behind `after` (`row_key`).

        A page may be shorter than `limit` where one was closed a moment ago; the last one is empty.
        """

    async def untold_incidents(self, now: datetime, limit: int) -> list[Incident]:
        """Return incidents with due_at <= now, longest due first."""

    async def forget_incidents(self, before: datetime, limit: int) -> int:
        """Forget incidents that were closed before an instant and are told; return how many.

        Told is what nothing is due of, ever. Where they expire by themselves, none are left to do.
        """

    async def put_silence(self, silence: Silence) -> None:
        """Save a silence, in place of one of the same id."""

    async def silences(self) -> list[Silence]:
        """Return all silences by their end; also those that are over and not deleted yet."""

    async def delete_silence(self, silence_id: str) -> None:
        """Delete a silence; none of that id is no error."""


class Store(CronStore, ExecutionStore, ChangeStore, IncidentStore, Protocol):
    """All of it."""

    async def close(self) -> None:
        """Let go of files and connections."""


HEARING = ("scheduler", "launcher", "observer", "teller", "registrar")


@runtime_checkable
class News(Protocol):
    """What a store may have over and above: it says that somebody else wrote something.

    Nothing depends on it. Who hears nothing finds everything when it looks the next time.
    """

    def news(self) -> AsyncGenerator[str, None]:
        """Yield the name of a duty (one of HEARING) that another server wrote something for.

        After it was committed; it may repeat, and lose what was told while nobody could hear it.
        It never ends by itself.
        """
