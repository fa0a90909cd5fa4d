"""What the API answers about incidents, silences and channels."""

from collections.abc import Mapping
from datetime import datetime

from pydantic import BaseModel, Field

from wlcron.api.texts import MOST_LABELS, NO_NUL, Label, Words
from wlcron.core.cron import Severity
from wlcron.core.incident import Condition, Incident, Step, Telling
from wlcron.core.silence import Silence
from wlcron.outlet import Outlet


class TellingOut(BaseModel):
    """How far one channel has been told of an incident."""

    channel: str
    told: Step | None
    told_at: datetime | None
    again_at: datetime | None = Field(description="when it is tried again")
    problem: str
    instead_of: str
    over: bool = Field(description="it is told nothing more")
    together: bool = Field(description="it was told of this one together with many others")

    @classmethod
    def of(cls, telling: Telling) -> "TellingOut":
        """Make it from the core's value."""
        return cls(
            channel=telling.channel,
            told=telling.told,
            told_at=telling.told_at,
            again_at=telling.again_at,
            problem=telling.problem,
            instead_of=telling.instead_of,
            over=telling.is_over,
            together=telling.is_in_flood,
        )


class IncidentOut(BaseModel):
    """What is wrong, and who was told; instants in UTC."""

    cron: str
    condition: Condition
    severity: Severity
    reason: str
    opened_at: datetime
    slot: datetime
    execution: str | None
    closed_at: datetime | None
    silent: bool = Field(description="a silence covers it, and nobody was told yet")
    channels: list[TellingOut]

    @classmethod
    def of(cls, incident: Incident) -> "IncidentOut":
        """Make it from the core's value."""
        return cls(
            cron=incident.cron_name,
            condition=incident.condition,
            severity=incident.severity,
            reason=incident.reason,
            opened_at=incident.opened_at,
            slot=incident.slot,
            execution=incident.execution_id or None,
            closed_at=incident.closed_at,
            silent=incident.is_held and all(each.told is None for each in incident.tellings),
            channels=[TellingOut.of(each) for each in incident.tellings],
        )


class IncidentsOut(BaseModel):
    """A page of open incidents; `next` goes into `after` for the following page."""

    incidents: list[IncidentOut]
    next: str | None


class SilenceIn(BaseModel, extra="forbid"):
    """Whom, for how long, and why; nothing given means every cron."""

    cron: str = Field("", max_length=63, pattern=NO_NUL)
    labels: dict[Label, Label] = Field({}, max_length=MOST_LABELS)
    seconds: float = Field(alias="for", gt=0, le=366 * 86400)
    reason: Words = ""


class SilenceOut(BaseModel):
    """A time in which nobody is told."""

    id: str
    cron: str
    labels: Mapping[str, str]
    since: datetime
    until: datetime
    reason: str

    @classmethod
    def of(cls, silence: Silence) -> "SilenceOut":
        """Make it from the core's value."""
        return cls(
            id=silence.id,
            cron=silence.scope.cron,
            labels=silence.scope.labels,
            since=silence.since,
            until=silence.until,
            reason=silence.reason,
        )


class SilencesOut(BaseModel):
    """Those that are not over."""

    silences: list[SilenceOut]


class ChannelOut(BaseModel):
    """A channel, and what was last seen of it since this server started."""

    name: str
    kind: str
    taken_at: datetime | None = Field(description="when it last took a message")
    answer: str
    failed_at: datetime | None
    problem: str

    @classmethod
    def of(cls, outlet: Outlet) -> "ChannelOut":
        """Make it from an outlet."""
        record = outlet.record
        return cls(
            name=outlet.channel.name,
            kind=outlet.channel.kind,
            taken_at=record.taken_at,
            answer=record.answer,
            failed_at=record.failed_at,
            problem=record.problem,
        )


class ChannelsOut(BaseModel):
    """All channels of the configuration, in its order."""

    channels: list[ChannelOut]


class TestedOut(BaseModel):
    """What a channel made of a test."""

    channel: str
    answer: str = Field(description="the vendor's own, in one line")
