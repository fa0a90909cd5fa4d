"""Statements of the way of a slot, compiled once."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    constants: Values
    encoders: Mapping[str, Callable[[Any], Any]]

    def encoded(self, row: Values) -> dict[str, Any]:
        encoded = {**self.constants, **row}
        for name, encode in self.encoders.items():
            encoded[name] = encode(row[name])
        return encoded


class Prepared:
    """An insert or update that goes to the driver as text, with named values.

    SQLAlchemy looks at every set of values anew, which takes longer than SQLite takes to write
    it. Here only the columns' types are asked, once for each dialect.
    """

    def __init__(self, statement: sa.Insert | sa.Update, *columns: str) -> None:
        """Take a statement, and the columns that it sets from values of the same names."""
        self._statement = statement
        self._columns = columns
        self._compiled: dict[str, _Compiled] = {}

    def run(self, connection: sa.Connection, *rows: Values) -> int:
        """Run the statement for each set of values; return how many rows it has touched."""
        if not rows:
            return 0
        name = connection.dialect.name
        if name not in self._compiled:
            self._compiled[name] = self._compile(connection.dialect)
        compiled = self._compiled[name]
        encoded = [compiled.encoded(row) for row in rows]
        return connection.exec_driver_sql(compiled.sql, encoded).rowcount

    def _compile(self, dialect: sa.Dialect) -> _Compiled:
        compiled = self._statement.compile(dialect=dialect, column_keys=list(self._columns))
        binds = compiled.binds.items()
        constants = {name: bind.value for name, bind in binds if not bind.required}
        encoders = {
            name: encode
            for name, bind in binds
            if bind.required
            if (encode := bind.type.dialect_impl(dialect).bind_processor(dialect)) is not None
        }
        return _Compiled(str(compiled), constants, encoders)
