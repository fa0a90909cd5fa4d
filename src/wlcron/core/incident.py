"""Incidents: what is wrong with a cron, who was told of it, and what is to be told next."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from wlcron.core.cron import Severity

FIRST_DELAY, LONGEST_DELAY = timedelta(seconds=5), timedelta(minutes=10)
CLOCKS_DIFFER = timedelta(minutes=1)  # at most, from server to server
GIVEN_UP_AFTER = timedelta(hours=24)  # of failures one after the other


class Condition(StrEnum):
    """What may be wrong with a cron, as its notifications name it."""

    FAILED = "failed"
    RAN_LONGER_THAN = "ran-longer-than"
    NOT_STARTED_WITHIN = "not-started-within"
    SKIPPED = "skipped"
    NO_SUCCESS_FOR = "no-success-for"
    FLOOD = "flood"  # a channel's own: too many incidents at once, told as one


class Step(StrEnum):
    """What a message of an incident says."""

    OPENED = "opened"
    REMINDED = "reminded"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """How far one channel has been told of an incident."""

    channel: str
    told: Step | None = None  # the last message that it took
    told_at: datetime | None = None
    tries: int = 0  # of the next message
    failing_since: datetime | None = None
    again_at: datetime | None = None  # the next message is not tried before
    problem: str = ""  # why the last try failed
    is_over: bool = False  # nothing more is told: it was told all, refused for good, or silenced
    instead_of: str = ""  # why this channel is told: another one could not be
    is_in_flood: bool = False  # it was told of this one together with many others
    number: int = 0  # of the incident that it was told of; 0: the incident's own


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """The latest time that a condition was met by a cron. All instants are zone-aware, in UTC."""

    cron_id: str
    cron_name: str
    condition: Condition
    severity: Severity
    number: int = 1  # of the incidents of this cron and condition
    opened_at: datetime
    execution_id: str = ""  # of which it opened; empty: of none, as when nothing was started
    slot: datetime  # of that execution, or that had none
    reason: str  # one sentence for a person
    # Slots up to this one are judged: told of once more, or late, they change nothing.
    judged: datetime
    closed_at: datetime | None = None
    closed_by: str = ""  # one sentence for a person: why it is well again
    is_held: bool = False  # a silence covers it, and nobody was told yet
    tellings: tuple[Telling, ...] = ()
    due_at: datetime | None = None  # when somebody has to be told next
    revision: int = 0  # of the row: every write compares and raises it; 0 = not stored yet

    @property
    def is_open(self) -> bool:
        """Whether the condition is still met."""
        return self.closed_at is None

    @property
    def row_key(self) -> str:
        """Return what tells its row from all others."""
        return row_key(self.cron_id, self.condition)

    @property
    def key(self) -> str:
        """Return what all messages of it have in common, and no other's."""
        return f"{self.row_key}/{self.number}"

    def key_for(self, telling: Telling) -> str:
        """Return what its messages to one channel have in common."""
        return f"{self.row_key}/{telling.number or self.number}"

    def telling(self, channel: str) -> Telling:
        """Return how far a channel has been told; raises KeyError."""
        for telling in self.tellings:
            if telling.channel == channel:
                return telling
        raise KeyError(channel)


@dataclass(frozen=True, slots=True)
class Due:
    """The next message of an incident to one channel."""

    channel: str
    step: Step
    at: datetime  # not before


def row_key(cron_id: str, condition: Condition) -> str:
    """Return `Incident.row_key` of a cron and condition."""
    return f"{cron_id}/{condition}"


def messages(incident: Incident, remind_every: timedelta | None) -> Iterator[Due]:
    """Yield the next message to each channel that has one coming, whenever that is.

    They are told in order: what was opened before it is closed, each once.
    """
    for telling in incident.tellings:
        if telling.is_over:
            continue
        due = _next(incident, telling, remind_every)
        if due is not None:
            step, at = due
            yield Due(telling.channel, step, max(at, telling.again_at or at))


def settled(incident: Incident, remind_every: timedelta | None) -> Incident:
    """Return an incident with the time at which somebody has to be told next."""
    due = min((each.at for each in messages(incident, remind_every)), default=None)
    return replace(incident, due_at=due)


def told(incident: Incident, channel: str, step: Step, at: datetime) -> Incident:
    """Return an incident of which a channel took a message."""
    telling = replace(
        incident.telling(channel),
        told=step,
        told_at=at,
        tries=0,
        failing_since=None,
        again_at=None,
        problem="",
        is_over=step is Step.CLOSED,
    )
    return _with(incident, telling)


