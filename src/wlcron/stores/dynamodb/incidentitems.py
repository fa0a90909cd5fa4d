"""Incidents and silences as items, and back. Pure.

What an incident's item is paid for is its KB, with each message that is told: so the key is not
kept a second time, and what is empty is left out.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from wlcron.core.cron import Severity
from wlcron.core.incident import Condition, Incident, Telling
from wlcron.core.silence import Scope, Silence
from wlcron.stores.dynamodb.encoding import (
    document,
    document_in,
    expiry,
    instant,
    instant_in,
    number,
    read_document,
    read_instant,
    read_number,
    read_text,
    readable,
    sentence,
    text,
)
from wlcron.stores.dynamodb.tables import EXPIRY, SILENCES, Item, Key, incident_key, key, shard_of

# How the lanes of the index `due` begin in which incidents stand: those of which somebody has to
# be told, by when, and, where DynamoDB is not to delete them itself, those that are told, by when
# they were closed.
UNTOLD, TOLD = "untold#", "told#"
_TELLINGS = tuple[Telling, ...]

Attributes = dict[str, Item | None]  # None: it has none


def new_incident(incident: Incident, keep_for: timedelta | None) -> Item:
    """Return the item of an incident that is not there yet."""
    item = incident_key(incident.row_key) | {"revision": number(1)}
    return item | _present(incident_attributes(incident, keep_for))


def incident_attributes(incident: Incident, keep_for: timedelta | None) -> Attributes:
    """Return the attributes that a write of an incident sets, or removes."""
    return {
        "cron_name": _text(incident.cron_name),
        "severity": text(incident.severity),
        "number": number(incident.number),
        "opened_at": instant(incident.opened_at),
        "execution_id": _text(incident.execution_id),
        "slot": instant(incident.slot),
        "reason": _sentence(incident.reason),
        "judged": instant(incident.judged),
        "closed_at": _instant(incident.closed_at),
        "closed_by": _sentence(incident.closed_by),
        "is_held": {"BOOL": True} if incident.is_held else None,
        "tellings": _tellings(incident.tellings),
        "due_at": _instant(incident.due_at),
        **_places(incident, keep_for),
    }


def incident_of(item: Item) -> Incident:
    """Return the incident of an item."""
    cron_id, _, condition = row_of(item).rpartition("/")
    return Incident(
        cron_id=cron_id,
        cron_name=read_text(item, "cron_name"),
        condition=Condition(condition),
        severity=Severity(read_text(item, "severity")),
        number=read_number(item, "number") or 0,
        opened_at=instant_in(item, "opened_at"),
        execution_id=read_text(item, "execution_id"),
        slot=instant_in(item, "slot"),
        reason=read_text(item, "reason"),
        judged=instant_in(item, "judged"),
        closed_at=read_instant(item, "closed_at"),
        closed_by=read_text(item, "closed_by"),
        is_held="is_held" in item,
        tellings=read_document(item, "tellings", _TELLINGS) or (),
        due_at=read_instant(item, "due_at"),
        revision=read_number(item, "revision") or 0,
    )


def row_of(item: Item) -> str:
    """Return the `Incident.row_key` of an incident's item, or of its place in the index."""
    return str(item["pk"]["S"])


def silence_key(silence_id: str) -> Key:
    """Return where a silence is."""
    return key(SILENCES, silence_id)


def silence_attributes(silence: Silence) -> Attributes:
    """Return the attributes that a write of a silence sets, or removes."""
    return {
        "scope": document(silence.scope),
        "since": instant(silence.since),
        "until": instant(silence.until),
        "reason": _sentence(silence.reason),
    }


def silence_of(item: Item) -> Silence:
    """Return the silence of an item."""
    return Silence(
        id=item["sk"]["S"],
        scope=document_in(item, "scope", Scope),
        since=instant_in(item, "since"),
        until=instant_in(item, "until"),
        reason=read_text(item, "reason"),
    )


def _places(incident: Incident, keep_for: timedelta | None) -> Attributes:
    """Return where an incident stands in the index, and when it expires."""
    places: Attributes = {"lane": None, "next_due": None, EXPIRY: None}
    shard = shard_of(incident.row_key)
    if incident.due_at is not None:
        return places | _place(f"{UNTOLD}{shard}", incident.due_at)
    if incident.closed_at is None:
        return places
    if keep_for is None:
        return places | _place(f"{TOLD}{shard}", incident.closed_at)
    return places | {EXPIRY: expiry(incident.closed_at + keep_for)}


def _place(lane: str, at: datetime) -> Attributes:
    return {"lane": text(lane), "next_due": instant(at)}


def _tellings(tellings: tuple[Telling, ...]) -> Item | None:
    if not tellings:
        return None
    short = tuple(
        replace(each, problem=readable(each.problem), instead_of=readable(each.instead_of))
        for each in tellings
    )
    return document(short, _TELLINGS)


def _text(value: str) -> Item | None:
    return text(value) if value else None


def _sentence(value: str) -> Item | None:
    return sentence(value) if value else None


def _instant(value: datetime | None) -> Item | None:
    return None if value is None else instant(value)


def _present(attributes: Mapping[str, Item | None]) -> Item:
    return {name: value for name, value in attributes.items() if value is not None}
