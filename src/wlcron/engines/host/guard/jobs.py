"""The jobs that run below the guard, and what is true of them."""

import signal
import time
from collections.abc import Iterator

from wlcron.engines.host.guard.journal import Entry
from wlcron.engines.host.guard.output import Output
from wlcron.engines.host.limits import Group
from wlcron.engines.host.protocol import Record, boottime

DEADLINE = "deadline"
STOP = "stop"
SHUTDOWN = "shutdown"

_SHUT_DOWN = "ended with its guard, which was asked to end (does the machine shut down?)"
_UNSEEN = "it ran on after its guard had died, and ended unseen"
_OUT_OF_MEMORY = "out of memory: the kernel ended it at its limit"


class Job:
    """One execution that runs."""

    def __init__(self, entry: Entry, pid: int, output: Output | None, group: Group | None) -> None:
        self.entry = entry
        self.pid = pid
        self.output = output  # None: it was started by a guard that is dead now
        self.group = group
        self.began_at = boottime()
        self.cause = ""  # why it is being ended, if it is
        self.kill_at = 0.0  # by `boottime()`, when it is being ended
        self.is_warned = False  # whether it got its TERM
        self.is_over = False  # whether its first process has ended
        self.code: int | None = None  # of its first process

    @property
    def id(self) -> str:
        """Return the execution's id."""
        return self.entry["id"]

    def started(self) -> Record:
        """Say that it runs."""
        return self._record("started", self.entry["started_at"] or time.time(), "")

    def ended(self) -> Record:
        """Say how it ended, now."""
        if self.cause == DEADLINE:
            return self._record("timed-out", time.time(), "")
        if self.output is None and not self.cause:
            return self._record("gone", time.time(), _UNSEEN)
        return self._record("exited", time.time(), self._why())

    def _why(self) -> str:
        if self.cause == SHUTDOWN:
            return _SHUT_DOWN
        if self.group is not None and self.code and self.group.ran_out_of_memory():
            return _OUT_OF_MEMORY
        if self.code is not None and self.code > 128:  # noqa: PLR2004 - as shells count signals
            return _signal_sentence(self.code - 128)
        return ""

    def _record(self, kind: str, at: float, reason: str) -> Record:
        return {
            "id": self.id,
            "kind": kind,
            "at": at,
            "reason": reason,
            "code": self.code,
            "started_at": self.entry["started_at"],
            "deadline": self.entry["deadline"],
        }


class Jobs:
    """The jobs that run, by execution and by process."""

    def __init__(self) -> None:
        self._by_id: dict[str, Job] = {}
        self._by_pid: dict[int, Job] = {}

    def __len__(self) -> int:
        return len(self._by_id)

    def __iter__(self) -> Iterator[Job]:
        return iter(self._by_id.values())

    def add(self, job: Job) -> None:
        """Take a job that was started."""
        self._by_id[job.id] = job
        self._by_pid[job.pid] = job

    def remove(self, job: Job) -> None:
        """Let go of a job that is over."""
        del self._by_id[job.id]
        if self._by_pid.get(job.pid) is job:
            del self._by_pid[job.pid]

    def get(self, execution_id: str) -> Job | None:
        """Return the job of an execution, if it runs."""
        return self._by_id.get(execution_id)

    def of_process(self, pid: int) -> Job | None:
        """Return the job whose first process this is."""
        return self._by_pid.get(pid)


def _signal_sentence(number: int) -> str:
    try:
        return f"ended by signal {signal.Signals(number).name}"
    except ValueError:  # there is no such signal: it is an exit code like any other
        return ""
