"""What happens in a rehearsal."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from wlcron.core.cron import Cron, Severity
from wlcron.core.incident import Step
from wlcron.rehearsal.sentences import Sentence, said


class What(StrEnum):
    """What may happen: a start, an end, a slot without either, or an alert."""

    STARTED = "STARTED"
    SUCCESS = "SUCCESS"
    FAILED = "FAILED"
    TIMEOUT = "TIMEOUT"
    STOPPED = "STOPPED"
    ERROR = "ERROR"
    LOST = "LOST"
    SKIPPED = "SKIPPED"
    MISSED = "MISSED"
    ALERT = "ALERT"

    @property
    def is_trouble(self) -> bool:
        """Whether it is more than a start, or an end as it should be."""
        return self not in _CALM


_CALM = frozenset({What.STARTED, What.SUCCESS})


@dataclass(frozen=True, slots=True)
class Told:
    """Which message a channel was sent."""

    step: Step
    condition: str
    severity: Severity
    channel: str


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happens, so and so long after a beginning."""

    after: timedelta
    what: What
    slot: timedelta | None = None  # of the execution, since the same beginning
    why: Sentence = ()
    told: Told | None = None
    ran: bool = False  # whether the execution was started


@dataclass(frozen=True, slots=True)
class Happening:
    """An event of a cron at its time."""

    at: datetime
    cron: Cron
    event: Event
    slot: datetime | None
    why: str


def happening(event: Event, base: datetime, cron: Cron) -> Happening:
    """Return an event as it happens to a cron after a beginning."""
    slot = None if event.slot is None else base + event.slot
    return Happening(base + event.after, cron, event, slot, said(event.why, base, cron))
