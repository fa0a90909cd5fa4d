"""What executions write: the head and the tail are kept on disk, the middle is counted and dropped.

A log is a folder of files named after the place of their first byte in what was written:
`log.00000000000000000000` is the head, the others are segments of the tail, of which the oldest
makes room for the newest. A reader that knows its own place therefore sees what it has missed.
The guard of the host engine imports this module, so it imports little.
"""

import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from pathlib import Path

DEFAULT_LIMIT = 10 * 1024 * 1024  # bytes
CHUNK = 65_536  # bytes read at once
_POLL = 0.1  # seconds between two looks at a log that may grow
_SEGMENTS = 5  # of an eighth of the limit: four make half of it, the fifth is being written
_PREFIX = "log."


class LogWriter:
    """Writes a log of at most `limit` bytes (and a segment of an eighth) below a folder.

    The folder is made when there is something to write; a log that exists is continued.
    `write` never raises and never waits for room: what a full disk does not take is counted,
    and a line in the log says so when there is room again.
    """

    def __init__(self, directory: Path, limit: int = DEFAULT_LIMIT) -> None:
        self._directory = directory
        self._head_size = limit // 2
        self._segment_size = max(limit // 8, 1)
        self._file: int | None = None
        self._room = 0  # bytes that the open file still takes
        self._place = -1  # of the next byte; -1: not looked yet
        self._lost = 0  # bytes that found no room since the last line that says so

    def write(self, data: bytes) -> None:
        """Append what was written; what finds no room on the disk is dropped and counted."""
        if self._lost and not self._append(_lost_line(self._lost)):
            self._lost = 0
        self._lost += len(data) if self._lost else self._append(data)

    def close(self) -> None:
        """Close the file that is open."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _append(self, data: bytes) -> int:
        """Write the data and return how many bytes of it found no room."""
        rest = memoryview(data)
        try:
            while rest:
                file = self._file if self._file is not None and self._room else self._open_next()
                count = os.write(file, rest[: self._room])
                self._place += count
                self._room -= count
                rest = rest[count:]
        except OSError:
            return len(rest)
        return 0

    def _open_next(self) -> int:
        self.close()
        self._directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        files = _files(self._directory)
        if self._place < 0:
            self._place = files[-1][0] + files[-1][1].stat().st_size if files else 0
        for _, oldest in files[1 : 1 - _SEGMENTS]:
            oldest.unlink()
        path = self._directory / f"{_PREFIX}{self._place:020d}"
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        self._room = self._segment_size if self._place else max(self._head_size, 1)
        return self._file


class LogReader:
    """Reads a log from its beginning, also while it is written."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._file: int | None = None
        self._opened = -1  # the place where the open file begins
        self._place = 0
        self._last = b"\n"

    def read(self) -> bytes:
        """Return the next bytes, or none where there are no more yet."""
        while True:
            # Looked up first: a file with a follower is complete, so that reading it to its end
            # afterwards misses nothing.
            following = [item for item in _files(self._directory) if item[0] > self._opened]
            if chunk := self._read_open_file():
                return chunk
            if not following:
                return b""
            if gap := self._open(*following[0]):
                return gap

    def close(self) -> None:
        """Close the file that is open."""
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _read_open_file(self) -> bytes:
        chunk = os.read(self._file, CHUNK) if self._file is not None else b""
        self._place += len(chunk)
        self._last = chunk[-1:] or self._last
        return chunk

    def _open(self, place: int, path: Path) -> bytes:
        try:
            file = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:  # it made room for a newer one just now
            return b""
        self.close()
        self._file, self._opened = file, place
        missed, self._place = place - self._place, place
        if missed <= 0:
            return b""
        return (b"" if self._last == b"\n" else b"\n") + _left_out_line(missed)


def read_log(directory: Path) -> Iterator[bytes]:
    """Yield what a log holds now, head first; a line says how much is left out between."""
    reader = LogReader(directory)
    try:
        while chunk := reader.read():
            yield chunk
    finally:
        reader.close()


async def follow_log(
    directory: Path, is_over: Callable[[], Awaitable[bool]]
) -> AsyncIterator[bytes]:
    """Yield a log from its beginning as it is written, until `is_over()` and all was yielded."""
    import asyncio  # here, because the guard, which never follows, would load it for nothing

    reader = LogReader(directory)
    try:
        while True:
            over = await is_over()  # asked before reading: what was written by then is read below
            while chunk := reader.read():
                yield chunk
            if over:
                return
            await asyncio.sleep(_POLL)
    finally:
        reader.close()


def _files(directory: Path) -> list[tuple[int, Path]]:
    """List the files of a log with the place of their first byte, in order."""
    try:
        paths = list(directory.iterdir())
    except (FileNotFoundError, NotADirectoryError):
        return []
    places = ((path.name.removeprefix(_PREFIX), path) for path in paths)
    return sorted((int(place), path) for place, path in places if place.isdigit())


def _left_out_line(count: int) -> bytes:
    return f"… {count:,} bytes left out …\n".encode()


def _lost_line(count: int) -> bytes:
    return f"\n… {count:,} bytes lost here: the disk was full …\n".encode()
