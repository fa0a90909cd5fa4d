"""`wl backup` and `wl restore` without a server: what they say, and what they refuse."""

import asyncio
import json
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Wl
from tests.samples import make_cron
from wlcron.stores.sql import open_sql_store


@pytest.fixture
def database(tmp_path: Path) -> Path:
    """Return a server's database, which holds one cron."""
    path = tmp_path / "wlcron.db"

    async def fill() -> None:
        store = await open_sql_store(path)
        await store.put_cron(make_cron())
        await store.close()

    asyncio.run(fill())
    return path


@pytest.fixture
def file(tmp_path: Path, database: Path, wl: Wl) -> Path:
    """Return a backup of it."""
    del database
    path = tmp_path / "b.db"
    assert wl("backup", str(path)).code == 0
    return path


def test_a_backup_says_what_it_holds(wl: Wl, database: Path, tmp_path: Path) -> None:
    """In a line, or in JSON."""
    del database
    code, out, _ = wl("backup", str(tmp_path / "one.db"))
    assert (code, out.count("\n")) == (0, 1)
    assert "1 cron, 0 executions" in out
    code, out, _ = wl("backup", str(tmp_path / "two.db"), "-o", "json")
    assert code == 0
    assert json.loads(out).items() >= {"crons": 1, "executions": 0, "newest_slot": None}.items()


def test_a_file_that_is_there_is_left_alone(wl: Wl, file: Path) -> None:
    """Without --force."""
    file.write_text("precious")
    code, _, err = wl("backup", str(file))
    assert (code, file.read_text()) == (1, "precious")
    assert "--force" in err
    assert wl("backup", str(file), "--force").code == 0
    assert file.read_bytes().startswith(b"SQLite format 3")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("postgresql://u:secret@h/d", "pg_dump"),
        ("dynamodb", "AWS"),
        ("postgresql://h:secret/d", "pg_dump"),
    ],
)
@pytest.mark.parametrize("command", [("backup",), ("restore", "--yes")])
def test_other_databases_are_refused(
    wl: Wl, file: Path, command: tuple[str, ...], url: str, told: str
) -> None:
    """With what saves them."""
    target = [str(file)] if command[0] == "restore" else [str(file.with_name("new.db"))]
    code, _, err = wl(*command, *target, env={"WL_DATABASE": url})
    assert (code, err.count("\n")) == (1, 1)
    assert told in err
    assert "secret" not in err


def test_places_that_cannot_be_are_refused(wl: Wl, database: Path, tmp_path: Path) -> None:
    """Each in one sentence, and the database stays."""
    before = database.read_bytes()
    for arguments in (
        ("backup", str(tmp_path)),
        ("backup", str(tmp_path / "missing" / "b.db")),
        ("backup", str(database), "--force"),
        ("backup", str(tmp_path / "b.db"), "--data-dir", str(tmp_path / "elsewhere")),
        ("restore", str(database), "--yes"),
        ("restore", str(tmp_path / "missing.db"), "--yes"),
        ("restore", str(tmp_path), "--yes"),
    ):
        code, out, err = wl(*arguments)
        assert (code, out, err.count("\n")) == (1, "", 1), arguments
    assert database.read_bytes() == before


def test_restoring_keeps_what_was_there(wl: Wl, file: Path, database: Path) -> None:
    """Under a name that is told."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE crons SET name = 'newer'")
    code, out, _ = wl("restore", str(file), "--yes", "-o", "json")
    answer = json.loads(out)
    assert (code, answer["crons"], answer["is_served"]) == (0, 1, False)
    assert _names(database) == ["tidy"]
    assert _names(Path(answer["kept"])) == ["newer"]
    assert not list(database.parent.glob(".*"))


def test_nobody_restores_by_accident(wl: Wl, file: Path, database: Path) -> None:
    """Where nobody can be asked, --yes has to say it."""
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("UPDATE crons SET name = 'newer'")
    code, _, err = wl("restore", str(file))
    assert code == 2
    assert "--yes" in err
    assert _names(database) == ["newer"]


def test_a_backup_of_a_newer_version_is_refused(wl: Wl, file: Path, database: Path) -> None:
    """And the database stays."""
    with closing(sqlite3.connect(file)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    code, _, err = wl("restore", str(file), "--yes")
    assert code == 1
    assert "newer wlcron" in err
    assert _names(database) == ["tidy"]


def test_a_damaged_database_is_replaced(wl: Wl, file: Path, database: Path) -> None:
    """That is what backups are for; it is kept as it is."""
    database.write_bytes(b"nonsense" * 1000)
    code, out, _ = wl("restore", str(file), "--yes", "-o", "json")
    assert code == 0
    assert _names(database) == ["tidy"]
    assert Path(json.loads(out)["kept"]).read_bytes() == b"nonsense" * 1000


def test_nobody_else_may_read_what_was_restored(wl: Wl, file: Path, database: Path) -> None:
    """Also where nothing was there before."""
    database.unlink()
    code, _, _ = wl("restore", str(file), "--yes")
    assert code == 0
    assert stat.S_IMODE(database.stat().st_mode) == 0o600


def _names(database: Path) -> list[str]:
    with closing(sqlite3.connect(database)) as connection:
        return [name for (name,) in connection.execute("SELECT name FROM crons")]
