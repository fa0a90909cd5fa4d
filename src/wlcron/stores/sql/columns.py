"""Column types: instants as integers, parts of a definition as JSON."""

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

# Ids and names are compared byte by byte, also where a database would rather sort as in a
# dictionary: paging by name and searching by prefix rely on it.
Text = sa.Text().with_variant(sa.Text(collation="C"), "postgresql")
# Only a plain INTEGER numbers its rows by itself in SQLite.
Number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


class Instant(sa.types.TypeDecorator[datetime]):
    """A zone-aware datetime as microseconds since 1970 in UTC: exact, sortable, the same anywhere.

    It is not a timestamp type, because SQLite has none and others round or shift theirs.
    """

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: sa.Dialect) -> int | None:
        """Return what is stored."""
        del dialect
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: int | None, dialect: sa.Dialect) -> datetime | None:
        """Return what was stored."""
        del dialect
        return None if value is None else _EPOCH + timedelta(microseconds=value)


class Json(sa.types.TypeDecorator[Any]):
    """A dataclass as JSON text."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, kind: type) -> None:
        super().__init__()
        self.kind = kind
        self._adapter: TypeAdapter[Any] = TypeAdapter(kind)

    def process_bind_param(self, value: object, dialect: sa.Dialect) -> str | None:
        """Return what is stored."""
        del dialect
        return None if value is None else self._adapter.dump_json(value).decode()

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> object:
        """Return what was stored."""
        del dialect
        return None if value is None else self._adapter.validate_json(value)


class OneOf(sa.types.TypeDecorator[Any]):
    """A member of an enumeration of strings, by its value."""

    impl = sa.Text
    cache_ok = True

    def __init__(self, kind: type) -> None:
        super().__init__()
        self.kind = kind

    def process_result_value(self, value: str | None, dialect: sa.Dialect) -> object:
        """Return what was stored."""
        del dialect
        return None if value is None else self.kind(value)
