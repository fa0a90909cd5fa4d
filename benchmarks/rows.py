"""The rows of a server's database, read beside it: what is seen here has been committed."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from waiting import until

_FINAL = frozenset(("SUCCESS", "FAILED", "TIMEOUT", "STOPPED", "ERROR", "LOST", "MISSED"))
_BEYOND_START = _FINAL | {"RUNNING"}


class Rows:
    """A connection that only reads; a look costs some 20 microseconds."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection

    async def newest(self, cron: str) -> str:
        """Return the id of a cron's newest execution, as soon as there is one."""
        query = "SELECT id FROM executions WHERE cron_name = ? ORDER BY slot DESC LIMIT 1"
        await until(lambda: bool(self._ask(query, cron)), 0.01)
        return str(self._ask(query, cron)[0][0])

    def count(self, status: str) -> int:
        """Return how many executions have a status."""
        return int(self._ask("SELECT count(*) FROM executions WHERE status = ?", status)[0][0])

    async def until_running(self, execution_id: str) -> None:
        """Wait until an execution's start was recorded."""
        await until(lambda: self._is(execution_id, _BEYOND_START), 0.01)

    async def until_over(self, execution_id: str) -> None:
        """Wait until an execution's end was recorded; returns within a millisecond of it."""
        await until(lambda: self._is(execution_id, _FINAL), 0.0005)

    def _is(self, execution_id: str, statuses: frozenset[str]) -> bool:
        found = self._ask("SELECT status FROM executions WHERE id = ?", execution_id)
        return found[0][0] in statuses

    def _ask(self, query: str, value: str) -> list[tuple[Any, ...]]:
        return self._connection.execute(query, (value,)).fetchall()


@contextlib.contextmanager
def reading(database: Path) -> Iterator[Rows]:
    """Open a server's database."""
    connection = sqlite3.connect(f"file:{database}?mode=ro", uri=True, isolation_level=None)
    with contextlib.closing(connection):
        yield Rows(connection)
