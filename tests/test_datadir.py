"""The data directory: held by one server, private, and the same after a restart."""

import stat
from pathlib import Path

import pytest

from wlcron.datadir import DataDir
from wlcron.errors import ConfigurationError


def test_one_server_at_a_time_holds_it(tmp_path: Path) -> None:
    """The second one is told which process does; it may have it as soon as the first lets go."""
    with DataDir(tmp_path), pytest.raises(ConfigurationError, match=r"another server \(process \d"):
        DataDir(tmp_path).__enter__()
    with DataDir(tmp_path):
        pass


def test_nobody_else_may_read_what_is_in_it(tmp_path: Path) -> None:
    """The token opens the API, whatever the umask was."""
    with DataDir(tmp_path / "deep" / "data") as home:
        assert stat.S_IMODE(home.path.stat().st_mode) == 0o700
        assert stat.S_IMODE((home.path / "token").stat().st_mode) == 0o600


def test_what_it_is_known_by_is_kept(tmp_path: Path) -> None:
    """Token, name and engine are those of the first start."""
    with DataDir(tmp_path) as home:
        home.keep_engine("docker")
        before = home.token(), home.instance(), home.engine()
    with DataDir(tmp_path) as home:
        assert (home.token(), home.instance(), home.engine()) == before
        assert home.engine() == "docker"


def test_no_engine_is_known_before_one_was_chosen(tmp_path: Path) -> None:
    """To ask for it chooses none."""
    with DataDir(tmp_path) as home:
        assert home.engine() == home.engine() == ""


def test_a_token_that_somebody_wrote_is_the_token(tmp_path: Path) -> None:
    """An empty file is none."""
    (tmp_path / "token").write_text("mine\n")
    (tmp_path / "instance").write_text("\n")
    with DataDir(tmp_path) as home:
        assert home.token() == "mine"
        assert len(home.instance()) == 12


@pytest.mark.parametrize("name", ["token", "engine"])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, name: str) -> None:
    """In one sentence, with what to do."""
    (tmp_path / name).write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigurationError, match="mend or remove it"), DataDir(tmp_path) as home:
        home.engine()


def test_a_file_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    """A folder in its place, say."""
    (tmp_path / "engine").mkdir()
    with DataDir(tmp_path) as home, pytest.raises(ConfigurationError, match="engine cannot be"):
        home.keep_engine("host")


def test_a_token_that_no_header_carries_is_said_at_the_start(tmp_path: Path) -> None:
    """Server and command line agree on what a token is."""
    (tmp_path / "token").write_text("open sesame\n")
    with pytest.raises(ConfigurationError, match="printable ASCII"), DataDir(tmp_path):
        pass
