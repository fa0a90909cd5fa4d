"""Takes note of processes that ended, and ends those that an execution left behind."""

import os
import signal
from contextlib import suppress

from wlcron.engines.host.guard import processes
from wlcron.engines.host.guard.ending import Ender
from wlcron.engines.host.guard.jobs import Job, Jobs
from wlcron.engines.host.protocol import boottime

_BATCH = 64
_TICK = 0.05  # seconds; the kernel counts the age of processes in hundredths
_LONGEST_WAIT = 1.0  # seconds that ends wait while there is something to start


class Reaper:
    """Reaps children: jobs, and orphans that became the guard's."""

    def __init__(self, jobs: Jobs, ender: Ender) -> None:
        self._jobs = jobs
        self._ender = ender
        self._called_at: float | None = None

    def call(self) -> None:
        """Take note that a child, or an execution, has ended."""
        if self._called_at is None:
            self._called_at = boottime()

    def is_wanted(self, *, later: bool) -> bool:
        """Whether there is something to reap; `later`: unless it can wait."""
        if self._called_at is None:
            return False
        return not later or boottime() - self._called_at > _LONGEST_WAIT

    def reap_some(self) -> None:
        """Reap some of the children that have ended."""
        self._called_at = None
        over: list[tuple[Job, int]] = []
        reaped = 0
        while reaped < _BATCH and (pid := _ended_child()) is not None:
            reaped += 1
            self._reap(pid, over)
        if reaped == _BATCH:
            self.call()
        # Who is being ended has a grace, and its children have it too.
        self._end_orphans({job.pid for job, _ in over if not job.cause})
        for job, code in over:
            self._ender.first_process_ended(job, code)

    def _reap(self, pid: int, over: list[tuple[Job, int]]) -> None:
        job = self._jobs.of_process(pid)
        if job is not None and not job.cause:
            # Before it is reaped: until then nobody else can be given its number.
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        if job is not None and not job.is_over:
            code = os.waitstatus_to_exitcode(status)
            over.append((job, code if code >= 0 else 128 - code))

    def _end_orphans(self, over: set[int]) -> None:
        """Kill the guard's own children that no running execution answers for."""
        for pid in processes.children():
            job = self._jobs.of_process(pid)
            if (job is None or job.is_over) and not self._is_wanted_by_a_job(pid, over):
                with suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def _is_wanted_by_a_job(self, pid: int, over: set[int]) -> bool:
        execution_id = processes.execution_of(pid)
        if execution_id:
            job = self._jobs.get(execution_id)
            return job is not None and job.pid not in over
        # It hides where it comes from: it may belong to any job that ran when it began, and ends
        # with the last of these.
        entry = processes.process(pid)
        if entry is None or entry.is_zombie:
            return True
        running = (job for job in self._jobs if job.pid not in over)
        return any(job.began_at <= entry.started_at + _TICK for job in running)


def _ended_child() -> int | None:
    try:
        child = os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return None
    return child.si_pid if child else None
