"""What a message of the queue holds: an ECS Task State Change of ours, or why it is passed over."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from wlcron.engines.doubt import whole_number
from wlcron.engines.ecs.house import House
from wlcron.engines.ecs.observation import STATUSES
from wlcron.engines.ecs.task import Task, instant, read_task

_TOLD = frozenset({"RUNNING", "STOPPED"})  # the others say nothing that a row shows


class Passed(StrEnum):
    """Why nothing follows of a message."""

    MALFORMED = "malformed"  # garbage: left to the queue's redrive policy
    FOREIGN = "foreign"  # another's: of a cluster, service, account that is not ours
    NEEDLESS = "needless"  # ours, of a status between those that count
    UNKNOWN = "unknown"  # ours, of a status that ECS did not have when this was written
    STALE = "stale"  # a later one of the same task came before it


@dataclass(frozen=True, slots=True)
class Event:
    """A change of one of our tasks."""

    task: Task
    version: int  # of the task's state: higher is later; 0: not told
    at: datetime | None


def read_event(body: str, house: House) -> Event | Passed:
    """Return what a message says; never raises, whatever it is."""
    event = _envelope(body)
    if event is None:
        return Passed.MALFORMED
    if (event["source"], event["detail-type"]) != ("aws.ecs", "ECS Task State Change"):
        return Passed.FOREIGN
    detail = event.get("detail")
    if not isinstance(detail, dict):
        return Passed.MALFORMED
    is_elsewhere = house.account and event.get("account", house.account) != house.account
    if is_elsewhere or not house.owns(detail):
        return Passed.FOREIGN
    return _ours(event, detail)


def _ours(event: Mapping[str, Any], detail: Mapping[str, Any]) -> Event | Passed:
    status = detail.get("lastStatus")
    if not isinstance(status, str) or not isinstance(detail.get("taskArn"), str):
        return Passed.MALFORMED
    if status not in _TOLD:
        return Passed.NEEDLESS if status in STATUSES else Passed.UNKNOWN
    return Event(
        task=read_task(detail),
        version=whole_number(detail.get("version")) or 0,
        at=instant(event.get("time")),
    )


def _envelope(body: str) -> dict[str, Any] | None:
    """Return EventBridge's envelope, also out of SNS's; None: it is neither."""
    event = _object(body)
    if event is not None and event.get("Type") == "Notification":
        event = _object(event.get("Message"))
    if event is None:
        return None
    is_event = all(isinstance(event.get(key), str) for key in ("source", "detail-type"))
    return event if is_event else None


def _object(text: object) -> dict[str, Any] | None:
    try:
        value = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None
