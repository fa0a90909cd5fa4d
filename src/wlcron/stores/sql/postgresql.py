"""Everything that is PostgreSQL's alone."""

import asyncio
import secrets
from collections.abc import AsyncGenerator
from contextlib import aclosing
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
import structlog

from wlcron.errors import StoreError
from wlcron.store import HEARING

if TYPE_CHECKING:
    import psycopg

NAME = "postgresql"
OLDEST = 12
_DRIVER = "postgresql+psycopg"
_SPELLINGS = {"postgres", NAME, _DRIVER}
# Who has vanished must not be waited for: neither a server of PostgreSQL by us, nor one of ours
# that was stopped in the middle of a transaction, with its locks, by all the others.
_CONNECTING: dict[str, Any] = {
    "application_name": "wlcron",
    "connect_timeout": 10,  # seconds
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,  # milliseconds
    "options": "-c idle_in_transaction_session_timeout=30s",
}
_MIGRATING = 0x776C63726F6E  # "wlcron", for who else locks something in this database
_SENTENCES = {
    "25006": "is a replica that can only be read: give the address of the primary",
    "28000": "does not let this user in: check the user and pg_hba.conf ({cause})",
    "28P01": "does not take this password: check the user and the password",
    "3D000": "does not exist: make it with CREATE DATABASE {name}",
    "42501": "does not give this user the rights it needs:"
    " make the user the owner of the database ({cause})",
    "53100": "has a full disk: make room on it",
    "53300": "has no connection left: raise its max_connections, each server takes up to 6",
    "57P03": "is just being started or stopped: try again in a moment",
}
# A refused connection has no SQLSTATE, only words; these are looked for in its first line.
_WORDS = {
    "password authentication failed": "28P01",
    "no password supplied": "28P01",
    "no pg_hba.conf entry": "28000",
    "authentication failed": "28000",
    'role "': "28000",
    'database "': "3D000",
    "too many clients": "53300",
    "remaining connection slots": "53300",
    "the database system is": "57P03",
}
_NOTED = "wlcron_news"  # key of what a connection's transaction will tell
_CHANNEL = "wlcron"
_TELL = "SELECT pg_notify(%s, message) FROM unnest(%s::text[]) AS message"
_FIRST_DELAY, _LONGEST_DELAY = timedelta(seconds=1), timedelta(minutes=1)
_SIGN_OF_LIFE_EVERY = timedelta(minutes=1)
_log = structlog.get_logger("wlcron.store")


def is_meant(url: sa.URL) -> bool:
    """Whether a URL is one of PostgreSQL, in any of its spellings."""
    return url.drivername.partition("+")[0] in _SPELLINGS


def url_of(url: sa.URL) -> sa.URL:
    """Return the URL with the driver that is used here; StoreError where it names another."""
    if url.drivername not in _SPELLINGS:
        raise StoreError(f"{url.drivername} is not used here: write postgresql:// alone")
    if "@" in (url.host or ""):
        # What stands before it is the rest of a password, and is not repeated.
        raise StoreError("the URL of the database has more than one @: in a password, write %40")
    return url.set(drivername=_DRIVER)


def make_engine(url: sa.URL, connections: int) -> sa.Engine:
    """Return an engine whose connections are looked at before they are used."""
    return sa.create_engine(
        url,
        connect_args=_connecting(url),
        pool_size=connections,
        pool_pre_ping=True,
        hide_parameters=True,
    )


def check(connection: sa.Connection) -> None:
    """Raise StoreError where the database cannot hold what a store writes."""
    version, encoding, is_replica = connection.exec_driver_sql(
        "SELECT current_setting('server_version_num')::int / 10000,"
        " current_setting('server_encoding'), pg_is_in_recovery()"
    ).one()
    if version < OLDEST:
        raise StoreError(
            f"{shown(connection.engine.url)} is PostgreSQL {version}:"
            f" wlcron needs {OLDEST} or newer"
        )
    if is_replica:
        raise StoreError(_told(connection.engine.url, "25006"))
    if encoding != "UTF8":
        raise StoreError(
            f"{shown(connection.engine.url)} is encoded in {encoding}:"
            " make another one with ENCODING 'UTF8'"
        )


