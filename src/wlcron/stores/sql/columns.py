"""Column types: instants as integers, parts of a definition as JSON."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

_Encode = Callable[[Any], Any]
_Decode = Callable[[Any], Any]

# Only a plain INTEGER numbers its rows by itself in SQLite.
Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Text(sa.types.TypeDecorator[str]):
    """Ids, names and sentences, in which what a database cannot hold is replaced.

    A reason may hold whatever an engine has said; it must not keep a change from being saved.
    Comparisons go byte by byte, also where a database would rather sort as in a dictionary:
    paging by name and searching by prefix rely on it.
    """

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        """Return the type of a column."""
        collation = "C" if dialect.name == "postgresql" else None
        return dialect.type_descriptor(sa.Text(collation=collation))

    def bind_processor(self, dialect: sa.Dialect) -> _Encode:
        """Return what makes a stored value."""
        del dialect
        return _storable


class Instant(sa.types.TypeDecorator[datetime]):
    """A zone-aware datetime as microseconds since 1970 in UTC: exact, sortable, the same anywhere.

    It is no timestamp type, because SQLite has none and others round or shift theirs.
    """

    impl = sa.BigInteger
    cache_ok = True

    def bind_processor(self, dialect: sa.Dialect) -> _Encode:
        """Return what makes a stored value."""
        del dialect
        return lambda value: None if value is None else (value - _EPOCH) // _MICROSECOND

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> _Decode:
        """Return what reads a stored value."""
        del dialect, coltype
        return lambda value: None if value is None else _EPOCH + _MICROSECOND * value


class Json(sa.types.TypeDecorator[Any]):
    """A dataclass, or a tuple of them, as JSON text."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, kind: type) -> None:
        super().__init__()
        self.kind = kind
        self._adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def bind_processor(self, dialect: sa.Dialect) -> _Encode:
        """Return what makes a stored value."""
        del dialect
        dump = self._adapter.serializer.to_json
        return lambda value: None if value is None else dump(value).decode()

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> _Decode:
        """Return what reads a stored value."""
        del dialect, coltype
        load = self._adapter.validator.validate_json
        return lambda value: None if value is None else load(value)


class OneOf(sa.types.TypeDecorator[Any]):
    """A member of an enumeration of strings, by its value."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, kind: type[StrEnum]) -> None:
        super().__init__()
        self.kind = kind

    def bind_processor(self, dialect: sa.Dialect) -> _Encode:
        """Return what makes a stored value."""
        del dialect
        return lambda value: None if value is None else value.value

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> _Decode:
        """Return what reads a stored value."""
        del dialect, coltype
        members = {member.value: member for member in self.kind}
        return lambda value: None if value is None else members[value]


def _storable(text: str | None) -> str | None:
    if text is None or (text.isascii() and "\0" not in text):
        return text
    return text.replace("\0", "?").encode("utf-8", "replace").decode()
