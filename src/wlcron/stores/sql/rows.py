"""Rows of the tables, and the values that they hold."""

from collections.abc import Callable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

import sqlalchemy as sa

from wlcron.core.cron import Cron
from wlcron.core.execution import Change, Execution
from wlcron.stores.sql.schema import changes, crons, definitions, executions

Row = Sequence[Any]

_CRON_FIELDS = tuple(field.name for field in fields(Cron))
EXECUTION_COLUMNS = tuple(field.name for field in fields(Execution))
# What a change of status sets. It is kept with the change as well, so that a change that is
# told late says how things were then.
MOVED = ("status", "reason", "started_at", "deadline", "ended_at", "exit_code")
_CHANGE_PATHS = {
    "execution_id": "execution.id",
    "before": "before",
    "at": "at",
    **{name: f"execution.{name}" for name in MOVED},
}
CHANGE_COLUMNS = tuple(_CHANGE_PATHS)
_of_move = attrgetter(*MOVED)


def _cron_column(name: str) -> sa.ColumnElement[Any]:
    return definitions.c[name] if name in definitions.c else crons.c[name]


def _change_column(name: str) -> sa.ColumnElement[Any]:
    return changes.c[name] if name in MOVED else executions.c[name]


CRON = [_cron_column(name) for name in _CRON_FIELDS]
EXECUTION = [executions.c[name] for name in EXECUTION_COLUMNS]
CHANGE = [changes.c.before, changes.c.at, *map(_change_column, EXECUTION_COLUMNS)]


def cron_of(row: Row) -> Cron:
    """Return the cron of a row of `CRON`."""
    return Cron(**dict(zip(_CRON_FIELDS, row, strict=True)))


def execution_of(row: Row) -> Execution:
    """Return the execution of a row of `EXECUTION`."""
    return Execution(**dict(zip(EXECUTION_COLUMNS, row, strict=True)))


def change_of(row: Row) -> Change:
    """Return the change of a row of `CHANGE`."""
    return Change(execution_of(row[2:]), row[0], row[1])


def move_row(execution: Execution) -> dict[str, Any]:
    """Return the columns of an execution that a change of status sets."""
    return dict(zip(MOVED, _of_move(execution), strict=True))


def of_change(*columns: str) -> Callable[[Any], tuple[Any, ...]]:
    """Return what gets these columns of `CHANGE_COLUMNS` from a change."""
    return attrgetter(*(_CHANGE_PATHS[name] for name in columns))
