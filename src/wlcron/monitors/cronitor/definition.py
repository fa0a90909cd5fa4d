"""Cron -> monitor, as Cronitor's Monitor API takes it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from wlcron.core.cron import Cron, Definition
from wlcron.monitors.cronitor.schedule import cronitor_schedule
from wlcron.schedule import parse_schedule

OURS = "wlcron"  # the key in a monitor's metadata below which its owner stands, and a tag
GRACE = 60  # seconds: Cronitor's own for jobs
# Of the server's own: it is expected every minute, and called for after five without it.
_HEARTBEAT_GRACE = 240
# Beyond the timeout and the job's grace: until an end is recorded and told, as a rule.
_SLACK = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """What is the same for all monitors of a server."""

    source: str  # which wlcron they belong to
    prefix: str = "wl"
    notify: tuple[str, ...] = ("default",)  # Cronitor's own notification lists
    heartbeat: str = ""  # the name of the monitor of this server itself; empty: there is none

    def key(self, name: str) -> str:
        """Return the key of the monitor of a cron, or of the server itself."""
        return f"{self.prefix}-{name}"


@dataclass(frozen=True, slots=True)
class Owner:
    """Who has made a monitor, by its metadata."""

    source: str
    cron_id: str

    def is_ours(self, cron: Cron, house: House) -> bool:
        """Whether it was made for this cron by this wlcron.

        One of them is enough. Servers that share a database, or a container after its next start,
        have the cron's id in common, but not their names; a server that begins with an empty
        database has its name alone.
        """
        return self.source == house.source or self.cron_id == cron.id


def monitor_of(cron: Cron, house: House, known: Mapping[str, Any]) -> dict[str, Any]:
    """Return the monitor of a cron; `known` is the one that is there, or empty.

    Everything that we decide is named each time, so that what a cron no longer says goes. Only a
    schedule is left out where Cronitor has no words for it, and taken back where there was one.
    """
    definition, notifications = cron.definition, cron.definition.notifications
    late, failed = notifications.not_started_within, notifications.failed
    return {
        "key": house.key(cron.name),
        "name": cron.name,
        "type": "job",
        **_schedule(definition, known),
        "timezone": definition.timezone,
        "assertions": [f"metric.duration < {_longest(definition)} seconds"],
        "grace_seconds": _seconds(late.threshold) if late else GRACE,
        "failure_tolerance": failed.after - 1 if failed else 0,
        "notify": list(house.notify),
        "tags": [OURS, *(f"{key}:{value}" for key, value in sorted(definition.labels.items()))],
        "note": f"Kept by wlcron ({house.source}): `wl cron show {cron.name}` has what it is of.",
        "metadata": json.dumps({OURS: house.source, "cron": cron.id}),
        # A pause with an end is not told: nobody would come back to end it here.
        "paused": cron.pause is not None and cron.pause.until is None,
    }


def heartbeat_of(house: House) -> dict[str, Any]:
    """Return the monitor of the server itself; servers of the same name share it."""
    return {
        "key": house.key(house.heartbeat),
        "name": f"wlcron {house.heartbeat}",
        "type": "heartbeat",
        "schedule": "every 1 minute",
        "grace_seconds": _HEARTBEAT_GRACE,
        "notify": list(house.notify),
        "tags": [OURS],
        "note": f"Kept by wlcron ({house.source}): its duties get on while this is pinged.",
        "metadata": json.dumps({OURS: house.source, "heartbeat": house.heartbeat}),
    }


def remarks_on(definition: Definition) -> tuple[str, ...]:
    """Return what Cronitor cannot do for a cron, in sentences for a person."""
    if cronitor_schedule(parse_schedule(definition.schedule, definition.timezone)) is None:
        return ("Cronitor cannot express this schedule: its monitor has none",)
    return ()


def owner_of(monitor: Mapping[str, Any]) -> Owner | None:
    """Return who keeps a monitor; None: no wlcron does."""
    metadata = monitor.get("metadata")
    if isinstance(metadata, str):
        try:
            metadata = json.loads(metadata)
        except (ValueError, RecursionError):
            return None  # somebody's own text
    if not isinstance(metadata, dict) or not isinstance(metadata.get(OURS), str):
        return None
    return Owner(metadata[OURS], str(metadata.get("cron", "")))


def _schedule(definition: Definition, known: Mapping[str, Any]) -> dict[str, Any]:
    schedule = cronitor_schedule(parse_schedule(definition.schedule, definition.timezone))
    if schedule is not None:
        return {"schedule": schedule}
    has_one = known.get("schedule") or known.get("schedules")
    return {"schedule": None} if has_one else {}


def _longest(definition: Definition) -> int:
    """Return after how many seconds of an execution Cronitor is to call for help.

    Without a threshold of the cron's own it is the time at which an execution is over for
    certain: should this server be gone by then, nobody else would tell that its end is missing.
    With one, the timeout says nothing more: it is longer, and its end is told as a failure.
    """
    longer = definition.notifications.ran_longer_than
    if longer is not None:
        return _seconds(longer.threshold)
    return _seconds(definition.timeout + definition.description.stop_grace + _SLACK)


def _seconds(duration: timedelta) -> int:
    return max(round(duration.total_seconds()), 1)
