"""Finds and ends the guard of a data directory, by its id."""

import os
import select
import signal
import socket
import struct
from contextlib import suppress
from pathlib import Path

from wlcron.engines.host.protocol import open_directory, socket_address


def guard_of(data: Path) -> int | None:
    """Return the process id of the guard that listens in a data directory."""
    directory = open_directory(data)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as caller:
            caller.connect(socket_address(directory))
            credentials = caller.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12)
    except (FileNotFoundError, ConnectionRefusedError):
        return None
    finally:
        os.close(directory)
    return int(struct.unpack("3i", credentials)[0])


def end_guard(data: Path) -> None:
    """Kill the guard of a data directory, if there is one, and wait until it is gone."""
    guard = guard_of(data) if data.exists() else None
    if guard is None:
        return
    with suppress(ProcessLookupError):
        process = os.pidfd_open(guard)
        os.kill(guard, signal.SIGKILL)
        select.select([process], [], [])
        os.close(process)
