"""Starts the guard process of a data directory."""

import asyncio
import os
import sys
from datetime import timedelta
from pathlib import Path

from wlcron.errors import EngineUnavailableError

# What a Python and its jobs need to begin; the server's secrets are not among it.
_PASSED_ON = ("PATH", "HOME", "LANG", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH")
_PATIENCE = 20.0  # seconds


async def launch(data: Path, idle: timedelta) -> None:
    """Start the guard and return when it listens, or when there is one already.

    It ends when it was idle, and without a server, for so long. Raises EngineUnavailableError.
    """
    log = data / "guard.log"
    try:
        errors = _open_log(log)
    except OSError as error:
        raise EngineUnavailableError(
            f"the guard of the host engine cannot begin: {error}"
        ) from error
    try:
        said = await _said_by_guard(data, idle, errors)
    except TimeoutError as error:
        raise EngineUnavailableError("the guard of the host engine does not get ready") from error
    finally:
        os.close(errors)
    if said not in (b"ready", b"taken"):
        *_, last = ["it says nothing", *log.read_text(errors="replace").splitlines()]
        raise EngineUnavailableError(f"the guard of the host engine cannot be started: {last}")


async def _said_by_guard(data: Path, idle: timedelta, errors: int) -> bytes:
    """Return the one word that a guard says when it has begun; the process itself lives on."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-P",  # whatever lies in the current directory is no module of ours
        "-m",
        "wlcron.engines.host.guard",
        str(data),
        str(idle.total_seconds()),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=errors,
        env={name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        start_new_session=True,
    )
    async with asyncio.timeout(_PATIENCE):
        said, _ = await process.communicate()
    return said.strip()


def _open_log(path: Path) -> int:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o600)
