"""Who uses a state folder: locks of the kernel, so a killed user is forgotten at once."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from lab.trouble import LabError


class Lease:
    """One user's share of the private daemon of a state folder."""

    def __init__(self, state: Path) -> None:
        try:
            state.mkdir(parents=True, exist_ok=True)
            self._changes = (state / "changes.lock").open("w")
            self._users = (state / "users.lock").open("w")
        except OSError as error:
            raise LabError(f"{state} cannot be used as state folder: {error.strerror}") from error

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Hold off everybody else who would start or stop the daemon."""
        fcntl.flock(self._changes, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.flock(self._changes, fcntl.LOCK_UN)

    def take(self) -> None:
        """Become one of the users."""
        fcntl.flock(self._users, fcntl.LOCK_SH)

    def drop(self) -> None:
        """Be a user no more."""
        fcntl.flock(self._users, fcntl.LOCK_UN)

    def is_held(self) -> bool:
        """Whether somebody else is a user; ask only while changing and not a user oneself."""
        try:
            fcntl.flock(self._users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        self.drop()
        return False
