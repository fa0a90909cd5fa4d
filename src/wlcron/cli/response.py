"""Reads an HTTP/1.1 response (RFC 9112) from whatever yields its bytes.

Of our own because of start-up time: h11 takes a tenth of `wl cron status` to import. The tests
hold it against h11.
"""

from collections.abc import Callable, Iterator
from typing import NamedTuple

LONGEST_LINE = 65536
MOST_HEADERS = 200
LONGEST_SIZE = 15
NO_BODY = (204, 304)
FIRST_FINAL_STATUS = 200
_DIGITS = {10: frozenset(b"0123456789"), 16: frozenset(b"0123456789abcdefABCDEF")}


class NotHttpError(ValueError):
    """What was read is no HTTP."""


class Head(NamedTuple):
    """How a response begins; the names of the headers are in lower case."""

    status: int
    headers: dict[str, str]


class ResponseReader:
    """Reads one response; `receive` returns bytes as they come, and b"" at their end.

    Raises NotHttpError, and EOFError when the bytes end too early.
    """

    def __init__(self, receive: Callable[[], bytes]) -> None:
        self._receive = receive
        self._buffer = b""

    def head(self) -> Head:
        """Read up to the body, over any interim responses."""
        while True:
            status = _status(self._line())
            headers = dict(self._headers())
            if status >= FIRST_FINAL_STATUS:
                return Head(status, headers)

    def body(self, head: Head) -> Iterator[bytes]:
        """Yield the bytes of the body as they come."""
        if head.status in NO_BODY:
            return iter(())
        if "transfer-encoding" in head.headers:
            return self._chunks(head.headers["transfer-encoding"])
        if "content-length" in head.headers:
            return self._exactly(_size(head.headers["content-length"].encode("latin-1"), base=10))
        return self._rest()

    def _headers(self) -> Iterator[tuple[str, str]]:
        for _ in range(MOST_HEADERS):
            line = self._line()
            if not line:
                return
            name, colon, value = line.decode("latin-1").partition(":")
            if not colon or not name or name != name.strip():
                raise NotHttpError("a header has no name")
            yield name.lower(), value.strip(" \t")
        raise NotHttpError("there is no end of headers")

    def _chunks(self, encoding: str) -> Iterator[bytes]:
        if encoding.lower() != "chunked":
            raise NotHttpError("the transfer encoding is unknown")
        while size := _size(self._line().partition(b";")[0].rstrip(b" \t"), base=16):
            yield from self._exactly(size)
            if self._line():
                raise NotHttpError("a chunk is longer than it says")
        dict(self._headers())  # trailers mean nothing here

    def _exactly(self, size: int) -> Iterator[bytes]:
        left = size
        while left:
            part = self._some()[:left]
            self._buffer = self._buffer[len(part) :]
            left -= len(part)
            yield part

    def _rest(self) -> Iterator[bytes]:
        part, self._buffer = self._buffer, b""
        while part or (part := self._receive()):
            yield part
            part = b""

    def _line(self) -> bytes:
        while (end := self._buffer.find(b"\n")) < 0:
            if len(self._buffer) > LONGEST_LINE:
                raise NotHttpError("a line has no end")
            self._more()
        line, self._buffer = self._buffer[:end], self._buffer[end + 1 :]
        return line.removesuffix(b"\r")

    def _some(self) -> bytes:
        if not self._buffer:
            self._more()
        return self._buffer

    def _more(self) -> None:
        received = self._receive()
        if not received:
            raise EOFError
        self._buffer += received


def _status(line: bytes) -> int:
    version, _, rest = line.partition(b" ")
    code = rest[:3]
    if version not in (b"HTTP/1.0", b"HTTP/1.1") or not code.isdigit() or rest[3:4].strip():
        raise NotHttpError("there is no status line")
    return int(code)


def _size(digits: bytes, *, base: int) -> int:
    # int() alone would also take signs and underscores.
    if not 0 < len(digits) <= LONGEST_SIZE or not _DIGITS[base].issuperset(digits):
        raise NotHttpError("a size is no number")
    return int(digits, base)
