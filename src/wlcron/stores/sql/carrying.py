"""What runs now is taken over into a copy that is about to be put back."""

import sqlite3
from contextlib import closing
from pathlib import Path

from wlcron.core.execution import ACTIVE

_ACTIVE = "status IN ('{}')".format("', '".join(sorted(ACTIVE)))
# Of crons that the copy knows too: what is active now, and what has become of what was so then.
_CARRIED = f"""
    CREATE TEMP TABLE carried AS
    SELECT id, cron_id, cron_version, {_ACTIVE} AS is_active FROM now.executions
    WHERE cron_id IN (SELECT id FROM main.crons)
    AND ({_ACTIVE} OR id IN (SELECT id FROM main.executions WHERE {_ACTIVE}))
"""  # noqa: S608 -- words of ours
# One active execution of a cron is all there may be.
_MAKE_ROOM = f"""
    DELETE FROM main.executions WHERE id IN (SELECT id FROM carried)
    OR ({_ACTIVE} AND cron_id IN (SELECT cron_id FROM carried WHERE is_active))
"""  # noqa: S608 -- words of ours
_DEFINE = """
    INSERT OR IGNORE INTO main.definitions SELECT * FROM now.definitions
    WHERE (cron_id, version) IN (SELECT cron_id, cron_version FROM carried)
"""
_COUNT = """
    UPDATE main.crons SET stored =
    (SELECT count(*) FROM main.executions WHERE executions.cron_id = crons.id)
"""


def carry_over(now: Path, copy: Path) -> int:
    """Write into a copy what the present database says of executions that run; return how many.

    Without their rows they would run on with nobody looking, beside the next one of their cron.
    Both have the same tables; the present one is not changed.
    """
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("ATTACH ? AS now", (str(now),))
        connection.execute("BEGIN IMMEDIATE")
        connection.execute(_CARRIED)
        connection.execute(_MAKE_ROOM)
        connection.execute(_DEFINE)
        _insert(connection, "executions", "id")
        _insert(connection, "changes", "execution_id")
        connection.execute(_COUNT)
        [(carried,)] = connection.execute("SELECT total(is_active) FROM carried").fetchall()
        connection.execute("COMMIT")
    return int(carried)


def _insert(connection: sqlite3.Connection, table: str, key: str) -> None:
    # Changes are numbered anew, in the order in which they were saved.
    columns = ", ".join(
        f'"{name}"'
        for _, name, *_ in connection.execute(f"PRAGMA main.table_info({table})")
        if (table, name) != ("changes", "id")
    )
    connection.execute(
        f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM now.{table}"  # noqa: S608 -- words of ours
        f" WHERE {key} IN (SELECT id FROM carried) ORDER BY rowid"
    )
