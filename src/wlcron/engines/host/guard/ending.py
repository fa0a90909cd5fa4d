"""Ends executions: TERM to everybody who belongs to one, KILL after the grace, until none is left.

An execution whose first process ends by itself is over, as a container would be: whoever it left
behind is killed at once.
"""

import os
import signal
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import partial

from wlcron.engines.host.guard import processes
from wlcron.engines.host.guard.archive import Archive
from wlcron.engines.host.guard.jobs import DEADLINE, Job, Jobs
from wlcron.engines.host.guard.loop import Loop, Timer
from wlcron.engines.host.protocol import Record, boottime

_SOON = 0.05  # seconds between two looks at who is left


class Ender:
    """Keeps the deadlines of jobs and sees them to their end."""

    def __init__(
        self, loop: Loop, jobs: Jobs, archive: Archive, ended: Callable[[Record], None]
    ) -> None:
        self._loop = loop
        self._jobs = jobs
        self._archive = archive
        self._ended = ended
        self._deadlines: dict[str, Timer] = {}
        self._ending: dict[str, Job] = {}
        self._next_look: Timer | None = None

    def expect(self, job: Job) -> None:
        """End a job at its deadline."""
        end = partial(self.end, job, DEADLINE)
        self._deadlines[job.id] = self._loop.call_at(job.entry["ends_at"], end)

    def end(self, job: Job, cause: str) -> None:
        """End a job that runs, and everybody who belongs to it."""
        if job.cause or job.is_over:
            return
        job.cause = cause
        job.kill_at = boottime() + job.entry["grace"]
        self._ending[job.id] = job
        self._look_at(boottime())

    def first_process_ended(self, job: Job, code: int | None) -> None:
        """Take note that the process which was started has ended."""
        job.is_over, job.code = True, code
        if job.cause:
            self._look_at(boottime())
        else:
            self._finish(job)

    def _look_at(self, when: float) -> None:
        if self._next_look is not None:
            self._loop.cancel(self._next_look)
        self._next_look = self._loop.call_at(when, self._look)

    def _look(self) -> None:
        families = _families(self._ending.values())
        now = boottime()
        for job in list(self._ending.values()):
            family = families[job.id]
            if job.is_over and not family:
                self._finish(job)
            elif now >= job.kill_at:
                _signal(family, signal.SIGKILL)
            elif not job.is_warned:
                job.is_warned = True
                _signal(family, signal.SIGTERM)
        if self._ending:
            self._look_at(min(_next_look_at(job, now) for job in self._ending.values()))

    def _finish(self, job: Job) -> None:
        self._loop.cancel(self._deadlines.pop(job.id))
        self._ending.pop(job.id, None)
        self._jobs.remove(job)
        if job.output is not None and job.output.is_open:
            self._loop.unwatch(job.output.file)
            job.output.finish()
        record = job.ended()
        if job.group is not None:
            _clear(job, self._loop)
        self._archive.keep(record)
        self._ended(record)


def _next_look_at(job: Job, now: float) -> float:
    """Say when to look at a job again: soon, unless all is up to its first process."""
    return now + _SOON if job.is_over or now >= job.kill_at else job.kill_at


def _families(jobs: Iterable[Job]) -> dict[str, set[int]]:
    jobs = list(jobs)
    found = processes.families({job.pid: job.id for job in jobs})
    for job in jobs:
        if job.group is not None:
            found[job.id] |= job.group.processes()
    return found


def _signal(pids: Iterable[int], number: signal.Signals) -> None:
    for pid in pids:
        with suppress(ProcessLookupError, PermissionError):
            os.kill(pid, number)


def _clear(job: Job, loop: Loop) -> None:
    """Empty and remove a control group; the kernel needs a moment for those it kills."""
    if job.group is not None and not job.group.remove():
        _signal(job.group.processes(), signal.SIGKILL)
        loop.call_at(boottime() + _SOON, lambda: _clear(job, loop))
