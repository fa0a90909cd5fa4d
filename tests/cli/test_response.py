"""Reading HTTP: the same as h11 reads, and nothing but its two errors on anything else."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import NamedTuple

import h11
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlcron.cli.response import LONGEST_LINE, NotHttpError, ResponseReader

Cut = list[int]
cuts = st.lists(st.integers(1, 50), max_size=30)
names = st.from_regex(r"[A-Za-z][A-Za-z-]{0,10}", fullmatch=True).map(lambda name: f"X-{name}")
values = st.from_regex(r"([!-~]([ -~]{0,20}[!-~])?)?", fullmatch=True)


def receiver(stream: bytes, cut: Cut) -> Callable[[], bytes]:
    """Return a receive function that yields the bytes in pieces of these sizes, then the rest."""

    def pieces() -> Iterator[bytes]:
        left = stream
        for size in cut:
            yield left[:size]
            left = left[size:]
        yield left

    waiting = filter(None, pieces())
    return lambda: next(waiting, b"")


def read(stream: bytes, cut: Cut) -> tuple[int, dict[str, str], bytes]:
    """Read a whole response."""
    reader = ResponseReader(receiver(stream, cut))
    head = reader.head()
    return head.status, head.headers, b"".join(reader.body(head))


class Written(NamedTuple):
    """What a server answers, and how."""

    status: int
    headers: dict[str, str]
    parts: list[bytes]
    framing: str
    interim: bool

    def stream(self) -> bytes:
        """Return the bytes that h11 makes of it."""
        server = h11.Connection(h11.SERVER)
        version = b"1.0" if self.framing == "close" else b"1.1"
        server.receive_data(b"GET / HTTP/" + version + b"\r\nHost: a\r\n\r\n")
        server.next_event()
        server.next_event()
        return b"".join(server.send(event) or b"" for event in self._events())

    def _events(self) -> Iterator[h11.Event]:
        if self.interim:
            yield h11.InformationalResponse(status_code=103, headers=[])
        headers = [*self.headers.items(), *self._framing()]
        yield h11.Response(status_code=self.status, headers=headers)
        yield from (h11.Data(data=part) for part in self.parts)
        yield h11.EndOfMessage()

    def _framing(self) -> list[tuple[str, str]]:
        if self.framing == "length":
            return [("Content-Length", str(sum(map(len, self.parts))))]
        return [("Transfer-Encoding", "chunked")] if self.framing == "chunked" else []


written = st.builds(
    Written,
    status=st.sampled_from([200, 201, 202, 404, 500]),
    headers=st.dictionaries(names, values, max_size=5),
    parts=st.lists(st.binary(min_size=1, max_size=200), max_size=5),
    framing=st.sampled_from(["chunked", "length", "close"]),
    interim=st.booleans(),
)


@given(written=written, cut=cuts)
def test_what_h11_writes_is_read(written: Written, cut: Cut) -> None:
    """However it is framed, and in whatever pieces it arrives."""
    status, headers, content = read(written.stream(), cut)
    assert (status, content) == (written.status, b"".join(written.parts))
    assert {
        name.lower(): value for name, value in written.headers.items()
    }.items() <= headers.items()


@given(stream=st.binary(max_size=300), cut=cuts)
def test_garbage_ends_in_one_of_two_errors(stream: bytes, cut: Cut) -> None:
    """Or is read; nothing else happens."""
    with suppress(NotHttpError, EOFError):
        read(stream, cut)


HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@given(tail=st.lists(st.sampled_from([b"5", b"\r\n", b"\n", b"0", b"hello", b"-1", b";", b"\xff"])))
def test_garbled_chunks_end_in_one_of_two_errors(tail: list[bytes]) -> None:
    """Nor do they loop."""
    with suppress(NotHttpError, EOFError):
        read(HEAD + b"".join(tail), [])


@pytest.mark.parametrize(
    "stream",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell",
        b"HTTP/1.1 200 OK\r\nContent-Len",
        HEAD + b"5\r\nhello\r\n",
        HEAD + b"5\r\nhello\r\n0\r\n",
        b"",
    ],
)
def test_an_answer_that_was_cut_off_is_never_taken_for_whole(stream: bytes) -> None:
    """EOFError, wherever the end is missing."""
    with pytest.raises(EOFError):
        read(stream, [])


@pytest.mark.parametrize(
    "stream",
    [
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"HTTP/2 200\r\n\r\n",
        b"HTTP/1.1 2000 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nno colon\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n folded: yes\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: +5\r\n\r\nhello",
        b"HTTP/1.1 200 OK\r\nContent-Length: 1_0\r\n\r\n0123456789",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 1000,
        HEAD + b"0x5\r\nhello\r\n0\r\n\r\n",
        HEAD + b"4\r\nhello\r\n0\r\n\r\n",
        b"x" * (LONGEST_LINE + 1),
    ],
)
def test_what_is_no_http_is_refused(stream: bytes) -> None:
    """At once, without waiting for more of it."""
    with pytest.raises(NotHttpError):
        read(stream, [])


def test_no_content_has_no_body() -> None:
    """Whatever its headers say."""
    assert read(b"HTTP/1.1 204 No Content\r\nContent-Length: 5\r\n\r\n", [])[2] == b""
