"""Statements of the way of a slot, compiled once."""

from collections.abc import Callable
from dataclasses import dataclass
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

_Get = Callable[..., Callable[[Any], tuple[Any, ...]]]


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    names: tuple[str, ...]  # in the order of the statement's marks
    get: Callable[[Any], tuple[Any, ...]]
    encoders: tuple[tuple[int, Callable[[Any], Any]], ...]
    is_positional: bool

    def values_of(self, row: object) -> tuple[Any, ...] | dict[str, Any]:
        values = list(self.get(row))
        for place, encode in self.encoders:
            if values[place] is not None:
                values[place] = encode(values[place])
        return tuple(values) if self.is_positional else dict(zip(self.names, values, strict=True))


class Prepared:
    """An insert or update that goes to the driver as text.

    SQLAlchemy looks at every set of values anew, which takes longer than SQLite takes to write
    it. Here only the columns' types are asked, once for each dialect. The statement must not
    have values in it: constants are written as `sa.literal_column`.
    """

    def __init__(
        self, statement: sa.Insert | sa.Update, *columns: str, get: _Get = itemgetter
    ) -> None:
        """Take a statement, the columns that it sets, and how values are got from a row."""
        self._statement = statement
        self._columns = list(columns)
        self._get = get
        self._compiled: dict[str, _Compiled] = {}

    def run(self, connection: sa.Connection, *rows: object) -> int:
        """Run the statement for each row; return how many rows of the table it has touched."""
        if not rows:
            return 0
        name = connection.dialect.name
        if name not in self._compiled:
            self._compiled[name] = self._compile(connection.dialect)
        compiled = self._compiled[name]
        values: Any = [compiled.values_of(row) for row in rows]
        return connection.exec_driver_sql(compiled.sql, values).rowcount

    def _compile(self, dialect: sa.Dialect) -> _Compiled:
        compiled = self._statement.compile(dialect=dialect, column_keys=self._columns)
        names = tuple(compiled.positiontup or compiled.binds)
        types = (compiled.binds[name].type.dialect_impl(dialect) for name in names)
        encoders = enumerate(kind.bind_processor(dialect) for kind in types)
        return _Compiled(
            sql=str(compiled),
            names=names,
            get=self._get(*names),
            encoders=tuple((place, encode) for place, encode in encoders if encode is not None),
            is_positional=compiled.positional,
        )