def put_off(
    incident: Incident, channel: str, problem: str, now: datetime, wait: timedelta | None = None
) -> Incident:
    """Return an incident of which a channel did not take a message for now.

    `wait` is what the vendor asks for. Who fails for a day is given up (`is_over`).
    """
    known = incident.telling(channel)
    delay = min(FIRST_DELAY * (1 << min(known.tries, 10)), LONGEST_DELAY)
    since = known.failing_since or now
    telling = replace(
        known,
        tries=known.tries + 1,
        failing_since=since,
        again_at=now + max(delay, wait or delay),
        problem=problem,
        is_over=now - since >= GIVEN_UP_AFTER,
    )
    return _with(incident, telling)


def refused(incident: Incident, channel: str, problem: str) -> Incident:
    """Return an incident of which a channel will never take a message."""
    return _with(incident, replace(incident.telling(channel), problem=problem, is_over=True))


def also_told(incident: Incident, channel: str, instead_of: str) -> Incident:
    """Return an incident of which one more channel is told, since another one could not be."""
    if any(each.channel == channel for each in incident.tellings):
        return incident
    extra = Telling(channel=channel, instead_of=instead_of)
    return replace(incident, tellings=(*incident.tellings, extra))


def flooded(incident: Incident, channel: str) -> Incident:
    """Return an incident that a channel hears of together with many others."""
    return _with(incident, replace(incident.telling(channel), is_over=True, is_in_flood=True))


def silenced(incident: Incident) -> Incident:
    """Return an incident that came and went while nobody wanted to hear of it.

    Who was told before that it opened is told its end.
    """
    tellings = (each if each.told else replace(each, is_over=True) for each in incident.tellings)
    return replace(incident, tellings=tuple(tellings))


def is_ahead(incident: Incident, now: datetime) -> bool:
    """Whether it opened at a time that has not come: the clock was set back since."""
    return incident.opened_at > now + CLOCKS_DIFFER


def set_back(incident: Incident, now: datetime) -> Incident:
    """Return an incident that was ahead as one that has just opened: nobody waits for its time."""
    tellings = (
        replace(each, told_at=each.told_at and min(each.told_at, now), again_at=None)
        for each in incident.tellings
    )
    return replace(incident, opened_at=now, due_at=now, tellings=tuple(tellings))


def retold(incident: Incident, channels: Iterable[str]) -> tuple[Telling, ...]:
    """Return what is known of channels when the next incident opens after this one.

    Who was not told all of this one hears of the next one under its key, so that an end is told
    of both: also who was told nothing, since only the answer may have been lost. Who knows of it
    is told the end when that comes; the others are told anew.
    """
    if all(each.is_over for each in incident.tellings):
        return tell(channels)
    known = {each.channel: _kept(incident, each) for each in incident.tellings}
    if all(each.told is None for each in incident.tellings):
        known = {each.channel: each for each in tell(channels)} | known
    return tuple(known.values())


def _kept(incident: Incident, telling: Telling) -> Telling:
    if telling.is_over:
        return Telling(channel=telling.channel)
    number = telling.number or incident.number
    # Who may have been told the end must not believe that all is well.
    told = None if telling.tries or _is_being_told(incident) else telling.told
    return replace(telling, number=number, told=told)


def _is_being_told(over: Incident) -> bool:
    """Whether somebody took an incident to tell of its end: that puts it off for a while."""
    if over.is_held or over.closed_at is None:
        return False
    return over.due_at is None or over.due_at > over.closed_at


def tell(channels: Iterable[str]) -> tuple[Telling, ...]:
    """Return what is known of channels that were told nothing yet."""
    return tuple(Telling(channel=channel) for channel in dict.fromkeys(channels))


def _next(
    incident: Incident, telling: Telling, remind_every: timedelta | None
) -> tuple[Step, datetime] | None:
    if telling.told is None:
        return Step.OPENED, incident.opened_at
    if incident.closed_at is not None:
        return Step.CLOSED, incident.closed_at
    if remind_every is None or telling.told_at is None:
        return None
    return Step.REMINDED, telling.told_at + remind_every


def _with(incident: Incident, telling: Telling) -> Incident:
    others = (telling if each.channel == telling.channel else each for each in incident.tellings)
    return replace(incident, tellings=tuple(others))
