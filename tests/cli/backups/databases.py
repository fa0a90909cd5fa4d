"""Databases of a server, made and looked into."""

import asyncio
import sqlite3
from contextlib import closing
from pathlib import Path

from tests.samples import make_cron
from wlcron.stores.sql import open_sql_store


def filled(path: Path) -> Path:
    """Make a database that holds one cron, `tidy`."""

    async def fill() -> None:
        store = await open_sql_store(path)
        await store.put_cron(make_cron())
        await store.close()

    asyncio.run(fill())
    return path


def rename(database: Path, name: str) -> None:
    """Give all crons another name."""
    change(database, f"UPDATE crons SET name = '{name}'")  # noqa: S608 -- words of ours


def change(database: Path, statement: str) -> None:
    """Change what it holds."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(statement)


def names(database: Path) -> list[str]:
    """Return the names of its crons."""
    with closing(sqlite3.connect(database)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM crons")]
