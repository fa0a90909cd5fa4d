"""Silences: when nobody wants to be told of incidents."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wlcron.schedule import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Which crons: those that have all of it. Nothing given means every cron."""

    cron: str = ""  # by name
    labels: Mapping[str, str] = field(default_factory=dict)

    def covers(self, cron: str, labels: Mapping[str, str]) -> bool:
        """Whether a cron of this name with these labels is one of them."""
        if self.cron and self.cron != cron:
            return False
        return all(labels.get(key) == value for key, value in self.labels.items())


@dataclass(frozen=True, slots=True, kw_only=True)
class Silence:
    """A time with an end, that somebody asked for."""

    id: str
    scope: Scope
    since: datetime
    until: datetime
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """A time that comes again and again: maintenance."""

    name: str
    scope: Scope
    schedule: Schedule
    duration: timedelta

    def end(self, now: datetime) -> datetime | None:
        """Return the end of the time that `now` lies in, or None."""
        begin = self.schedule.previous(now + timedelta(microseconds=1))
        if begin is None or begin + self.duration <= now:
            return None
        return begin + self.duration


def silent_until(
    cron: str,
    labels: Mapping[str, str],
    now: datetime,
    silences: Iterable[Silence],
    windows: Iterable[Window],
) -> datetime | None:
    """Return the latest end of what covers a cron now; None: whoever is to be told, is told."""
    ends = [
        silence.until
        for silence in silences
        if silence.since <= now < silence.until and silence.scope.covers(cron, labels)
    ]
    ends += [
        end
        for window in windows
        if window.scope.covers(cron, labels) and (end := window.end(now)) is not None
    ]
    return max(ends, default=None)
