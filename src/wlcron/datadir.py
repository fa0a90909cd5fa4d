"""The data directory: who holds it, its token, and the name it goes by at the engines."""

import contextlib
import fcntl
import os
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self
from uuid import uuid4

from wlcron.bearer import parse_token
from wlcron.errors import ConfigurationError


@dataclass(slots=True)
class DataDir:
    """A directory that one server at a time holds; use it as a context manager."""

    path: Path
    _lock: int = -1

    def __enter__(self) -> Self:
        """Make the directory where it is missing, and take it; the kernel lets go at our end."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock = os.open(self.path / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise ConfigurationError(
                f"the data directory {self.path} cannot be used: {error.strerror};"
                " give another one with --data-dir"
            ) from error
        self._take()
        self.token()  # it is there before anybody can knock
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Let go of the directory."""
        os.close(self._lock)

    def token(self) -> str:
        """Return the API's token, made at the first start (mode 0600)."""
        with _explained(self.path / "token"):
            return parse_token(self._kept("token", secrets.token_urlsafe(32)))

    def instance(self) -> str:
        """Return the name under which this directory's executions go at an engine."""
        return self._kept("instance", uuid4().hex[:12])

    def engine(self) -> str:
        """Return the name of the engine that jobs run on here, empty before the first start."""
        path = self.path / "engine"
        return self._kept("engine", "") if path.exists() else ""

    def keep_engine(self, name: str) -> None:
        """Have jobs run on this engine from now on."""
        path = self.path / "engine"
        with _explained(path):
            _write_private(path, name + "\n")

    def _take(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = os.read(self._lock, 20).decode() or "unknown"
            raise ConfigurationError(
                f"another server (process {holder}) holds the data directory {self.path}:"
                " stop it, or give another one with --data-dir"
            ) from error
        os.ftruncate(self._lock, 0)
        os.write(self._lock, str(os.getpid()).encode())

    def _kept(self, name: str, fresh: str) -> str:
        path = self.path / name
        with _explained(path):
            if not path.exists() or not path.read_text().strip():
                _write_private(path, fresh + "\n")
            return path.read_text().strip()


@contextlib.contextmanager
def _explained(path: Path) -> Iterator[None]:
    try:
        yield
    except (OSError, ValueError) as error:
        raise ConfigurationError(f"{path} cannot be used: {error}; mend or remove it") from error


def _write_private(path: Path, text: str) -> None:
    # Written aside and moved: a half-written token must never be read.
    fresh = path.with_suffix(".new")
    with open(fresh, "w", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(text)
        os.fsync(file.fileno())
    fresh.replace(path)
