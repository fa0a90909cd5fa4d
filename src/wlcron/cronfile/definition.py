"""One document of a cron file: from its nodes to a name and a definition."""

import re
from datetime import UTC, datetime, timedelta

from wlcron.core.cron import Container, Definition
from wlcron.cronfile.container import read_container
from wlcron.cronfile.nodes import Node
from wlcron.cronfile.notifications import read_notifications
from wlcron.cronfile.place import Place, members, pairs, required, value
from wlcron.cronfile.problems import shown
from wlcron.cronfile.readers import duration, line_of_text, name, one_of
from wlcron.schedule import Schedule, ScheduleError, parse_schedule

KEYS = (
    "name",
    "schedule",
    "timezone",
    "timeout",
    "start-within",
    "overlap",
    "description",
    "notifications",
    "labels",
)

_ANY_SCHEDULE = "0 0 * * *"
_BEFORE_ANY_SLOT = datetime(1969, 12, 31, tzinfo=UTC)
_LONGEST_SCHEDULE = 256  # characters, as in EventBridge
_LONGEST_ZONE = 64
_MOST_LABELS = 32
_LONGEST_LABEL = 255
_LABEL_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._/-]{0,61}[A-Za-z0-9])?")


def read_definition(place: Place, default_timeout: timedelta) -> tuple[str | None, Definition]:
    """Read a whole document into its name, if it has one, and its definition.

    What is wrong is noted at its place; the definition is of use only when nothing is.
    """
    below = members(place, KEYS)
    schedule, timezone = _schedule(below, place)
    description = required(below, "description", place, "say under it what to run")
    timeout = value(below["timeout"], duration, None) if "timeout" in below else default_timeout
    return value(below.get("name"), name, None), Definition(
        schedule=schedule,
        timezone=timezone,
        timeout=timeout or default_timeout,
        start_within=value(below.get("start-within"), duration, None),
        overlap=value(below.get("overlap"), one_of(["skip"]), "skip"),
        description=read_container(description) if description else Container(),
        notifications=read_notifications(below.get("notifications"), timeout),
        labels=_labels(below.get("labels")),
    )


def _schedule(below: dict[str, Place], place: Place) -> tuple[str, str]:
    zone = value(below.get("timezone"), _zone, "UTC")
    schedule = required(
        below, "schedule", place, 'say when it runs, such as "rate(5 minutes)" or "0 9 * * MON-FRI"'
    )
    return value(schedule, lambda node: _expression(node, zone), ""), zone


def _zone(node: Node) -> str:
    zone = line_of_text(_LONGEST_ZONE)(node)
    _parsed(_ANY_SCHEDULE, zone)
    return zone


def _expression(node: Node, zone: str) -> str:
    schedule = _parsed(line_of_text(_LONGEST_SCHEDULE)(node), zone)
    if schedule.next(_BEFORE_ANY_SLOT) is None:
        raise ValueError("never comes due; there is no such date")
    return str(schedule)


def _parsed(expression: str, zone: str) -> Schedule:
    try:
        return parse_schedule(expression, timezone=zone)
    except ScheduleError as error:
        raise ValueError(shown(str(error).rstrip("."), longest=500)) from None


def _labels(place: Place | None) -> dict[str, str]:
    below = pairs(place) if place else {}
    if place and len(below) > _MOST_LABELS:
        place.refuse(f"must hold at most {_MOST_LABELS} labels, not {len(below)}")
    for key, label in below.items():
        if not _LABEL_NAME.fullmatch(key):
            label.refuse(
                "a label's name has at most 63 letters, digits and . _ / -, "
                "with a letter or digit at both ends"
            )
    return {key: value(label, line_of_text(_LONGEST_LABEL), "") for key, label in below.items()}
