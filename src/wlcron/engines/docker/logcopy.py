"""Our copy of one log, and how far it goes in the daemon's."""

import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from wlcron.engines.docker.connection import DaemonError
from wlcron.logs import LogWriter

_HEADER = 8  # bytes: one for the stream, three zeros, four for the length
_PLACE = "copied"
_LONGEST_PLACE = 128
_TO_THE_SECOND = 19  # characters of an instant
_MARKS = 3
_BEGINNING = b"-"
_STREAMS = frozenset({0, 1, 2, 3})  # input, output, error, and the daemon's own
_LONGEST_FRAME = 16 * 1024 * 1024  # bytes; Docker's have 16 KiB, Podman's are whole lines
_INSTANT = re.compile(
    rb"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,9})?"
    rb"(?:Z|[+-][0-9]{2}:[0-9]{2})"
)
_NONSENSE = "what it sends as a log makes no sense"
_NO_MORE = b"\n[wlcron: from here on, what the daemon sends as this log makes no sense]\n"


@dataclass(slots=True)
class _Mark:
    """An instant, and how many of the frames that are here are not older."""

    instant: bytes
    frames: int


@dataclass(slots=True)
class Place:
    """How far a copy goes: a mark, and the newest instant that is here.

    The daemon stamps the two streams of a job side by side, so that its frames are not quite in
    the order of their instants. It sends all that are not older than a given one, always in the
    same order. So a copy goes on from a mark that lies a second back, and leaves out as many
    frames as are here since the mark.
    """

    newest: bytes = b""
    # The oldest is the one to go on from; the first of all is the beginning itself.
    _marks: list[_Mark] = field(default_factory=lambda: [_Mark(b"", 0)])
    _skip: int = 0

    @classmethod
    def parse(cls, text: bytes) -> "Place":
        """Return the place that `str` has written; raises ValueError."""
        instant, frames, newest = text.split()
        mark = _Mark(b"" if instant == _BEGINNING else instant, int(frames))
        for known in filter(None, (mark.instant, newest)):
            seconds(known)
        return cls(newest, [mark], mark.frames)

    def __bytes__(self) -> bytes:
        mark = self._marks[0]
        return b"%b %d %b" % (mark.instant or _BEGINNING, mark.frames, self.newest)

    @property
    def since(self) -> str:
        """Return the instant to go on from, in seconds, or "" at the beginning."""
        instant = self._marks[0].instant
        return seconds(instant) if instant else ""

    def stamps(self, instant: bytes) -> bool:
        """Whether this is an instant; the daemon's own words in a log have none."""
        if _INSTANT.fullmatch(instant) is None:
            return False
        if instant[:_TO_THE_SECOND] == self.newest[:_TO_THE_SECOND]:
            return True
        try:
            seconds(instant)
        except ValueError:  # the thirtieth of February
            return False
        return True

    def is_new(self, instant: bytes) -> bool:
        """Whether the next frame, of this instant, is not here yet; it is from now on."""
        if self._skip and instant <= self.newest:
            self._skip -= 1
            return False
        self._skip = 0
        for mark in self._marks:
            if instant >= mark.instant:
                mark.frames += 1
        if instant > self.newest:
            self._advance(instant)
        return True

    def _advance(self, instant: bytes) -> None:
        if instant[:_TO_THE_SECOND] > self.newest[:_TO_THE_SECOND]:
            self._marks = [*self._marks[1 - _MARKS :], _Mark(instant, 1)]
        self.newest = instant


class LogCopy:
    """Takes the daemon's stream of a log, which has timestamps, and writes what is new.

    The place is saved with each piece, so that a server that is killed repeats nothing.
    """

    def __init__(self, directory: Path, limit: int) -> None:
        self.place = _read_place(directory / _PLACE)
        self.taken = 0  # bytes since it was opened
        self._directory = directory
        self._log = LogWriter(directory, limit)
        self._file: int | None = None
        self._rest = bytearray()

    @property
    def held(self) -> int:
        """How many bytes are here of a frame that is not whole."""
        return len(self._rest)

    def take(self, chunk: bytes) -> None:
        """Write what is new in the next piece of the stream.

        Raises DaemonError where it is no log.
        """
        self._rest += chunk
        texts: list[bytes] = []
        try:
            for frame in self._frames():
                texts += self._new_in(frame)
        except DaemonError:
            texts.append(_NO_MORE)
            raise
        finally:
            self._write(texts)

    def close(self) -> None:
        """Close the files."""
        self._log.close()
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _new_in(self, frame: bytes) -> list[bytes]:
        """Return what a frame adds."""
        instant, _, text = frame.partition(b" ")
        if not self.place.stamps(instant):
            return [frame]  # it does not come again, so it does not count for the place
        return [text] if self.place.is_new(instant) else []

    def _frames(self) -> Iterator[bytes]:
        """Yield the frames that are whole, and keep what follows them."""
        rest, at = self._rest, 0
        while at + _HEADER <= len(rest):
            begin = at + _HEADER
            end = begin + _size(rest[at:begin])
            if end > len(rest):
                break
            yield bytes(rest[begin:end])
            at = end
        del rest[:at]

    def _write(self, texts: list[bytes]) -> None:
        if texts:
            written = b"".join(texts)
            self.taken += len(written)
            self._log.write(written)
            self._save_place()

    def _save_place(self) -> None:
        with suppress(OSError):  # a full disk: the log itself says so
            if self._file is None:
                flags = os.O_WRONLY | os.O_CREAT | os.O_CLOEXEC
                self._file = os.open(self._directory / _PLACE, flags, 0o600)
            os.pwrite(self._file, bytes(self.place).ljust(_LONGEST_PLACE), 0)


def seconds(instant: bytes) -> str:
    """Return an instant (RFC 3339) in seconds of the epoch, with all its nanoseconds.

    Raises ValueError when it is none.
    """
    text = instant.decode("ascii")
    whole = datetime.fromisoformat(text).replace(microsecond=0)
    fraction = (
        text[_TO_THE_SECOND + 1 :] if text[_TO_THE_SECOND : _TO_THE_SECOND + 1] == "." else ""
    )
    digits = fraction.rstrip("Z").split("+")[0].split("-")[0]
    return f"{int(whole.timestamp())}.{digits:0<9}"


def _size(header: bytes | bytearray) -> int:
    """Return the size of the frame that follows; raises DaemonError for what is no header."""
    size = int.from_bytes(header[4:], "big")
    if header[0] not in _STREAMS or any(header[1:4]) or size > _LONGEST_FRAME:
        raise DaemonError(HTTPStatus.OK, _NONSENSE)
    return size


def _read_place(path: Path) -> Place:
    try:
        return Place.parse(path.read_bytes())
    except (OSError, ValueError):  # nothing was copied, or nobody knows what
        return Place()
