"""What the SQL store said it had committed is there, also after kill -9."""

import asyncio
import sys
from pathlib import Path

from tests.samples import NOON, SECOND
from tests.stores.rows import known
from wlcron.core.execution import Status
from wlcron.stores.sql import open_sql_store, sqlite

_WRITES_UNTIL_KILLED = """
import asyncio, itertools, sys
from pathlib import Path
from tests.samples import MINUTE, NOON
from tests.stores.rows import LEASE, add, commit, end, row
from wlcron.stores.sql import open_sql_store

async def main():
    store = await open_sql_store(Path(sys.argv[1]))
    cron = await add(store)
    for number in itertools.count():
        slot = NOON + number * MINUTE
        (execution,) = await commit(store, row(cron, slot))
        await store.claim(slot, LEASE, 1)
        await end(store, execution)
        print(execution.id, flush=True)

asyncio.run(main())
"""


async def test_what_was_reported_survives_kill_9(path: Path) -> None:
    """Each execution that was told to be over is over; none is half written."""
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", _WRITES_UNTIL_KILLED, str(path), stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout is not None
    reported = [(await writer.stdout.readline()).decode().strip() for _ in range(50)]
    writer.kill()
    reported += (await writer.stdout.read()).decode().split()
    await writer.wait()
    await _check_what_is_left(path, reported)


async def _check_what_is_left(path: Path, reported: list[str]) -> None:
    store = await open_sql_store(path)
    cron = await known(store)
    rows = await store.executions([cron.id], 100_000)
    over = [execution.id for execution in rows if execution.status is Status.SUCCESS]
    assert set(reported) <= set(over)
    assert len(rows) - len(reported) <= 1
    statuses = {execution.id: execution.status for execution in rows}
    told = {
        change.execution.id: change.execution.status
        for change in await store.unannounced(1_000_000)
    }
    assert told == statuses
    assert min(execution.slot for execution in rows) == NOON
    await store.close()


def test_a_commit_reaches_the_disk(path: Path) -> None:
    """The write-ahead log is synchronised at each commit, in every connection."""
    engine = sqlite.make_engine(sqlite.url_of(path), SECOND)
    with engine.connect() as connection:
        names = ("journal_mode", "synchronous", "foreign_keys")
        values = [connection.exec_driver_sql(f"PRAGMA {name}").scalar_one() for name in names]
    engine.dispose()
    assert values == ["wal", 2, 1]
