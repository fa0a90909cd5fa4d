"""Executions and changes as items, and back. Pure.

`turn` sorts what is active for who looks for it, by its first letter: A was asked to stop, P is
PENDING and sorted by slot, S is STARTING and sorted by holder and lease, R is RUNNING. So a
launcher reads what it may start and nothing else, however much is running.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from wlcron.core.execution import Change, Execution, Overrides, Status
from wlcron.stores.dynamodb.encoding import (
    document,
    expiry,
    instant,
    instant_in,
    microseconds,
    number,
    read_document,
    read_instant,
    read_number,
    read_text,
    sentence,
    text,
)
from wlcron.stores.dynamodb.tables import EXPIRY, Item, row_key, shard_of

ASKED = "A#"
WAITING = "P#"
_LAST = "9" * 20

_Write = Callable[[Any], Item]
_Read = Callable[[Mapping[str, Any], str], Any]


def _read_status(item: Mapping[str, Any], name: str) -> Status:
    return Status(item[name]["S"])


def _read_count(item: Mapping[str, Any], name: str) -> int:
    return read_number(item, name) or 0


def _read_flag(item: Mapping[str, Any], name: str) -> bool:
    return name in item


def _read_overrides(item: Mapping[str, Any], name: str) -> Overrides | None:
    return read_document(item, name, Overrides)


def _flag(value: bool) -> Item:  # noqa: FBT001 -- one of many writers of one shape
    return {"BOOL": value}


_TEXT: tuple[_Write, _Read] = (text, read_text)
_SENTENCE: tuple[_Write, _Read] = (sentence, read_text)
_INSTANT: tuple[_Write, _Read] = (instant, read_instant)
_NUMBER: tuple[_Write, _Read] = (number, read_number)
_COUNT: tuple[_Write, _Read] = (number, _read_count)
_FIELDS: dict[str, tuple[_Write, _Read]] = {
    "cron_id": _TEXT,
    "cron_name": _TEXT,
    "cron_version": _COUNT,
    "slot": _INSTANT,
    "manual": (_flag, _read_flag),
    "status": (text, _read_status),
    "reason": _SENTENCE,
    "created_at": _INSTANT,
    "start_by": _INSTANT,
    "attempt": _COUNT,
    "holder": _TEXT,
    "lease_until": _INSTANT,
    "started_at": _INSTANT,
    "deadline": _INSTANT,
    "ended_at": _INSTANT,
    "exit_code": _NUMBER,
    "stop_asked_at": _INSTANT,
    "stop_reason": _SENTENCE,
    "overrides": (document, _read_overrides),
    "handle": _TEXT,
    "image": _TEXT,
}
# What a change of status sets; the rest is others' to set, and is left as it is.
_MOVED = (
    *("status", "reason", "started_at", "deadline", "ended_at", "exit_code", "handle", "image"),
    "lease_until",
)
_CLAIMED = ("status", "reason", "attempt", "holder", "lease_until")


def attribute(execution: Execution, name: str) -> Item | None:
    """Return a field as it is stored; None where it is empty and has no attribute."""
    value = getattr(execution, name)
    if value is None or value == "" or value is False or (value == 0 and name != "exit_code"):
        return None
    return _FIELDS[name][0](value)


def execution_item(execution: Execution, stamp: str, keep_for: timedelta | None) -> Item:
    """Return the item of an execution that is made, or changed, at a stamp."""
    item = row_key(execution.id) | _fields(execution)
    return item | _present(_places(execution, stamp, keep_for))


def execution_of(item: Item) -> Execution:
    """Return the execution of an item."""
    return _read(item["sk"]["S"], item)


def is_execution(item: Item | None) -> bool:
    """Whether an item is an execution, and not but a slot that is taken."""
    return item is not None and "status" in item


def is_expired(item: Item, now: datetime) -> bool:
    """Whether retention has let it go, though DynamoDB has not deleted it yet."""
    return EXPIRY in item and int(item[EXPIRY]["N"]) <= now.timestamp()


def move_of(execution: Execution, stamp: str, keep_for: timedelta | None) -> dict[str, Item | None]:
    """Return the attributes that a change to this execution sets, or removes (None)."""
    fields = {name: attribute(execution, name) for name in _MOVED}
    return fields | _places(execution, stamp, keep_for)


def claim_of(execution: Execution, stamp: str) -> dict[str, Item | None]:
    """Return the attributes that taking this execution sets."""
    fields = {name: attribute(execution, name) for name in _CLAIMED}
    return fields | _places(execution, stamp, None)


def as_moved(execution: Execution, to: Execution) -> Execution:
    """Return an execution with what a change sets."""
    return replace(execution, **{name: getattr(to, name) for name in _MOVED})


def turn_of(execution: Execution) -> str | None:
    """Return where an execution stands among those that are active; None: it is over."""
    if execution.is_final:
        return None
    if execution.stop_asked_at is not None:
        return f"{ASKED}{_digits(execution.stop_asked_at)}"
    if execution.status is Status.PENDING:
        return f"{WAITING}{_digits(execution.slot)}"
    if execution.status is Status.STARTING:
        return f"{held_by(execution.holder)}{_digits(execution.lease_until)}"
    return f"R#{_digits(execution.slot)}"


def held_by(holder: str) -> str:
    """Return how the turns of what a holder is starting begin."""
    return f"S#{holder}#"


def leases(holder: str, after: datetime | None, until: datetime | None) -> tuple[str, str]:
    """Return the first and the last turn with a lease between two instants."""
    last = _LAST if until is None else _digits(until)
    return f"{held_by(holder)}{_digits(after)}", f"{held_by(holder)}{last}"


def change_item(change: Change) -> Item:
    """Return the attributes of a change; it holds all that is told of it."""
    item = {"at": instant(change.at), "row": {"M": _fields(change.execution)}}
    item["of"] = text(change.execution.id)
    if change.before is not None:
        item["before"] = text(change.before)
    return item


def change_of(item: Item) -> Change:
    """Return the change of an item."""
    before = Status(item["before"]["S"]) if "before" in item else None
    return Change(_read(item["of"]["S"], item["row"]["M"]), before, instant_in(item, "at"))


def _places(execution: Execution, stamp: str, keep_for: timedelta | None) -> dict[str, Item | None]:
    turn = turn_of(execution)
    return {
        "lane": None if turn is None else text(shard_of(execution.id)),
        "turn": None if turn is None else text(turn),
        "changed": text(stamp),
        EXPIRY: _expiry(execution, keep_for),
    }


def _expiry(execution: Execution, keep_for: timedelta | None) -> Item | None:
    if keep_for is None or not execution.is_final:
        return None
    ended = execution.ended_at or execution.slot
    return expiry(ended + keep_for)


def _fields(execution: Execution) -> Item:
    return _present({name: attribute(execution, name) for name in _FIELDS})


def _present(attributes: Mapping[str, Item | None]) -> Item:
    return {name: value for name, value in attributes.items() if value is not None}


def _read(execution_id: str, item: Mapping[str, Any]) -> Execution:
    values = {name: read(item, name) for name, (_, read) in _FIELDS.items()}
    return Execution(id=execution_id, **values)


def _digits(at: datetime | None) -> str:
    return f"{0 if at is None else max(0, microseconds(at)):020d}"
