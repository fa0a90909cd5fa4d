"""What happens in a rehearsal."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from wlcron.core.cron import Cron, Severity
from wlcron.core.execution import Status
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


class Hindrance(StrEnum):
    """Why a slot is skipped."""

    RUNNING = "the execution before still runs"
    UNSTARTED = "the engine was down and the start before was still being tried"
    UNSEEN = "the engine was down and did not say that the execution before had ended"


_CALM = frozenset({What.STARTED, What.SUCCESS})
_RAN_ON = f"was still {Status.RUNNING.lower()}"  # as the planner ends the reason of what it skips


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
    is_quiet: bool = False  # whether the engine ran nothing then

    @property
    def step(self) -> int:
        """By how many more executions run from then on: 1 at a start, -1 at its end."""
        if not self.ran or self.what is What.ALERT:
            return 0
        return 1 if self.what is What.STARTED else -1

    @property
    def hindrance(self) -> Hindrance | None:
        """What a slot was skipped for; None: it is no such slot."""
        if self.what is not What.SKIPPED:
            return None
        if not str(self.why[-1]).endswith(_RAN_ON):
            return Hindrance.UNSTARTED
        return Hindrance.UNSEEN if self.is_quiet else Hindrance.RUNNING


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
