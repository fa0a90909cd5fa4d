"""The end records as the guard keeps them: what a full disk does not take is tried again."""

from pathlib import Path

from wlcron.engines.host.guard.loop import Loop
from wlcron.engines.host.protocol import Record, boottime
from wlcron.engines.host.records import read_record, unknown, write_record

_PATIENCE = 1.0  # seconds until a record that found no room is tried again
_NO_RECORD = "how it ended could not be kept: the machine lost its power, or its guard was killed"


class Archive:
    """All executions that are over, on disk or on their way to it."""

    def __init__(self, executions: Path, loop: Loop) -> None:
        self._executions = executions
        self._loop = loop
        self._waiting: dict[str, Record] = {}

    @property
    def is_complete(self) -> bool:
        """Whether everything is on disk."""
        return not self._waiting

    def folder(self, execution_id: str) -> Path:
        """Return the folder of an execution, for its log and its record."""
        return self._executions / execution_id

    def keep(self, record: Record) -> None:
        """Write a record, now or as soon as there is room."""
        try:
            write_record(self._executions, record)
        except OSError:
            if not self._waiting:
                self._loop.call_at(boottime() + _PATIENCE, self._try_again)
            self._waiting[record["id"]] = record

    def unwritten(self, execution_id: str) -> Record | None:
        """Return an end that found no room on the disk yet."""
        return self._waiting.get(execution_id)

    def is_ended(self, execution_id: str) -> bool:
        """Whether it is known how an execution ended."""
        return read_record(self._executions, execution_id) is not None

    def find(self, execution_id: str) -> Record | None:
        """Return what is known of an execution that does not run; None: it never ran."""
        if execution_id in self._waiting:
            return self._waiting[execution_id]
        if not self.folder(execution_id).exists():
            return None
        found = read_record(self._executions, execution_id)
        return found or unknown(execution_id, "gone", _NO_RECORD)

    def _try_again(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for record in waiting.values():
            self.keep(record)
