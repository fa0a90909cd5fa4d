"""HTTP/1.1 over one socket per request: h11 and nothing else, because start-up time counts here.

Proxies are ignored and redirects are not followed: the token goes to the address that was
named and nowhere else.
"""

import re
import socket
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from time import monotonic
from typing import NamedTuple

import h11

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


class Head(NamedTuple):
    """How an answer begins; the names of the headers are in lower case."""

    status: int
    headers: dict[str, str]


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
        self._protocol = h11.Connection(h11.CLIENT)
        self._hung_up = False

    def ask(self, request: Request) -> Head:
        """Send a request and return the head of its answer."""
        self._send(request)
        while isinstance(event := self._next_event(), h11.InformationalResponse):
            pass
        if not isinstance(event, h11.Response):
            raise self._misunderstood()
        headers = {name.decode(): value.decode("latin-1") for name, value in event.headers}
        return Head(event.status_code, headers)

    def body(self) -> Iterator[bytes]:
        """Yield the bytes of the answer's body as they come."""
        while isinstance(event := self._next_event(), h11.Data):
            yield bytes(event.data)

    def _send(self, request: Request) -> None:
        headers = [
            ("Host", _host_header(self._address)),
            ("Connection", "close"),
            ("Content-Length", str(len(request.body))),
            *request.headers,
        ]
        target = self._address.prefix + request.target
        head = h11.Request(method=request.method, target=target, headers=headers)
        events = (head, h11.Data(data=request.body), h11.EndOfMessage())
        self._limit_wait()
        # A server that refuses early closes before it has read all: its answer is still to be read.
        with suppress(OSError):
            self._socket.sendall(b"".join(self._protocol.send(event) or b"" for event in events))

    def _next_event(self) -> object:
        try:
            while (event := self._protocol.next_event()) is h11.NEED_DATA:
                self._protocol.receive_data(self._receive())
        except h11.RemoteProtocolError as error:
            raise self._misunderstood() from error
        return event

    def _receive(self) -> bytes:
        self._limit_wait()
        try:
            data = self._socket.recv(CHUNK)
        except OSError as error:
            raise BrokenConnectionError(
                f"The connection to {self._address.url} broke ({_cause(error)}); try again."
            ) from error
        self._hung_up = not data
        return data

    def _limit_wait(self) -> None:
        left = None if self._ends_at is None else max(0.001, self._ends_at - monotonic())
        self._socket.settimeout(left)

    def _misunderstood(self) -> UnreachableError:
        url = self._address.url
        if self._hung_up:
            return BrokenConnectionError(f"{url} closed the connection too early; try again.")
        return UnreachableError(f"What answers at {url} is no wlcron server: it speaks no HTTP.")


def _connect(address: Address) -> socket.socket:
    try:
        # As bytes (typeshed knows only str): text makes Python load its IDNA tables, for 2 ms.
        place = (address.host.encode(), address.port)
        plain = socket.create_connection(place, CONNECT_SECONDS)  # type: ignore[arg-type]
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
