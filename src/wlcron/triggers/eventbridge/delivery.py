"""What EventBridge hands on when a slot is due: made here, and read here when it comes back.

A rule's target transforms the event ("Amazon EventBridge input transformation"): what arrives has
the event's own time and id. A schedule's input has attributes that Scheduler fills in ("Adding
context attributes"): the time for which the invocation was scheduled, and the invocation's id.
"""

import json
from datetime import UTC, datetime
from typing import Any

from wlcron.errors import RefusedError
from wlcron.trigger import Delivery

OURS = "wlcron"
_SLOT = "slot"
_LONGEST_SHOWN = 60


def rule_input(instance: str, cron: str, *, is_exact: bool) -> dict[str, Any]:
    """Return the InputTransformer of a rule's target."""
    fixed = json.dumps(_fixed(instance, cron, is_exact=is_exact))
    return {
        "InputPathsMap": {"time": "$.time", "id": "$.id"},
        "InputTemplate": f'{fixed[:-1]}, "time": <time>, "id": <id>}}',
    }


def schedule_input(instance: str, cron: str, *, is_exact: bool) -> str:
    """Return the Input of a schedule's target."""
    return json.dumps(
        {
            **_fixed(instance, cron, is_exact=is_exact),
            "scheduled": "<aws.scheduler.scheduled-time>",
            "id": "<aws.scheduler.execution-id>",
        }
    )


def owner_of(schedules_input: str) -> tuple[str, str] | None:
    """Return the instance and the cron for which a schedule's Input was made; None: not by us."""
    try:
        said = _object(schedules_input)
        return _text(said, "instance"), _text(said, "cron")
    except RefusedError:
        return None


def read_delivery(message: str) -> Delivery:
    """Return what a message says is due; raises RefusedError for one that is none of ours.

    A rule fires some time within the minute that is due ("Schedule rules"), so the slot is the
    event's time cut to the minute. Scheduler says itself what was due.
    """
    said = _object(message)
    if "scheduled" in said:
        slot = _instant(said, "scheduled")
    else:
        slot = _instant(said, "time").replace(second=0, microsecond=0)
    is_exact = said.get("exact")
    if not isinstance(is_exact, bool):
        raise _unknown("it does not say whether it is exact", message)
    return Delivery(
        instance=_text(said, "instance"),
        cron=_text(said, "cron"),
        slot=slot,
        is_exact=is_exact,
        id=_text(said, "id"),
    )


def _fixed(instance: str, cron: str, *, is_exact: bool) -> dict[str, Any]:
    return {OURS: _SLOT, "instance": instance, "cron": cron, "exact": is_exact}


def _object(message: str) -> dict[str, Any]:
    try:
        said = json.loads(message)
    except (ValueError, RecursionError):
        raise _unknown("it is no JSON", message) from None
    if not isinstance(said, dict) or said.get(OURS) != _SLOT:
        raise _unknown("wlcron did not make it", message)
    return said


def _text(said: dict[str, Any], key: str) -> str:
    value = said.get(key)
    # JSON may spell NUL, and half of a surrogate pair: no store can be asked for these.
    if not isinstance(value, str) or not value or not value.isprintable():
        raise _unknown(f"it names no {key}", json.dumps(said))
    return value


def _instant(said: dict[str, Any], key: str) -> datetime:
    text = _text(said, key)
    try:
        instant = datetime.fromisoformat(text)
        if instant.tzinfo is None:
            raise _unknown(f"{text[:_LONGEST_SHOWN]!r} has no time zone", json.dumps(said))
        return instant.replace(microsecond=0).astimezone(UTC)
    except (ValueError, OverflowError):
        raise _unknown(f"{text[:_LONGEST_SHOWN]!r} is no time", json.dumps(said)) from None


def _unknown(why: str, message: str) -> RefusedError:
    shown = message[:_LONGEST_SHOWN] + "…" * (len(message) > _LONGEST_SHOWN)
    return RefusedError(f"the message {shown!r} announces no slot: {why}")
