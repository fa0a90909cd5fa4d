"""Databases as each version of wlcron left them: kept as statements, in tests/data/schemas.

`python -m tests.stores.schemas` writes those of the newest version, once, with rows in every
table. They are never made again: what people have on their disks does not change either.
"""

import asyncio
import sqlite3
import sys
import tempfile
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from tests.samples import HOUR, MINUTE, NOON, make_incident, make_silence
from tests.stores import incidents, postgres
from tests.stores.rows import add, announce, commit, end, final, known, moved, row, start
from wlcron.core.cron import Pause, Registration
from wlcron.core.execution import Overrides, Status
from wlcron.store import Store
from wlcron.stores.sql import open_sql_store
from wlcron.stores.sql.migration import VERSION

FOLDER = Path(__file__).parents[1] / "data" / "schemas"
KINDS = ("sqlite", "postgresql")
VERSIONS = sorted({path.name.partition(".")[0] for path in FOLDER.glob("*.sql")})


def statements(version: str, kind: str) -> str:
    """Return the statements that make a database of a version."""
    return _path(version, kind).read_text()


def make_sqlite(version: str, path: Path) -> None:
    """Make an SQLite database of a version."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(statements(version, "sqlite"))


def make_postgresql(version: str, url: str) -> None:
    """Make what a version has left in an empty database of PostgreSQL."""
    import psycopg  # it may be missing where PostgreSQL is not tried

    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute(statements(version, "postgresql").encode())


async def fill(store: Store) -> None:
    """Put into a store something of everything that it can hold, in every status that there is."""
    await add(store, "paused", pause=Pause(since=NOON, until=NOON + HOUR, reason="ü"))
    gone = await add(store, "gone")
    await commit(store, final(gone))
    await store.delete_cron(await known(store, "gone"))
    # PENDING comes last: who starts another one takes all that wait.
    for status in sorted(Status, key=lambda status: status is Status.PENDING):
        await _add_execution(store, status)
    await announce(store)
    await commit(store, final(await known(store, "missed"), NOON + HOUR, reason="untold"))
    await add(store, "outside", registration=Registration(parts={"rule": "arn"}, problem="slow"))
    await incidents.put(store, make_incident())
    await incidents.put(store, incidents.EVERYTHING)
    await store.put_silence(make_silence())


async def _add_execution(store: Store, status: Status) -> None:
    """Add a cron with an execution of a status, by the way that leads to it."""
    cron = await add(store, status.lower(), source=f"# {status}\n")
    waiting = row(cron, overrides=Overrides(arguments=("a",), env={"B": "c"}), manual=True)
    match status:
        case Status.SKIPPED | Status.MISSED:
            await commit(store, final(cron, status=status, reason="why"))
        case Status.PENDING:
            await commit(store, waiting)
        case Status.SUCCESS:
            await end(store, await start(store, waiting))
            await store.put_cron(replace(await known(store, cron.name), version=2, source="new"))
        case _:
            begun = await start(store, waiting)
            if status is not Status.STARTING:
                more = {"started_at": NOON, "deadline": NOON + MINUTE, "exit_code": 3}
                await store.apply(moved(begun, status, reason="why", handle="arn", **more))
            if status is Status.RUNNING:
                await store.ask_stop(begun.id, NOON, "enough")


def _path(version: str, kind: str) -> Path:
    return FOLDER / f"{version}.{kind}.sql"


async def _fill(target: Path | str) -> None:
    store = await open_sql_store(target)
    await fill(store)
    await store.close()


def _dump_sqlite() -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "wlcron.db"
        asyncio.run(_fill(path))
        with closing(sqlite3.connect(path)) as connection:
            return "\n".join(connection.iterdump()) + "\n"


def _dump_postgresql() -> str:
    with postgres.running() as cluster:
        asyncio.run(_fill(cluster.url))
        lines = cluster.dump(cluster.url).splitlines()
    # Settings of a session, some of which an older PostgreSQL does not know.
    kept = [line for line in lines if not line.startswith(("--", "SET ", "SELECT pg_catalog.set_"))]
    return "\n".join(line for line in kept if line) + "\n"


def main() -> None:
    """Write the files of the newest version."""
    FOLDER.mkdir(exist_ok=True)
    for kind, dump in zip(KINDS, (_dump_sqlite, _dump_postgresql), strict=True):
        path = _path(VERSION, kind)
        if path.exists():
            sys.exit(f"{path} is there already, and stays as it is")
        path.write_text(dump())


if __name__ == "__main__":
    main()
