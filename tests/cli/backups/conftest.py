"""A data directory with a database, for `wl backup` and `wl restore`."""

from pathlib import Path

import pytest

from tests.cli.backups.databases import filled


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Return a server's data directory."""
    path = tmp_path / "data"
    path.mkdir()
    return path


@pytest.fixture
def environment(environment: dict[str, str | None], data: Path) -> dict[str, str | None]:
    """Return an environment that names it."""
    return {**environment, "WL_DATA_DIR": str(data)}


@pytest.fixture
def database(data: Path) -> Path:
    """Return a server's database, which holds one cron."""
    return filled(data / "wlcron.db")
