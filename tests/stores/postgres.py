"""A private PostgreSQL for tests: a cluster in a temporary directory, on a Unix socket."""

import importlib.util
import itertools
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

_SETTINGS = "-c listen_addresses= -c fsync=off -c max_connections=50"


class MissingError(Exception):
    """What this machine lacks, as a reason to skip."""


@dataclass
class Cluster:
    """A running PostgreSQL."""

    directory: Path
    _numbers: Iterator[int] = field(default_factory=itertools.count)

    def new_database(self) -> str:
        """Make an empty database and return its URL."""
        name = f"wlcron_{next(self._numbers)}"
        engine = sa.create_engine(self._url("postgres"), isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self._url(name)

    def _url(self, database: str) -> str:
        return f"postgresql+psycopg://wlcron@/{database}?host={self.directory}"


@contextmanager
def running() -> Iterator[Cluster]:
    """Start a cluster, and end and delete it; raises MissingError where it cannot be."""
    binaries = _binaries()
    directory = Path(tempfile.mkdtemp(prefix="wlcron-postgresql-"))
    user = _user(directory)
    data = directory / "data"
    _run(user, binaries / "initdb", "-D", data, "-U", "wlcron", "-A", "trust", "-N", "-E", "UTF8")
    try:
        options = f"{_SETTINGS} -k {directory}"
        log = directory / "log"
        _run(user, binaries / "pg_ctl", "-D", data, "-l", log, "-w", "-o", options, "start")
        yield Cluster(directory)
    finally:
        _run(user, binaries / "pg_ctl", "-D", data, "-m", "immediate", "stop")
        shutil.rmtree(directory)


def _binaries() -> Path:
    if importlib.util.find_spec("psycopg") is None:
        raise MissingError("PostgreSQL is not tried: the Python package psycopg is not installed")
    for directory in sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True):
        if (directory / "initdb").exists():
            return directory
    if found := shutil.which("initdb"):
        return Path(found).parent
    raise MissingError("PostgreSQL is not tried: its programs are not installed")


def _user(directory: Path) -> str | None:
    """Return who runs it, since it refuses to be run by root; the directory becomes theirs."""
    if os.geteuid() != 0:
        return None
    names = {entry.pw_name for entry in pwd.getpwall()}
    user = "postgres" if "postgres" in names else "nobody"
    shutil.chown(directory, user)
    return user


def _run(user: str | None, *command: object) -> None:
    subprocess.run(  # noqa: S603 -- PostgreSQL's own programs
        list(map(str, command)),
        check=True,
        cwd="/",
        user=user,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
