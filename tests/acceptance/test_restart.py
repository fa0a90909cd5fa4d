"""The server comes and goes; executions and slots do not mind."""

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.acceptance.crons import (
    begun,
    create,
    cron_file,
    history,
    instant,
    newest,
    over,
    run,
    soon,
)
from tests.acceptance.program import Server, ended
from tests.conftest import eventually

MICROSECONDS = 1_000_000


async def test_sigterm_leaves_what_runs_running(own: Server, name: str) -> None:
    """The server ends with 0 at once; the next one adopts the execution and records its end."""
    await create(own, name, cron_file("echo before; sleep 4; echo after; exit 9"))
    started = await run(own, name)
    await begun(own, name)
    assert await own.stop() == 0
    await own.start()
    row = await begun(own, name)
    assert (row["id"], row["status"]) == (started, "RUNNING")
    row = await over(own, name)
    assert (row["status"], row["exit_code"]) == ("FAILED", 9)
    assert instant(row["ended_at"]) - instant(row["started_at"]) >= timedelta(seconds=4)
    assert (await own.wl("cron", "logs", name)).out == "before\nafter\n"


async def test_an_end_without_a_server_is_recorded_as_it_was(own: Server, name: str) -> None:
    """Killed while it runs; the true exit code and the true end are found afterwards."""
    await create(own, name, cron_file("sleep 2; exit 4"))
    await run(own, name)
    row = await begun(own, name)
    await own.kill()
    down = datetime.now(UTC)
    end = instant(row["started_at"]) + timedelta(seconds=2)
    await eventually(lambda: datetime.now(UTC) > end + timedelta(seconds=2))
    await own.start()
    row = await over(own, name)
    assert (row["status"], row["exit_code"]) == ("FAILED", 4)
    assert instant(row["ended_at"]) > down
    assert abs(instant(row["ended_at"]) - end) < timedelta(seconds=1.5)


async def test_run_and_wait_outlasts_a_restart_of_the_server(fresh: Server, name: str) -> None:
    """The client asks again until the server is back."""
    await fresh.start()
    await create(fresh, name, cron_file("sleep 3; exit 8"))
    waiting = fresh.begin("cron", "run", name, "--wait", output=fresh.home / "waiting")
    await newest(fresh, name, lambda row: row["status"] == "RUNNING")
    await fresh.kill()
    await fresh.start()
    assert await ended(waiting) == 8
    assert len(await history(fresh, name)) == 1


async def test_the_newest_slot_that_was_missed_is_started_older_ones_are_missed(
    fresh: Server, name: str, tmp_path: Path
) -> None:
    """`start-within` decides; every slot has one row, and the job ran once."""
    ran = tmp_path / "ran"
    script = f'echo "$WL_SLOT" >> {ran}'
    await fresh.start()
    await create(fresh, name, cron_file(script, "* * * * *", **{"start-within": "1h"}))
    schedule, slot = soon(2)
    await create(fresh, f"{name}-late", cron_file(script, schedule, **{"start-within": "1s"}))
    await fresh.kill()
    set_back(fresh, name, datetime.now(UTC) - timedelta(minutes=5))
    await eventually(lambda: datetime.now(UTC) > slot + timedelta(seconds=1))
    await fresh.start()
    row = await over(fresh, name)
    assert row["status"] == "SUCCESS"
    rows = await history(fresh, name)
    assert [row["status"] for row in rows[1:5]] == ["MISSED"] * 4
    assert "newer slot" in rows[1]["reason"]
    assert len({row["slot"] for row in rows}) == len(rows)
    late = await over(fresh, f"{name}-late")
    assert late["status"] == "MISSED"
    assert "nobody could start it before" in late["reason"]
    started = [row for row in rows if row["status"] == "SUCCESS"]
    assert len(ran.read_text().splitlines()) == len(started)


async def test_a_hundred_thousand_missed_slots_cost_a_moment_and_stop_nothing(
    fresh: Server, name: str
) -> None:
    """All get their row, the newest is started, and the server answers meanwhile."""
    await fresh.start()
    await create(fresh, name, cron_file("true", "* * * * *", **{"start-within": "1h"}))
    await fresh.stop()
    long_ago = datetime.now(UTC).replace(second=0, microsecond=0) - timedelta(minutes=100_000)
    set_back(fresh, name, long_ago)
    await fresh.start("--keep", "200000", "--keep-for", "365d")
    row = await newest(
        fresh, name, lambda row: row["status"] not in {"MISSED", "PENDING", "STARTING", "RUNNING"}
    )
    assert row["status"] == "SUCCESS"
    assert datetime.now(UTC) - instant(row["slot"]) < timedelta(minutes=2)
    assert count(fresh, "MISSED") >= 100_000
    assert count(fresh, None) == count(fresh, "MISSED") + count(fresh, "SUCCESS")


def set_back(server: Server, name: str, due: datetime) -> None:
    """Have a cron due as if the server had been away since then."""
    with sqlite3.connect(server.data / "wlcron.db") as connection:
        moved = connection.execute(
            "UPDATE crons SET next_due = ? WHERE name = ?",
            (int(due.timestamp()) * MICROSECONDS, name),
        )
    connection.close()
    assert moved.rowcount == 1


def count(server: Server, status: str | None) -> int:
    """Count the rows of a status in the database, or all."""
    connection = sqlite3.connect(f"file:{server.data}/wlcron.db?mode=ro", uri=True)
    query = "SELECT count(*) FROM executions WHERE ? IS NULL OR status = ?"
    [(found,)] = connection.execute(query, (status, status)).fetchall()
    connection.close()
    return int(found)
