"""`wl restore` without a server, or beside one that holds the data directory."""

import fcntl
import json
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.backups.databases import change, names, rename
from tests.cli.conftest import Wl


@pytest.fixture
def held(data: Path) -> Iterator[None]:
    """Hold the data directory, as a server does."""
    with (data / "server.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture
def file(tmp_path: Path, database: Path, wl: Wl) -> Path:
    """Return a backup of it."""
    del database
    path = tmp_path / "b.db"
    assert wl("backup", str(path)).code == 0
    return path


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


def test_restoring_keeps_what_was_there(wl: Wl, file: Path, database: Path) -> None:
    """Under a name that is told."""
    rename(database, "newer")
    code, out, _ = wl("restore", str(file), "--yes", "-o", "json")
    answer = json.loads(out)
    assert (code, answer["crons"], answer["is_served"]) == (0, 1, False)
    assert names(database) == ["tidy"]
    assert names(Path(answer["kept"])) == ["newer"]
    assert not list(database.parent.glob(".*"))


def test_nobody_restores_by_accident(wl: Wl, file: Path, database: Path) -> None:
    """Where nobody can be asked, --yes has to say it."""
    rename(database, "newer")
    code, _, err = wl("restore", str(file))
    assert code == 2
    assert "--yes" in err
    assert names(database) == ["newer"]


def test_a_backup_of_a_newer_version_is_refused(wl: Wl, file: Path, database: Path) -> None:
    """And the database stays."""
    change(file, "UPDATE alembic_version SET version_num = '9999'")
    code, _, err = wl("restore", str(file), "--yes")
    assert code == 1
    assert "newer wlcron" in err
    assert names(database) == ["tidy"]


def test_a_damaged_database_is_replaced(wl: Wl, file: Path, database: Path) -> None:
    """That is what backups are for; it is kept as it is."""
    database.write_bytes(b"nonsense" * 1000)
    code, out, _ = wl("restore", str(file), "--yes", "-o", "json")
    assert code == 0
    assert names(database) == ["tidy"]
    assert Path(json.loads(out)["kept"]).read_bytes() == b"nonsense" * 1000


def test_nobody_else_may_read_what_was_restored(wl: Wl, file: Path, database: Path) -> None:
    """Also where nothing was there before."""
    database.unlink()
    code, _, _ = wl("restore", str(file), "--yes")
    assert code == 0
    assert stat.S_IMODE(database.stat().st_mode) == 0o600


def test_a_new_machine_needs_no_directory(wl: Wl, file: Path, tmp_path: Path) -> None:
    """It is made, and its lock is there, which a server that is started meanwhile finds taken."""
    data = tmp_path / "new" / "data"
    code, _, err = wl("restore", str(file), "--yes", "--data-dir", str(data))
    assert code == 0, err
    assert stat.S_IMODE(data.stat().st_mode) == 0o700
    assert stat.S_IMODE((data / "server.lock").stat().st_mode) == 0o600
    assert names(data / "wlcron.db") == ["tidy"]


def test_a_directory_that_cannot_be_is_told(wl: Wl, file: Path, tmp_path: Path) -> None:
    """With its path, and so is a database in no directory."""
    code, _, err = wl("restore", str(file), "--yes", "--data-dir", str(file))
    assert (code, err.count("\n")) == (1, 1)
    assert f"the data directory {file} cannot be used" in err
    path = tmp_path / "missing" / "w.db"
    code, _, err = wl("restore", str(file), "--yes", env={"WL_DATABASE": str(path)})
    assert (code, err.count("\n")) == (1, 1)
    assert str(path) in err


@pytest.mark.usefixtures("held")
def test_a_damaged_database_under_a_server_stays(wl: Wl, file: Path, database: Path) -> None:
    """It is said to stop that first: it would go on with a file that nobody else finds."""
    database.write_bytes(b"nonsense" * 1000)
    code, _, err = wl("restore", str(file), "--yes")
    assert code == 1
    assert "a server runs on it: stop it, then restore" in err
    assert database.read_bytes() == b"nonsense" * 1000


@pytest.mark.usefixtures("database")
def test_of_a_bad_backup_another_one_is_asked_for(wl: Wl, file: Path) -> None:
    """Nobody is told to put a backup in the place of a backup."""
    whole = file.read_bytes()
    for content in (b"nonsense" * 1000, b"", whole[: len(whole) // 2], whole[:5000] + b"x" * 9000):
        file.write_bytes(content)
        code, _, err = wl("restore", str(file), "--yes")
        assert (code, err.count("\n")) == (1, 1)
        assert err.startswith(f"wl: {file} is ")
        assert err.endswith(": take another backup\n")


def test_what_is_kept_is_never_replaced(wl: Wl, file: Path, database: Path) -> None:
    """However soon one restores again."""
    kept = {}
    for name in ("one", "two", "three"):
        rename(database, name)
        code, out, _ = wl("restore", str(file), "--yes", "-o", "json")
        assert code == 0
        kept[name] = Path(json.loads(out)["kept"])
    assert {name: names(path) for name, path in kept.items()} == {name: [name] for name in kept}
