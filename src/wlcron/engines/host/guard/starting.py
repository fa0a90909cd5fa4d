"""Starts what servers ask for: the journal first, then the job, so that nothing runs twice."""

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from wlcron.engines.host.guard.archive import Archive
from wlcron.engines.host.guard.clients import Client
from wlcron.engines.host.guard.jobs import Job, Jobs
from wlcron.engines.host.guard.journal import Entry, Journal
from wlcron.engines.host.guard.output import Output
from wlcron.engines.host.guard.spawn import RefusedError, spawn
from wlcron.engines.host.limits import ControlGroups, Group
from wlcron.engines.host.protocol import Answer, Record, StartRequest
from wlcron.engines.host.records import unknown

_BATCH = 32  # starts a turn: between them deadlines are kept and answers are sent

Wish = tuple[Client, int, StartRequest]  # who asks, the number of the question, for what


class Starter:
    """The starts that were asked for, oldest first."""

    def __init__(
        self, jobs: Jobs, journal: Journal, archive: Archive, started: Callable[[Job], None]
    ) -> None:
        self._jobs = jobs
        self._journal = journal
        self._archive = archive
        self._started = started
        self._groups = ControlGroups()
        self._waiting: deque[Wish] = deque()
        self._ready: deque[Wish] = deque()  # what is new of them is in the journal
        self._entries: dict[str, Entry] = {}  # of those that are ready and new
        self._awaited: set[str] = set()  # the executions of those that wait or are ready
        self._obstacle = ""  # why the last one could not be started, if it may be tried again

    @property
    def is_busy(self) -> bool:
        """Whether there is something to start."""
        return bool(self._waiting or self._ready)

    def ask(self, client: Client, number: int, request: StartRequest) -> None:
        """Start it when its turn comes, and answer then."""
        self._waiting.append((client, number, request))
        self._awaited.add(request["id"])

    def awaits(self, execution_id: str) -> bool:
        """Whether an execution was asked for and has not had its turn."""
        return execution_id in self._awaited

    def start_some(self) -> None:
        """Start the oldest ones; all that wait by then share one write of the journal."""
        if not self._ready:
            self._get_ready()
        written: list[Entry] = []
        for _ in range(min(_BATCH, len(self._ready))):
            client, number, request = self._ready.popleft()
            self._awaited.discard(request["id"])
            entry = self._entries.pop(request["id"], None)
            answer = self._start(request, entry) if entry else self._find(request["id"])
            client.answer({**answer, "n": number})
            written += [entry] if entry else []
        with suppress(OSError):  # a better record for a worse day, no more
            self._journal.append(written, durable=False)

    def _get_ready(self) -> None:
        self._ready, self._waiting = self._waiting, deque()
        ids = {request["id"]: request for _, _, request in self._ready}
        new = [request for one, request in ids.items() if self._known(one) is None]
        try:
            entries = [_entry(request) for request in new]
            self._journal.append(entries, durable=True)
            self._entries = {entry["id"]: entry for entry in entries}
        except OSError as error:
            self._obstacle = f"the guard cannot write its journal: {error.strerror}"

    def _known(self, execution_id: str) -> Record | None:
        job = self._jobs.get(execution_id)
        return job.started() if job else self._archive.find(execution_id)

    def _find(self, execution_id: str) -> Answer:
        record = self._known(execution_id)
        return {"unavailable": self._obstacle} if record is None else {"record": record}

    def _start(self, request: StartRequest, entry: Entry) -> Answer:
        try:
            job = self._spawn(request, entry)
        except RefusedError as error:
            record = unknown(request["id"], "refused", str(error))
            self._archive.keep(record)
            return {"record": record}
        except OSError as error:
            entry["withdrawn"] = True
            self._obstacle = f"the guard cannot start it now: {error.strerror}"
            return {"unavailable": self._obstacle}
        self._jobs.add(job)
        self._started(job)
        return {"record": job.started()}

    def _spawn(self, request: StartRequest, entry: Entry) -> Job:
        group = self._limit(request)
        output = Output(self._archive.folder(request["id"]), request["log_limit"])
        try:
            caps_memory = request["memory"] is not None and not self._groups.limits_memory
            pid = spawn(request, output.entry, group, caps_memory=caps_memory)
        except (RefusedError, OSError):
            output.close()
            if group is not None:
                group.remove()
            raise
        finally:
            output.close_entry()
            if group is not None:
                group.close()
        entry["pid"], entry["started_at"] = pid, time.time()
        return Job(entry, pid, output, group)

    def _limit(self, request: StartRequest) -> Group | None:
        try:
            return self._groups.make(request["id"], request["memory"], request["cpu"])
        except OSError as error:
            raise RefusedError(f"its limits cannot be set: {error.strerror}") from error


def _entry(request: StartRequest) -> Entry:
    return {
        "id": request["id"],
        "deadline": request["deadline"],
        "ends_at": request["ends_at"],
        "grace": request["grace"],
        "pid": None,
        "started_at": None,
        "withdrawn": False,
    }
