"""The pipe that a job writes to, and its way into the log."""

import os
from pathlib import Path

from wlcron.logs import CHUNK, LogWriter

_LAST_READS = 16  # what a pipe holds, and something for those who were writing


class Output:
    """One pipe: the job writes to `entry`, the guard reads from `file`, without waiting."""

    def __init__(self, directory: Path, limit: int) -> None:
        self.file, self.entry = os.pipe()
        os.set_blocking(self.file, False)
        self._log = LogWriter(directory, limit)
        self.is_open = True

    def close_entry(self) -> None:
        """Close our copy of the job's end, so that the job's exit ends the pipe."""
        os.close(self.entry)

    def read_some(self) -> bool:
        """Move what is there into the log, at most one chunk; return False when it has ended."""
        try:
            data = os.read(self.file, CHUNK)
        except BlockingIOError:
            return True
        if data:
            self._log.write(data)
        return bool(data)

    def finish(self) -> None:
        """Take what is left, and close; whoever still holds the other end writes no more."""
        for _ in range(_LAST_READS):
            try:
                data = os.read(self.file, CHUNK)
            except BlockingIOError:
                break
            if not data:
                break
            self._log.write(data)
        self.close()

    def close(self) -> None:
        """Close pipe and log."""
        if self.is_open:
            self.is_open = False
            os.close(self.file)
            self._log.close()
