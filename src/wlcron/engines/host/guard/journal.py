"""The journal: which executions the guard was asked to start and did not see the end of.

A line is on the disk before its job is spawned, so that no death of guard or machine makes an
execution run twice. One file for all, because a line costs a hundredth of what a file does.
"""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import TypedDict

from wlcron.engines.host import shapes
from wlcron.engines.host.protocol import encode
from wlcron.engines.host.records import write_all

_NAME = "guard.journal"
_LONG = 4_000_000  # bytes


class Entry(TypedDict):
    """What has to be known of an execution when its guard died."""

    id: str
    deadline: float
    ends_at: float
    grace: float
    pid: int | None
    started_at: float | None
    withdrawn: bool  # nothing was started: it may be tried again


_ENTRY: shapes.Shape = {
    "id": shapes.is_id,
    "deadline": shapes.is_seconds,
    "ends_at": shapes.is_seconds,
    "grace": shapes.is_seconds,
    "pid": shapes.or_none(shapes.is_count),
    "started_at": shapes.or_none(shapes.is_seconds),
    "withdrawn": shapes.is_flag,
}


class Journal:
    """An append-only file that is shortened to what still runs."""

    def __init__(self, data: Path) -> None:
        self._path = data / _NAME
        self._file = _open(self._path)
        if not self._path.read_bytes().endswith(b"\n"):
            os.write(self._file, b"\n")  # so that a line that was torn ends before the next one
        self._size = os.fstat(self._file).st_size
        self._kept = 0  # bytes that were left when it was shortened last

    def entries(self) -> list[Entry]:
        """Return the last entry of each execution; a line that was not finished does not count."""
        found: dict[str, Entry] = {}
        for line in self._path.read_bytes().split(b"\n")[:-1]:
            try:
                entry: Entry = shapes.read(line, _ENTRY)
            except ValueError:  # a power failure tore it
                continue
            found[entry["id"]] = entry
        return list(found.values())

    def append(self, entries: Iterable[Entry], *, durable: bool) -> None:
        """Add entries, all or none; raises OSError where the disk does not take them."""
        if not (data := _lines(entries)):
            return
        try:
            write_all(self._file, data)
            if durable:
                os.fdatasync(self._file)
        except OSError:
            os.ftruncate(self._file, self._size)
            raise
        self._size += len(data)

    def shorten(self, running: Iterable[Entry]) -> None:
        """Keep only what runs, if that is worth it; raises OSError where there is no room."""
        running = list(running)
        if self._size and not running:
            os.ftruncate(self._file, 0)
            self._size = 0
        elif self._size > _LONG + 2 * self._kept:
            self._replace(_lines(running))

    def _replace(self, data: bytes) -> None:
        path = self._path.with_suffix(".new")
        path.unlink(missing_ok=True)
        file = _open(path)
        try:
            write_all(file, data)
            os.fsync(file)
            path.replace(self._path)
        except OSError:
            os.close(file)
            raise
        os.close(self._file)
        self._file, self._size, self._kept = file, len(data), len(data)


def _open(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)


def _lines(entries: Iterable[Entry]) -> bytes:
    return b"".join(map(encode, entries))
