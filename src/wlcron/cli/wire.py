"""HTTP/1.1, a socket for each request, and few imports, because start-up time counts here.

Proxies are ignored and redirects are not followed: the token goes to the address that was
named and nowhere else.
"""

import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from time import monotonic
from typing import NamedTuple

from wlcron.cli.response import Head, NotHttpError, ResponseReader
from wlcron.errors import WlcronError

DEFAULT_PORTS = {"http": 80, "https": 443}
CONNECT_SECONDS = 10.0
CHUNK = 65536
_URL = re.compile(
    r"(?P<scheme>https?)://(?:\[(?P<v6>[0-9a-fA-F:.]+)]|(?P<host>[A-Za-z0-9._-]+))"
    r"(?::(?P<port>[0-9]{1,5}))?(?P<prefix>/[!-~]*)?",
    re.ASCII,
)


class UnreachableError(WlcronError):
    """No server was reached, or nobody there speaks HTTP."""


class BrokenConnectionError(UnreachableError):
    """The connection ended in the middle; whether the request was acted upon is not known."""


class Address(NamedTuple):
    """Where a server listens."""

    url: str
    scheme: str
    host: str
    port: int
    prefix: str


class Request(NamedTuple):
    """What is asked; `target` is the path with its query, percent-encoded."""

    method: str
    target: str
    headers: Sequence[tuple[str, str]] = ()
    body: bytes = b""


def parse_address(url: str) -> Address:
    """Split `http://host:port/prefix`; ValueError with a plain sentence when it is none."""
    parts = _URL.fullmatch(url)
    if parts is None or int(parts["port"] or 1) not in range(1, 65536):
        raise ValueError(f'"{url}" is no address of a server: write http://host:port.')
    port = int(parts["port"] or DEFAULT_PORTS[parts["scheme"]])
    prefix = (parts["prefix"] or "").rstrip("/")
    return Address(url, parts["scheme"], parts["v6"] or parts["host"], port, prefix)


@contextmanager
def conversation(address: Address, *, patience: float | None) -> Iterator["Conversation"]:
    """Connect for one request; all waits together last `patience` seconds, or for ever."""
    with _connect(address) as connection:
        yield Conversation(address, connection, patience)


class Conversation:
    """One request and its answer."""

    def __init__(self, address: Address, connection: socket.socket, patience: float | None) -> None:
        self._address = address
        self._socket = connection
        self._ends_at = None if patience is None else monotonic() + patience
        self._reader = ResponseReader(self._receive)

    def ask(self, request: Request) -> Head:
        """Send a request and return the head of its answer."""
        self._send(request)
        with self._understanding():
            return self._reader.head()

    def body(self, head: Head) -> Iterator[bytes]:
        """Yield the bytes of the answer's body as they come."""
        with self._understanding():
            yield from self._reader.body(head)

    def _send(self, request: Request) -> None:
        headers = (
            ("Host", _host_header(self._address)),
            ("Connection", "close"),
            ("Content-Length", str(len(request.body))),
            *request.headers,
        )
        lines = [
            f"{request.method} {self._address.prefix}{request.target} HTTP/1.1",
            *(f"{name}: {value}" for name, value in headers),
        ]
        self._limit_wait()
        # A server that refuses early closes before it has read all: its answer is still to be read.
        with suppress(OSError):
            self._socket.sendall("".join(f"{line}\r\n" for line in (*lines, "")).encode())
            self._socket.sendall(request.body)

    def _receive(self) -> bytes:
        self._limit_wait()
        return self._socket.recv(CHUNK)

    def _limit_wait(self) -> None:
        left = None if self._ends_at is None else max(0.001, self._ends_at - monotonic())
        self._socket.settimeout(left)

    @contextmanager
    def _understanding(self) -> Iterator[None]:
        url = self._address.url
        try:
            yield
        except EOFError as error:
            raise BrokenConnectionError(f"{url} closed the connection too early.") from error
        except OSError as error:
            raise BrokenConnectionError(
                f"The connection to {url} broke ({_cause(error)})."
            ) from error
        except NotHttpError as error:
            raise UnreachableError(
                f"What answers at {url} is no wlcron server: {error}; name another with --url."
            ) from error


def _connect(address: Address) -> socket.socket:
    try:
        # As bytes (typeshed knows only str): text makes Python load its IDNA tables, for 2 ms.
        place = (address.host.encode(), address.port)
        plain = socket.create_connection(place, CONNECT_SECONDS)  # type: ignore[arg-type] # bytes, as above
        return plain if address.scheme == "http" else _encrypted(plain, address.host)
    except (OSError, UnicodeError) as error:
        raise UnreachableError(
            f"No server answers at {address.url} ({_cause(error)}): "
            "start one with `wl server`, or name another with --url or WL_URL."
        ) from error


def _host_header(address: Address) -> str:
    name = f"[{address.host}]" if ":" in address.host else address.host
    return name if address.port == DEFAULT_PORTS[address.scheme] else f"{name}:{address.port}"


def _encrypted(plain: socket.socket, host: str) -> socket.socket:
    import ssl

    return ssl.create_default_context().wrap_socket(plain, server_hostname=host)


def _cause(error: Exception) -> str:
    reason = error.strerror if isinstance(error, OSError) else None
    return (reason or str(error) or type(error).__name__).lower().rstrip(".")
