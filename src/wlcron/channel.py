"""The channel's port: where an alert goes."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from wlcron.core.cron import Severity
from wlcron.core.incident import Step
from wlcron.errors import NotTakenError


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """One message of an incident, in words: secrets are taken out, markup is not.

    Texts come from cron files, logs and vendors: each channel neutralises what its own medium
    would take for more than text.
    """

    key: str  # the same for all messages of an incident
    step: Step
    severity: Severity
    cron: str
    condition: str
    summary: str  # one line, up to 200 characters
    facts: tuple[tuple[str, str], ...] = ()  # label and value, in the order in which they matter
    log: str = ""  # the last lines of the execution's log
    command: str = ""  # of `wl`, with which to look further
    link: str = ""  # empty: there is none
    at: datetime  # when this is told, zone-aware, in UTC
    opened_at: datetime  # zone-aware, in UTC
    source: str  # which wlcron says so
    is_test: bool = False


class ChannelError(NotTakenError):
    """An alert was not taken."""


class Channel(Protocol):
    """Slack, PagerDuty, email, a webhook, …: takes alerts one at a time, at least once each."""

    name: str
    kind: str  # slack, pagerduty, …

    async def send(self, alert: Alert) -> str:
        """Send an alert; return the vendor's answer in one line. Raises ChannelError alone.

        The same alert may come twice (its answer was lost): where the vendor can tell by
        `alert.key`, he is given it. Bounded in time: half a minute at most.
        """

    async def close(self) -> None:
        """Let go of connections."""
