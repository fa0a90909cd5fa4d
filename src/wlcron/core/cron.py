"""Cron and its parts: what the YAML says, and what it becomes under a name."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID, uuid5

from wlcron.schedule import Schedule, parse_schedule

DEFAULT_TIMEOUT = timedelta(hours=1)
DEFAULT_STOP_GRACE = timedelta(seconds=10)
LONGEST_START_WITHIN = timedelta(hours=1)

# Cron ids hang below this one: the same name created at the same instant is the same cron.
_NAMESPACE = UUID("6f2c9c3e-57b2-4d0e-9a8e-3b1f0d9c7a44")


class Severity(StrEnum):
    """How loud an alert is; routing goes by it."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"
    CRITICAL = "critical"


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """What to run and within which limits (`description` in the cron file)."""

    image: str | None = None
    arguments: tuple[str, ...] = ()
    env: Mapping[str, str] = field(default_factory=dict)
    cpu: float | None = None  # cores
    memory: int | None = None  # bytes
    user: str | None = None
    working_directory: str | None = None
    stop_grace: timedelta = DEFAULT_STOP_GRACE


@dataclass(frozen=True, slots=True)
class InARow:
    """Alert after this many in a row: failures, or skipped slots."""

    severity: Severity
    after: int = 1


@dataclass(frozen=True, slots=True)
class AfterTime:
    """Alert when something has lasted for longer than the threshold."""

    severity: Severity
    threshold: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Notifications:
    """Which conditions call for help, and where."""

    failed: InARow | None = None
    ran_longer_than: AfterTime | None = None
    not_started_within: AfterTime | None = None
    skipped: InARow | None = None
    no_success_for: AfterTime | None = None
    channels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A cron file's content, checked and with the server's defaults filled in."""

    schedule: str
    timezone: str = "UTC"
    timeout: timedelta = DEFAULT_TIMEOUT
    start_within: timedelta | None = None
    overlap: str = "skip"
    description: Container
    notifications: Notifications = field(default_factory=Notifications)
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pause:
    """The latest time in which a cron's slots are skipped: [since, until), until None = open."""

    since: datetime
    until: datetime | None = None
    reason: str = ""

    def covers(self, instant: datetime) -> bool:
        """Whether a slot at this instant falls into the pause."""
        return self.since <= instant and (self.until is None or instant < self.until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """What has to be made for a cron outside (a rule, a task definition), and how far that is."""

    settled: bool = False  # whether the world is as the cron says
    leaving: bool = False  # the cron is being deleted, and what was made for it goes first
    parts: Mapping[str, str] = field(default_factory=dict)  # what was made: its kind -> its name
    problem: str = ""  # why it is not settled, in one sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """A named, versioned definition and when it is due next."""

    id: str
    name: str
    definition: Definition
    source: str  # the cron file's text, as given
    created_at: datetime  # anchors `rate(…)`
    updated_at: datetime
    next_due: datetime | None  # the first slot without a row; None: nothing is left
    version: int = 1  # of the definition, counted from 1
    revision: int = 0  # of the row: every write compares and raises it; 0 = not stored yet
    pause: Pause | None = None
    registration: Registration | None = None  # None: nothing has to be made for it

    def schedule(self, anchor: datetime | None = None) -> Schedule:
        """Return the schedule; `rate(…)` counts from the anchor, or from the cron's creation."""
        definition = self.definition
        return parse_schedule(
            definition.schedule, timezone=definition.timezone, anchor=anchor or self.created_at
        )

    @property
    def unsettled(self) -> bool:
        """Whether something has still to be made, or unmade, for it outside."""
        return self.registration is not None and not self.registration.settled

    @property
    def is_leaving(self) -> bool:
        """Whether it is being deleted, and waits for what was made for it outside to go."""
        return self.registration is not None and self.registration.leaving

    def is_paused(self, now: datetime) -> bool:
        """Whether a slot at `now` would be skipped by a pause."""
        return self.pause is not None and self.pause.covers(now)


def cron_id(name: str, created_at: datetime) -> str:
    """Make the id of a cron from its name and its creation (zone-aware)."""
    return str(uuid5(_NAMESPACE, f"{name}@{created_at.isoformat()}"))
