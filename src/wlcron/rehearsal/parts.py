"""What is rehearsed: crons, and what becomes of their executions."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property

from wlcron.core.alerting import history_needed
from wlcron.core.cron import Cron, Definition, cron_id
from wlcron.core.execution import Execution, Status
from wlcron.rehearsal.outages import Outages

REMIND_EVERY = timedelta(days=1)
USUAL = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Fate:
    """How long an execution runs if it is let, and what it exits with."""

    run_for: timedelta
    exit_code: int = 0


@dataclass(frozen=True)
class Part:
    """One cron, and the fates of its executions: taken in turn, again and again."""

    cron: Cron
    fates: tuple[Fate, ...]

    @cached_property
    def history(self) -> int:
        """How many executions before one may be asked for when it is judged."""
        wanted = self.cron.definition.notifications
        return max(history_needed(_like(self.cron, status), wanted) for status in Status)

    @cached_property
    def horizon(self) -> timedelta:
        """How far back something may lie of which a time is counted that is not over."""
        definition = self.cron.definition
        wanted = definition.notifications
        alerts = (wanted.ran_longer_than, wanted.not_started_within, wanted.no_success_for)
        thresholds = [each.threshold for each in alerts if each is not None]
        return max(REMIND_EVERY, definition.timeout, *thresholds) + timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Setting:
    """The time that is rehearsed, [begin, until), and what is down in it. All instants in UTC."""

    begin: datetime
    until: datetime
    server: Outages = field(default_factory=Outages)
    engine: Outages = field(default_factory=Outages)


def usual_fate(definition: Definition) -> Fate:
    """Return what becomes of an execution of which nothing is known: a minute, and all is well.

    Half of the timeout, where that is less.
    """
    return Fate(min(USUAL, definition.timeout / 2))


def ended_fate(definition: Definition) -> Fate:
    """Return what becomes of an execution that never ends by itself: its timeout does it."""
    return Fate(definition.timeout)


def as_created(name: str, definition: Definition, at: datetime) -> Cron:
    """Return a cron as the server makes it, created at an instant; a slot right then counts."""
    created = Cron(
        id=cron_id(name, at),
        name=name,
        definition=definition,
        source="",
        created_at=at,
        updated_at=at,
        next_due=None,
    )
    return replace(created, next_due=created.schedule().next(at - timedelta(microseconds=1)))


def _like(cron: Cron, status: Status) -> Execution:
    at = cron.created_at
    return Execution(
        id="",
        cron_id=cron.id,
        cron_name=cron.name,
        cron_version=cron.version,
        slot=at,
        status=status,
        reason="",
        created_at=at,
        start_by=at,
    )
