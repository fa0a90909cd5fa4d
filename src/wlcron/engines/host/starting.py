"""Starts what servers ask for: the journal first, then the job, so that nothing runs twice."""

import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress

from wlcron.engines.host.archive import Archive
from wlcron.engines.host.clients import Client
from wlcron.engines.host.jobs import Job, Jobs
from wlcron.engines.host.journal import Entry, Journal
from wlcron.engines.host.limits import ControlGroups, Group
from wlcron.engines.host.output import Output
from wlcron.engines.host.protocol import Answer, Record, StartRequest
from wlcron.engines.host.spawn import RefusedError, spawn

_BATCH = 32  # starts that share a write of the journal


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
        self._waiting: deque[tuple[Client, int, StartRequest]] = deque()

    @property
    def is_busy(self) -> bool:
        """Whether there is something to start."""
        return bool(self._waiting)

    def ask(self, client: Client, number: int, request: StartRequest) -> None:
        """Start it when its turn comes, and answer then."""
        self._waiting.append((client, number, request))

    def start_some(self) -> None:
        """Start the oldest ones, as many as share a write of the journal."""
        batch = [self._waiting.popleft() for _ in range(min(_BATCH, len(self._waiting)))]
        wanted = {request["id"]: request for _, _, request in batch}
        known = {execution_id: self._known(execution_id) for execution_id in wanted}
        new = [request for request in wanted.values() if known[request["id"]] is None]
        answers = self._start_all(new) if new else {}
        for execution_id, record in known.items():
            if record is not None:
                answers[execution_id] = {"record": record}
        for client, number, request in batch:
            client.answer({**answers[request["id"]], "n": number})

    def _known(self, execution_id: str) -> Record | None:
        job = self._jobs.get(execution_id)
        return job.started() if job else self._archive.find(execution_id)

    def _start_all(self, requests: list[StartRequest]) -> dict[str, Answer]:
        entries = {request["id"]: _entry(request) for request in requests}
        try:
            self._journal.append(entries.values(), durable=True)
        except OSError as error:
            sentence = f"the guard cannot write its journal: {error.strerror}"
            return {request["id"]: {"unavailable": sentence} for request in requests}
        answers = {
            request["id"]: self._start(request, entries[request["id"]]) for request in requests
        }
        with suppress(OSError):  # a better record for a worse day, no more
            self._journal.append(entries.values(), durable=False)
        return answers

    def _start(self, request: StartRequest, entry: Entry) -> Answer:
        try:
            job = self._spawn(request, entry)
        except RefusedError as error:
            record = _refused(request, str(error))
            self._archive.keep(record)
            return {"record": record}
        except OSError as error:
            entry["withdrawn"] = True
            return {"unavailable": f"the guard cannot start it now: {error.strerror}"}
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


def _refused(request: StartRequest, reason: str) -> Record:
    return {
        "id": request["id"],
        "kind": "refused",
        "at": time.time(),
        "reason": reason,
        "code": None,
        "started_at": None,
        "deadline": None,
    }
