"""`wl backup` without a server, and names that neither it nor `wl restore` takes."""

import contextlib
import json
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.backups.databases import filled, names
from tests.cli.conftest import Wl

SOMEBODY = 65534  # who owns nothing


def test_a_backup_says_what_it_holds(wl: Wl, database: Path, tmp_path: Path) -> None:
    """In a line, or in JSON."""
    del database
    code, out, _ = wl("backup", str(tmp_path / "one.db"))
    assert (code, out.count("\n")) == (0, 1)
    assert "1 cron, 0 executions" in out
    code, out, _ = wl("backup", str(tmp_path / "two.db"), "-o", "json")
    assert code == 0
    assert json.loads(out).items() >= {"crons": 1, "executions": 0, "newest_slot": None}.items()


def test_a_file_that_is_there_is_left_alone(wl: Wl, database: Path, tmp_path: Path) -> None:
    """Without --force."""
    del database
    file = tmp_path / "b.db"
    file.write_text("precious")
    code, _, err = wl("backup", str(file))
    assert (code, file.read_text()) == (1, "precious")
    assert "--force" in err
    assert wl("backup", str(file), "--force").code == 0
    assert file.read_bytes().startswith(b"SQLite format 3")


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


@pytest.mark.parametrize("name", ["token", "server.lock", "guard.log", "wlcron.db-wal"])
def test_what_the_server_keeps_is_left_alone(
    wl: Wl, database: Path, data: Path, name: str, tmp_path: Path
) -> None:
    """Also with --force, and by a link; a backup in the data directory is replaced."""
    del database
    kept = data / name
    kept.write_text("precious")
    link = tmp_path / "link"
    link.symlink_to(kept)
    for path in (kept, link):
        code, _, err = wl("backup", str(path), "--force")
        assert (code, err.count("\n"), kept.read_text()) == (1, 1, "precious")
    copy = data / "copy.db"
    assert wl("backup", str(copy)).code == 0
    assert wl("backup", str(copy), "--force").code == 0


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm", "-journal"])
def test_a_backup_never_takes_the_name_of_the_database(
    wl: Wl, data: Path, tmp_path: Path, suffix: str
) -> None:
    """Nor of a file that SQLite may make beside it, wherever it is, and of none to come."""
    elsewhere = filled(tmp_path / "other.db")
    for path in (elsewhere, data / "wlcron.db"):
        target = path.with_name(path.name + suffix)
        before = target.exists()
        code, _, err = wl("backup", str(target), "--force", env={"WL_DATABASE": str(elsewhere)})
        assert (code, target.exists()) == (1, before)
        assert "is the database itself" in err
    assert names(elsewhere) == ["tidy"]


def test_what_is_no_ordinary_file_is_left_alone(wl: Wl, database: Path, tmp_path: Path) -> None:
    """Also with --force; nobody waits for who would read from a FIFO."""
    del database
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for arguments in ((str(fifo),), (str(fifo), "--force")):
        code, _, err = wl("backup", *arguments)
        assert (code, fifo.is_fifo()) == (1, True)
        assert "no ordinary file" in err


def test_a_link_leads_to_the_backup(wl: Wl, database: Path, tmp_path: Path) -> None:
    """It stays, whether a file is behind it or not."""
    del database
    link, behind = tmp_path / "latest.db", tmp_path / "monday.db"
    link.symlink_to(behind)
    assert wl("backup", str(link)).code == 0
    assert wl("backup", str(link)).code == 1
    behind.write_text("old")
    assert wl("backup", str(link), "--force").code == 0
    assert link.is_symlink()
    assert names(behind) == ["tidy"]


@pytest.mark.parametrize("command", [("backup",), ("restore", "--yes")])
@pytest.mark.parametrize("name", ["", "-"])
def test_a_file_has_a_name(
    wl: Wl, tmp_path: Path, command: tuple[str, ...], name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A stream is none."""
    monkeypatch.chdir(tmp_path)
    code, _, err = wl(*command, name)
    assert (code, err.count("\n"), (tmp_path / "-").exists()) == (2, 1, False)
    assert "the name of a file" in err


@pytest.mark.parametrize("command", [("backup",), ("restore", "--yes")])
def test_a_name_that_cannot_be_is_told(
    wl: Wl, database: Path, tmp_path: Path, command: tuple[str, ...]
) -> None:
    """With the name."""
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    for path in (tmp_path / ("x" * 300), database / "b.db"):
        code, _, err = wl(*command, str(path))
        assert (code, err.count("\n")) == (1, 1)
        assert str(path) in err
    assert wl("backup", str(loop), "--force").code == 1
    assert loop.is_symlink()


def test_who_may_not_read_the_database_is_told_so(wl: Wl) -> None:
    """With whom to be, whether the file or its directory is closed to them."""
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        home.chmod(0o755)
        data, out = home / "data", home / "out"
        data.mkdir()
        out.mkdir()
        out.chmod(0o777)
        database = filled(data / "wlcron.db")
        (home / "wl.toml").touch(0o644)
        env = {"WL_DATA_DIR": str(data), "WL_CONFIG": str(home / "wl.toml")}
        # It works, and imports what somebody may not be able to read.
        assert wl("backup", str(out / "a.db"), env=env).code == 0
        for closed, mode in ((database, 0o600), (data, 0o755)):
            closed.chmod(0)
            with _somebody():
                code, _, err = wl("backup", str(out / "b.db"), env=env)
            closed.chmod(mode)
            assert (code, err.count("\n")) == (1, 1)
            assert f"this user may not use {database}" in err


@contextlib.contextmanager
def _somebody() -> Iterator[None]:
    """Have root be somebody else; who is not root stays who they are."""
    user = os.geteuid()
    if user == 0:
        os.seteuid(SOMEBODY)
    try:
        yield
    finally:
        os.seteuid(user)
