"""The two tables, their indexes, and the keys of what is in them. Pure.

`<prefix>-crons`:

    pk                      sk            what
    <cron id>               cron          how a cron is: revision, next_due, pause, registration,
                                          what is active
    <cron id>               v#<version>   a definition with the file as given: written once, never
                                          again
    names                   <name>        which cron has this name
    unsettled               <cron id>     its registration is not settled
    deleted                 <cron id>     it was deleted, and its executions go
    <cron id>/<condition>   incident      what was wrong the last time, and who was told
    open                    <the same>    that incident is open
    silences                <silence id>  when nobody wants to be told

A slot writes the first of these twice, and DynamoDB charges by an item's whole size: so what is
large and never changes is an item of its own. Lists that are short and have to be exact are
partitions of the table, and not indexes, which lag behind. An incident has a partition of its own,
because its cron may be deleted before somebody is told. While it is due it stands in the index
`due`, in lanes that are not those of crons.

`<prefix>-executions`:

    pk                      sk                        what
    <first digit of id>     <execution id>            an execution
    <first digit of id>     <id that its slot gives>  that a slot is taken, by a row of another id
    outbox#<shard>          <stamp>#<id>#<status>     a change that nobody was told of yet

Promise 1 is these keys: a scheduled slot's id is made from cron and slot, so the row's own key is
its slot's. A manual slot has an id made from its request's key, and takes the slot's key as well.
Promise 2 is the attribute `active` of the cron, which is set only where there is none.
An index `history` finds rows by cron and slot, an index `active` those that are not over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from wlcron.core.execution import Execution
from wlcron.core.planning import uuid5

Item = dict[str, Any]  # attributes, as DynamoDB's API has them
Key = dict[str, Any]

# The attribute by which DynamoDB deletes what is too old: seconds since 1970.
EXPIRY = "expires"
# What all crons or executions share is spread over so many partitions: one takes 1,000 write
# units a second.
SHARDS = tuple(str(number) for number in range(4))
DUE, HISTORY, ACTIVE = "due", "history", "active"
STATE = "cron"
NAMES, UNSETTLED, DELETED = "names", "unsettled", "deleted"
INCIDENT, OPEN, SILENCES = "incident", "open", "silences"
_DIGITS = "0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Tables:
    """The names of the tables."""

    prefix: str

    @property
    def crons(self) -> str:
        """Return where crons are."""
        return f"{self.prefix}-crons"

    @property
    def executions(self) -> str:
        """Return where executions are, and the outbox."""
        return f"{self.prefix}-executions"


def table_definitions(tables: str) -> list[dict[str, Any]]:
    """Return the CreateTable requests of the tables with this prefix.

    Time to live is switched on by another request, UpdateTimeToLive, on the attribute `expires`.
    """
    names = Tables(tables)
    due = {**_index(DUE, lane="HASH", next_due="RANGE"), "Projection": _with("stored")}
    history = _index(HISTORY, cron_id="HASH", slot="RANGE")
    active = _index(ACTIVE, lane="HASH", turn="RANGE")
    return [
        _table(names.crons, [due], lane="S", next_due="N"),
        _table(names.executions, [history, active], cron_id="S", slot="N", lane="S", turn="S"),
    ]


def state_key(cron_id: str) -> Key:
    """Return where a cron is."""
    return key(cron_id, STATE)


def definition_key(cron_id: str, version: int) -> Key:
    """Return where a version of a definition is."""
    return key(cron_id, f"v#{version:010d}")


def incident_key(row: str) -> Key:
    """Return where an incident is (`Incident.row_key`)."""
    return key(row, INCIDENT)


def row_key(execution_id: str) -> Key:
    """Return where an execution is."""
    return key(execution_id[0], execution_id)


def slot_key(execution: Execution) -> Key | None:
    """Return what an execution occupies beside its own key; None: nothing."""
    of_slot = uuid5(execution.cron_id, execution.slot.isoformat())
    return None if execution.id == of_slot else row_key(of_slot)


def row_partitions(prefix: str) -> str:
    """Return the partitions that hold ids with a prefix, in the order of their ids."""
    return prefix[0] if prefix else _DIGITS


def is_id(text: str) -> bool:
    """Whether a text may be the beginning of an execution's id, and is not empty."""
    return bool(text) and text[0] != "-" and set(_DIGITS + "-").issuperset(text)


def change_key(execution: Execution, stamp: str) -> Key:
    """Return where a change waits; all of an execution wait in one partition, in their order."""
    place = f"{stamp}#{execution.id}#{execution.status}"
    return key(outbox(shard_of(execution.id)), place)


def outbox(shard: str) -> str:
    """Return a partition of the outbox."""
    return f"outbox#{shard}"


def shard_of(text: str) -> str:
    """Return the shard of an id."""
    return SHARDS[crc32(text.encode()) % len(SHARDS)]


def key(partition: str, place: str) -> Key:
    """Return a primary key."""
    return {"pk": {"S": partition}, "sk": {"S": place}}


def key_of(item: Item) -> Key:
    """Return the primary key of an item."""
    return {"pk": item["pk"], "sk": item["sk"]}


def _table(name: str, indexes: list[Item], **attributes: str) -> dict[str, Any]:
    kinds = {"pk": "S", "sk": "S"} | attributes
    return {
        "TableName": name,
        "BillingMode": "PAY_PER_REQUEST",
        "AttributeDefinitions": [
            {"AttributeName": name, "AttributeType": kind} for name, kind in kinds.items()
        ],
        "KeySchema": _schema({"pk": "HASH", "sk": "RANGE"}),
        "GlobalSecondaryIndexes": indexes,
    }


def _index(name: str, **attributes: str) -> Item:
    only_keys = {"ProjectionType": "KEYS_ONLY"}
    return {"IndexName": name, "KeySchema": _schema(attributes), "Projection": only_keys}


def _with(*attributes: str) -> Item:
    return {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(attributes)}


def _schema(attributes: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"AttributeName": name, "KeyType": kind} for name, kind in attributes.items()]
