"""A private PostgreSQL for tests: a cluster in a temporary directory, on a Unix socket."""

import asyncio
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from wlcron.stores.sql import open_sql_store
from wlcron.stores.sql.schema import metadata

_SETTINGS = "-c listen_addresses= -c fsync=off -c max_connections=50"


class MissingError(Exception):
    """What this machine lacks, as a reason to skip."""


@dataclass(frozen=True)
class Cluster:
    """A running PostgreSQL with one database that has wlcron's tables."""

    url: str

    def emptied(self) -> str:
        """Return the URL of the database with nothing in it; nobody else may use it."""
        engine = sa.create_engine(self.url)
        with engine.begin() as connection:
            names = ", ".join(metadata.tables)
            connection.execute(sa.text(f"TRUNCATE {names} RESTART IDENTITY"))
        engine.dispose()
        return self.url

    def without_tables(self, name: str) -> str:
        """Return the URL of a new database in which there is nothing yet."""
        engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
        engine.dispose()
        return self.url.replace("/postgres?", f"/{name}?")


@contextmanager
def running() -> Iterator[Cluster]:
    """Start a cluster, and end and delete it; raises MissingError where it cannot be."""
    binaries = _binaries()
    directory = Path(tempfile.mkdtemp(prefix="wlcron-postgresql-"))
    user = _user(directory)
    control = [binaries / "pg_ctl", "-D", directory / "data"]
    try:
        _run(user, *control, "-o", "-U wlcron -A trust -N -E UTF8", "initdb")
        _run(user, *control, "-l", directory / "log", "-o", f"{_SETTINGS} -k {directory}", "start")
        url = f"postgresql+psycopg://wlcron@/postgres?host={directory}"
        asyncio.run(_migrate(url))
        yield Cluster(url)
        _run(user, *control, "-m", "immediate", "stop")
    except subprocess.CalledProcessError as error:
        raise MissingError("PostgreSQL is not tried: it could not be started") from error
    finally:
        shutil.rmtree(directory)


async def _migrate(url: str) -> None:
    await (await open_sql_store(url)).close()


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
