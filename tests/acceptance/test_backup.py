"""A backup is made and put back while the server and its jobs go on."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.acceptance.crons import begun, create, cron_file, history, over, run, soon
from tests.acceptance.program import Server
from tests.acceptance.user import WL
from tests.conftest import eventually

AHEAD = 12  # seconds from a cron to its slot, within which a backup is made on a busy machine


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    """Return where a backup goes."""
    return tmp_path / "backup.db"


async def save(server: Server, backup: Path) -> None:
    """Make a backup, which has to succeed."""
    answer = await server.wl("backup", str(backup), "--force")
    assert answer.code == 0, answer.err


async def restore(server: Server, backup: Path) -> None:
    """Put a backup back, and have the server look at once for what is due."""
    answer = await server.wl("restore", str(backup), "--yes")
    assert answer.code == 0, answer.err
    await create(server, "bell", cron_file())


async def test_a_slot_that_was_started_since_the_backup_is_not_started_again(
    fresh: Server, name: str, backup: Path
) -> None:
    """It comes due again with the same id; its end is found, and the job has run once."""
    told = fresh.home / "told"
    await fresh.start()
    schedule, slot = soon(AHEAD)
    await create(fresh, name, cron_file(f"echo $WL_EXECUTION >> {told}; exit 5", schedule))
    await save(fresh, backup)
    assert datetime.now(UTC) < slot, "the machine is too slow for this test"
    before = await over(fresh, name)
    await restore(fresh, backup)
    row = await over(fresh, name)
    assert (row["id"], row["status"], row["exit_code"]) == (before["id"], "FAILED", 5)
    assert (row["started_at"], row["ended_at"]) == (before["started_at"], before["ended_at"])
    assert len(await history(fresh, name)) == 1
    assert told.read_text().split() == [row["id"]]


async def test_what_runs_while_a_backup_is_put_back_runs_on(
    fresh: Server, name: str, backup: Path
) -> None:
    """Nobody starts another one beside it, and its end is recorded."""
    told = fresh.home / "told"
    go = fresh.home / "go"
    wait = f"until [ -e {go} ]; do sleep 0.1; done"
    script = f"echo begin >> {told}; {wait}; echo end >> {told}; exit 6"
    await fresh.start()
    await create(fresh, name, cron_file(script))
    await save(fresh, backup)
    running = await run(fresh, name)
    await begun(fresh, name)
    await restore(fresh, backup)
    row = await begun(fresh, name)
    assert (row["id"], row["status"]) == (running, "RUNNING")
    go.touch()
    row = await over(fresh, name)
    assert (row["id"], row["status"], row["exit_code"]) == (running, "FAILED", 6)
    assert told.read_text().split() == ["begin", "end"]


async def test_a_slot_that_is_too_old_is_missed(
    fresh: Server, name: str, tmp_path: Path, backup: Path
) -> None:
    """It is not started a second time, and its row says that nobody could start it."""
    told = tmp_path / "told"
    await fresh.start()
    schedule, _ = soon(AHEAD)
    text = cron_file(f"echo once >> {told}", schedule, **{"start-within": "1s"})
    await create(fresh, name, text)
    await save(fresh, backup)
    slot = datetime.fromisoformat((await over(fresh, name))["slot"])
    await eventually(lambda: (datetime.now(UTC) - slot).total_seconds() > 2)
    await restore(fresh, backup)
    row = await over(fresh, name)
    assert row["status"] == "MISSED"
    assert told.read_text().split() == ["once"]


async def test_a_cron_can_make_the_backup(fresh: Server, name: str, backup: Path) -> None:
    """As docs/backup.md has it; it is restored where nothing is left, and the server knows all."""
    await fresh.start()
    await create(fresh, name, cron_file(f"{WL} backup {backup} --data-dir {fresh.data}"))
    await run(fresh, name)
    row = await over(fresh, name)
    assert row["status"] == "SUCCESS", (await fresh.wl("cron", "logs", name)).out
    await fresh.stop()
    for file in fresh.data.glob("wlcron.db*"):
        file.unlink()
    answer = await fresh.wl("restore", str(backup), "--yes", "-o", "json")
    assert answer.code == 0, answer.err
    assert (answer.json()["crons"], answer.json()["kept"]) == (1, None)
    await fresh.start()
    row = await over(fresh, name)
    assert (row["status"], row["exit_code"]) == ("SUCCESS", 0)
