"""What a new guard makes of the executions that its predecessor did not see the end of."""

import os
from contextlib import suppress

from wlcron.engines.host.guard import processes
from wlcron.engines.host.guard.archive import Archive
from wlcron.engines.host.guard.ending import Ender
from wlcron.engines.host.guard.jobs import Job, Jobs
from wlcron.engines.host.guard.journal import Entry, Journal
from wlcron.engines.host.guard.loop import Loop
from wlcron.engines.host.limits import ControlGroups
from wlcron.engines.host.records import unknown

_ENDED = "its guard died (it was killed, or the machine was restarted), and it was ended with it"
_UNKNOWN = "its guard died while it was being started; whether it ran is not known"


class Recovery:
    """Adopts the executions that live on, and writes down that the others are lost."""

    def __init__(self, loop: Loop, jobs: Jobs, archive: Archive, ender: Ender) -> None:
        self._groups = ControlGroups()
        self._loop = loop
        self._jobs = jobs
        self._archive = archive
        self._ender = ender

    def run(self, journal: Journal, *, isolated: bool) -> None:
        """Go through the journal; `isolated`: nobody of a predecessor can be alive and seen."""
        unfinished = [entry for entry in journal.entries() if self._is_unfinished(entry)]
        alive = {} if isolated or not unfinished else processes.survivors()
        for entry in unfinished:
            pids = alive.get(entry["id"])
            if not pids or not self._adopt(entry, min(pids, key=lambda pid: pid != entry["pid"])):
                reason = _UNKNOWN if entry["pid"] is None else _ENDED
                lost = unknown(entry["id"], "gone", reason)
                self._archive.keep({**lost, "started_at": entry["started_at"]})
                self._groups.remove(entry["id"])

    def _is_unfinished(self, entry: Entry) -> bool:
        return not entry["withdrawn"] and not self._archive.is_ended(entry["id"])

    def _adopt(self, entry: Entry, pid: int) -> bool:
        try:
            file = os.pidfd_open(pid)
        except OSError:  # it has ended meanwhile
            return False
        job = Job(entry, pid, None, None)
        self._jobs.add(job)
        self._ender.expect(job)
        self._loop.watch(file, lambda: self._ended(job, file))
        return True

    def _ended(self, job: Job, file: int) -> None:
        self._loop.unwatch(file)
        with suppress(OSError):
            os.close(file)
        self._ender.first_process_ended(job, None)
        self._groups.remove(job.id)
