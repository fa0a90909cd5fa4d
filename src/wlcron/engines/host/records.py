"""The end records: one file in the folder of each execution that is over."""

import errno
import os
import time
from pathlib import Path

from wlcron.engines.host import shapes
from wlcron.engines.host.protocol import RECORD, Record, encode

_NAME = "end.json"


def write_record(executions: Path, record: Record) -> None:
    """Keep how an execution ended; raises OSError where the disk does not take it.

    The line's end, written with the rest in one go, is what makes the record valid.
    """
    directory = executions / record["id"]
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    data = encode(record)
    file = os.open(directory / _NAME, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
    try:
        write_all(file, data)
    finally:
        os.close(file)


def write_all(file: int, data: bytes) -> None:
    """Write in one go; raises OSError where the disk takes only a part."""
    if os.write(file, data) < len(data):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def unknown(execution_id: str, kind: str, reason: str) -> Record:
    """Make the record of an execution of which there is neither start nor exit code to tell."""
    return {
        "id": execution_id,
        "kind": kind,
        "at": time.time(),
        "reason": reason,
        "code": None,
        "started_at": None,
        "deadline": None,
    }


def read_record(executions: Path, execution_id: str) -> Record | None:
    """Return how an execution ended, or None when it did not, or nothing is known of that.

    A disk that lost its power may have kept anything of what was written.
    """
    try:
        data = (executions / execution_id / _NAME).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return None
    if not data.endswith(b"\n"):
        return None
    try:
        record: Record = shapes.read(data, RECORD)
    except ValueError:
        return None
    return record if record["id"] == execution_id else None
