"""Values as DynamoDB has them, and back. Pure.

Its numbers come as text and are read as integers: no Decimal is ever made. What is empty has no
attribute at all, which is smaller and lets indexes be sparse.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from pydantic import TypeAdapter
from pydantic_core import PydanticSerializationError

from wlcron.errors import RefusedError
from wlcron.stores.dynamodb.tables import Item

T = TypeVar("T")

LARGEST = 380 * 1024  # bytes of content; an item may hold 400 KB, with the rest of it
LONGEST_TEXT = 4096  # characters of a sentence; items are paid for by the KB
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_ADAPTERS: dict[type, TypeAdapter[Any]] = {}  # made once: that takes a while


def text(value: str) -> Item:
    """Return a text; what is not Unicode is replaced."""
    return {"S": storable(value)}


def sentence(value: str) -> Item:
    """Return a text that is for people, cut where it is too long for anybody to read."""
    return text(readable(value))


def readable(value: str) -> str:
    """Return a text that is for people, cut where it is too long for anybody to read."""
    return value if len(value) <= LONGEST_TEXT else f"{value[: LONGEST_TEXT - 2]} …"


def number(value: int) -> Item:
    """Return a number."""
    return {"N": str(value)}


def instant(value: datetime) -> Item:
    """Return a zone-aware instant: microseconds since 1970."""
    return number(microseconds(value))


def expiry(at: datetime) -> Item:
    """Return when DynamoDB is to delete an item: seconds since 1970, whole ones."""
    return number(int(at.timestamp()))


def document(value: object, kind: type | None = None) -> Item:
    """Return a dataclass as JSON, or another kind of value."""
    try:
        written: bytes = _adapter(kind or type(value)).serializer.to_json(value)
    except PydanticSerializationError as error:
        raise RefusedError("a text holds what is not Unicode: remove it, then try again") from error
    check_size(len(written))
    return {"S": written.decode()}


def check_size(size: int) -> None:
    """Raise RefusedError where so many bytes are too many for an item."""
    if size > LARGEST:
        raise RefusedError(
            f"what was given makes {size // 1024} KB in DynamoDB, which takes {LARGEST // 1024} KB:"
            " shorten it, or keep large values where the job reads them"
        )


def read_text(item: Mapping[str, Any], name: str) -> str:
    """Return a text; empty where there is none."""
    return str(item[name]["S"]) if name in item else ""


def read_number(item: Mapping[str, Any], name: str) -> int | None:
    """Return a number; None where there is none."""
    return int(item[name]["N"]) if name in item else None


def read_instant(item: Mapping[str, Any], name: str) -> datetime | None:
    """Return an instant; None where there is none."""
    return instant_in(item, name) if name in item else None


def read_document(item: Mapping[str, Any], name: str, kind: type[T]) -> T | None:
    """Return what is kept as JSON; None where there is none."""
    return document_in(item, name, kind) if name in item else None


def instant_in(item: Mapping[str, Any], name: str) -> datetime:
    """Return an instant that every such item has."""
    return _EPOCH + int(item[name]["N"]) * _MICROSECOND


def document_in(item: Mapping[str, Any], name: str, kind: type[T]) -> T:
    """Return what every such item has as JSON."""
    read: T = _adapter(kind).validate_json(item[name]["S"])
    return read


def microseconds(value: datetime) -> int:
    """Return an instant (zone-aware) as microseconds since 1970."""
    return (value - _EPOCH) // _MICROSECOND


def storable(value: str) -> str:
    """Return a text with what is not Unicode replaced."""
    return value if value.isascii() else value.encode("utf-8", "replace").decode()


def _adapter(kind: type) -> TypeAdapter[Any]:
    adapter = _ADAPTERS.get(kind)
    if adapter is None:
        adapter = _ADAPTERS[kind] = TypeAdapter(kind)
    return adapter
