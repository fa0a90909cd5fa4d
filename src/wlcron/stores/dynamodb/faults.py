"""What DynamoDB refuses: lost conditions as data, everything else as one sentence."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from wlcron.aws.faults import fault_of
from wlcron.errors import StoreError
from wlcron.stores.dynamodb.tables import Item

CONDITION = "ConditionalCheckFailed"
_BUSY = frozenset(  # of a transaction: others were writing the same items, or too much at once
    {"TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"}
)
_CONFLICTS = frozenset({"TransactionConflictException", "TransactionInProgressException"})


@dataclass(frozen=True, slots=True)
class Lost:
    """Why one write was not made: its condition did not hold."""

    item: Item | None  # as it is; None: there is none


@dataclass(frozen=True, slots=True)
class Cancelled:
    """A transaction that was not made: the lost condition of each write, None where it held."""

    lost: tuple[Lost | None, ...]


def lost_condition(error: Exception) -> Lost | None:
    """Return what a single write's error says, if it is a condition that did not hold."""
    if _code(error) != f"{CONDITION}Exception":
        return None
    return Lost(_response(error).get("Item") or None)


def cancelled_by(error: Exception) -> Cancelled | None:
    """Return what a transaction's error says, if it is about conditions that did not hold."""
    reasons = _reasons(error)
    if not any(reason.get("Code") == CONDITION for reason in reasons):
        return None
    return Cancelled(
        tuple(
            Lost(reason.get("Item") or None) if reason.get("Code") == CONDITION else None
            for reason in reasons
        )
    )


def is_conflict(error: Exception) -> bool:
    """Whether others were writing the same items, so that it is worth trying again at once."""
    return _code(error) in _CONFLICTS or any(
        reason.get("Code") in _BUSY for reason in _reasons(error)
    )


def as_store_error(error: Exception, table: str) -> StoreError:
    """Return what a person is told of an error (one of `wlcron.aws.faults.FAULTS`)."""
    if _code(error) == "ResourceNotFoundException":
        return missing(table)
    reasons = [
        " ".join(str(reason.get("Message", "")).split()) or str(reason["Code"])
        for reason in _reasons(error)
        if reason.get("Code") not in {None, "None"}
    ]
    if reasons:
        return StoreError(f"DynamoDB refused to write to {table}: {reasons[0]}")
    return StoreError(f"DynamoDB's tables {table} cannot be used: {fault_of(error).sentence}")


def missing(table: str) -> StoreError:
    """Return what a person is told where a table is missing."""
    return StoreError(
        f"DynamoDB has no table {table} in this account and region: `wl aws bootstrap` makes it"
    )


def _reasons(error: Exception) -> list[dict[str, Any]]:
    if _code(error) != "TransactionCanceledException":
        return []
    reasons: list[dict[str, Any]] = _response(error).get("CancellationReasons", [])
    return reasons


def _code(error: Exception) -> str:
    return str(_response(error).get("Error", {}).get("Code", ""))


def _response(error: Exception) -> dict[str, Any]:
    return error.response if isinstance(error, ClientError) else {}