def wait_for_others(connection: sa.Connection) -> None:
    """Have servers that migrate the same database go one after the other, as in SQLite."""
    connection.execute(sa.text(f"SELECT pg_advisory_xact_lock({_MIGRATING})"))


def sentence(error: BaseException | None, url: sa.URL) -> str:
    """Return what a person is told of an error of the driver; no password is in it."""
    cause = str(error).strip().partition("\n")[0]
    state = getattr(error, "sqlstate", None) or next(
        (state for words, state in _WORDS.items() if words in cause), ""
    )
    if state in _SENTENCES:
        return _told(url, state, cause.rpartition("FATAL:")[2].strip())
    return f"the database {shown(url)} cannot be used, see whether it runs: {cause}"


def shown(url: sa.URL) -> str:
    """Return a URL without its password and its options, which may hold one."""
    return sa.URL.create(
        NAME, url.username, None, url.host, url.port, url.database
    ).render_as_string()


class Bulletin:
    """What servers tell one another over their database, for as long as nobody needs it.

    What a transaction notes is sent with it, so that it is heard when it was committed, and not
    at all when it was not. Whoever sent it does not hear it.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._url = engine.url
        self._arguments: tuple[Any, Any] = engine.dialect.create_connect_args(engine.url)
        self._self = secrets.token_hex(4)
        sa.event.listen(engine, "commit", self._send)
        sa.event.listen(engine, "rollback", self._forget)

    async def news(self) -> AsyncGenerator[str, None]:
        """Yield names of duties as the port says, over a connection that is made again."""
        delay = _FIRST_DELAY
        while True:
            try:
                async with aclosing(self._heard()) as heard:
                    async for duty in heard:
                        delay = _FIRST_DELAY
                        yield duty
            except Exception as error:  # noqa: BLE001 -- everything is polled for, so go on
                _log.warning("news of other servers broke off", problem=sentence(error, self._url))
            await asyncio.sleep(delay.total_seconds())
            delay = min(2 * delay, _LONGEST_DELAY)

    async def _heard(self) -> AsyncGenerator[str, None]:
        async with await self._connect() as connection:
            await connection.execute(f"LISTEN {_CHANNEL}".encode())
            for duty in HEARING:  # nobody heard what was told until now
                yield duty
            while True:
                patience = _SIGN_OF_LIFE_EVERY.total_seconds()
                async for notification in connection.notifies(timeout=patience):
                    sender, _, duty = notification.payload.partition(" ")
                    if sender != self._self and duty in HEARING:
                        yield duty
                async with asyncio.timeout(_CONNECTING["connect_timeout"]):
                    await connection.execute(b"SELECT")

    async def _connect(self) -> "psycopg.AsyncConnection":
        import psycopg

        arguments, options = self._arguments
        return await psycopg.AsyncConnection.connect(
            *arguments, autocommit=True, **(_connecting(self._url) | options)
        )

    def _send(self, connection: sa.Connection) -> None:
        # One for each duty, however many wrote for it in this transaction.
        if duties := connection.info.pop(_NOTED, None):
            messages = [f"{self._self} {duty}" for duty in sorted(duties)]
            connection.exec_driver_sql(_TELL, (_CHANNEL, messages))

    def _forget(self, connection: sa.Connection) -> None:
        if not connection.invalidated:  # what was lost has taken its notes along
            connection.info.pop(_NOTED, None)


def tell(connection: sa.Connection, *duties: str) -> None:
    """Have other servers' duties woken when this transaction is committed."""
    if connection.dialect.name == NAME:
        connection.info.setdefault(_NOTED, set()).update(duties)


def _connecting(url: sa.URL) -> dict[str, Any]:
    return {name: value for name, value in _CONNECTING.items() if name not in url.query}


def _told(url: sa.URL, state: str, cause: str = "") -> str:
    what = _SENTENCES[state].format(cause=cause, name=url.database)
    return f"the database {shown(url)} {what}"
