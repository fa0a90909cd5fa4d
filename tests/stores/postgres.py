"""A private PostgreSQL for tests: a cluster in a temporary directory, on a Unix socket."""

import asyncio
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
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
    directory: Path
    binaries: Path
    user: str | None  # who runs it

    def make(self) -> None:
        """Make its files; whoever is called `locked` has to say a password."""
        self._control("-o", "-U wlcron -A trust -N -E UTF8 --no-locale", "initdb")
        rules = self.directory / "data" / "pg_hba.conf"
        rules.write_text(f"local all locked scram-sha-256\n{rules.read_text()}")

    def execute(self, *statements: str) -> None:
        """Run statements of one connection, each without a transaction."""
        engine = sa.create_engine(
            self.url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool
        )
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)

    def restart(self) -> None:
        """Break all connections off, as a crash would, and begin again."""
        self.stop()
        self.start()

    def start(self) -> None:
        """Start it and wait until it takes connections."""
        self._control(
            "-l", self.directory / "log", "-o", _SETTINGS + f" -k {self.directory}", "start"
        )

    def stop(self) -> None:
        """End it in the middle of whatever it does."""
        self._control("-m", "immediate", "stop")

    def make_replica(self) -> None:
        """Have it begin again as a replica that can only be read."""
        self.stop()
        (self.directory / "data" / "standby.signal").touch()
        self.start()

    def dump(self, url: str) -> str:
        """Return the statements that make a database of this cluster, without psql's own."""
        name = sa.make_url(url).database
        where = ["-h", self.directory, "-U", "wlcron"]
        text = _run(self.user, self.binaries / "pg_dump", "--inserts", "-O", "-x", *where, name)
        return "\n".join(line for line in text.splitlines() if not line.startswith("\\")) + "\n"

    def _control(self, *command: object) -> None:
        _run(self.user, self.binaries / "pg_ctl", "-D", self.directory / "data", *command)

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
        self.execute(f"CREATE DATABASE {name}")
        return self.url.replace("/postgres?", f"/{name}?")


@contextmanager
def running() -> Iterator[Cluster]:
    """Start a cluster, and end and delete it; raises MissingError where it cannot be."""
    binaries = _binaries()
    directory = Path(tempfile.mkdtemp(prefix="wlcron-postgresql-"))
    url = f"postgresql+psycopg://wlcron@/postgres?host={directory}"
    cluster = Cluster(url, directory, binaries, _user(directory))
    try:
        cluster.make()
        cluster.start()
        with ThreadPoolExecutor(1) as beside:  # a test's own loop may be running here
            beside.submit(lambda: asyncio.run(_migrate(url))).result()
        yield cluster
        cluster.stop()
    except subprocess.CalledProcessError as error:
        raise MissingError("PostgreSQL is not tried: it could not be started") from error
    finally:
        shutil.rmtree(directory)


def running_or_skipped() -> Iterator[Cluster]:
    """Yield a cluster that runs; skip the test, with the one reason, where it cannot be."""
    try:
        with running() as cluster:
            yield cluster
    except MissingError as reason:
        pytest.skip(str(reason))


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


def _run(user: str | None, *command: object) -> str:
    # Into a file: the server that is started holds on to a pipe.
    with tempfile.TemporaryFile("w+") as output:
        subprocess.run(  # noqa: S603 -- PostgreSQL's own programs
            list(map(str, command)),
            check=True,
            cwd="/",
            user=user,
            stdout=output,
            stderr=subprocess.DEVNULL,
        )
        output.seek(0)
        return output.read()
