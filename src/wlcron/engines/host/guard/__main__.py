"""The guard process: `python -m wlcron.engines.host.guard DIRECTORY [IDLE_SECONDS]`.

It owns all executions of one data directory: spawns them, keeps their deadlines and logs, and
writes down how they ended. It outlives the server, and ends when nothing runs and no server has
been connected for a while. It says `ready` when it listens, `taken` when another one does.
"""

import fcntl
import os
import signal
import socket
import sys
import time
import traceback
from contextlib import suppress
from functools import partial
from pathlib import Path

from wlcron.engines.host.guard.archive import Archive
from wlcron.engines.host.guard.clients import Client, Clients
from wlcron.engines.host.guard.ending import Ender
from wlcron.engines.host.guard.isolation import isolate
from wlcron.engines.host.guard.jobs import SHUTDOWN, STOP, Job, Jobs
from wlcron.engines.host.guard.journal import Journal
from wlcron.engines.host.guard.loop import Loop
from wlcron.engines.host.guard.output import Output
from wlcron.engines.host.guard.reaping import Reaper
from wlcron.engines.host.guard.recovery import Recovery
from wlcron.engines.host.guard.spawn import raise_file_limit
from wlcron.engines.host.guard.starting import Starter
from wlcron.engines.host.protocol import (
    PROTOCOL,
    Answer,
    Question,
    Record,
    boottime,
    executions_in,
    open_directory,
    socket_address,
)
from wlcron.engines.host.records import unknown

_BACKLOG = 128
_PAUSE = 0.5  # seconds after an error of our own: it may come again, and is written to a log


class Guard:
    """The parts of the guard, and who calls whom."""

    def __init__(self, data: Path, listener: socket.socket, idle: float, *, isolated: bool) -> None:
        self._idle = idle
        self._isolated = isolated
        self._is_leaving = False
        self._needed_at = boottime()
        self._loop = Loop(longest_wait=idle)
        self._jobs = Jobs()
        self._journal = Journal(data)
        self._archive = Archive(executions_in(data), self._loop)
        self._clients = Clients(self._loop, listener, self._answer)
        self._ender = Ender(self._loop, self._jobs, self._archive, self._ended)
        self._reaper = Reaper(self._jobs, self._ender)
        self._starter = Starter(self._jobs, self._journal, self._archive, self._started)
        self._unwanted: set[str] = set()  # executions to be stopped as soon as they are started
        self._signals = _signal_pipe()
        self._loop.watch(self._signals, self._signalled)

    def recover(self) -> None:
        """Take over from a guard that died."""
        recovery = Recovery(self._loop, self._jobs, self._archive, self._ender)
        recovery.run(self._journal, isolated=self._isolated)

    def run(self) -> None:
        """Serve until nobody needs a guard any more."""
        while self._is_needed():
            try:
                self._turn()
            except Exception:  # noqa: BLE001 - the guard's death would be the death of all jobs
                traceback.print_exc()
                time.sleep(_PAUSE)

    def _turn(self) -> None:
        busy = self._starter.is_busy
        self._loop.run_turn(busy=busy or self._reaper.is_wanted(later=busy))
        self._starter.start_some()
        if self._reaper.is_wanted(later=self._starter.is_busy):
            self._reaper.reap_some()
        self._clients.flush()
        if self._archive.is_complete and not self._starter.is_busy:
            with suppress(OSError):  # it is only longer than it could be
                self._journal.shorten(job.entry for job in self._jobs)

    def _is_needed(self) -> bool:
        if self._jobs or self._starter.is_busy or not self._archive.is_complete:
            self._needed_at = boottime()
        elif self._is_leaving:
            return False
        elif self._clients.are_greeted:
            self._needed_at = boottime()
        return boottime() - self._needed_at < self._idle

    def _answer(self, client: Client, question: Question) -> None:
        match question["ask"]:
            case "hello":
                self._greet(client, question)
            case "start" if self._is_leaving:
                client.answer({"n": question["n"], "unavailable": "the guard is about to end"})
            case "start":
                self._starter.ask(client, question["n"], question["request"])
            case "stop":
                self._stop(question["ids"])
                client.answer({"n": question["n"]})
            case "inspect":
                found = [self._found(execution_id) for execution_id in question["ids"]]
                records = [record for record in found if record is not None]
                client.answer({"n": question["n"], "records": records})

    def _greet(self, client: Client, question: Question) -> None:
        if question["protocol"] == PROTOCOL:
            client.is_greeted = True
        else:  # another version wants to guard: make room as soon as nothing runs
            self._is_leaving = True
        answer: Answer = {"n": question["n"], "protocol": PROTOCOL, "running": len(self._jobs)}
        client.answer({**answer, "isolated": self._isolated})

    def _stop(self, execution_ids: list[str]) -> None:
        for execution_id in execution_ids:
            if (job := self._jobs.get(execution_id)) is not None:
                self._ender.end(job, STOP)
            elif self._starter.awaits(execution_id):
                self._unwanted.add(execution_id)

    def _found(self, execution_id: str) -> Record | None:
        if (job := self._jobs.get(execution_id)) is not None:
            return job.started()
        if self._starter.awaits(execution_id):
            return unknown(execution_id, "progress", "it waits for its turn to be started")
        return self._archive.unwritten(execution_id)

    def _started(self, job: Job) -> None:
        self._ender.expect(job)
        if job.id in self._unwanted:  # a stop overtook the start that it was meant for
            self._unwanted.discard(job.id)
            self._ender.end(job, STOP)
        if job.output is not None:
            self._loop.watch(job.output.file, partial(_read, self._loop, job.output))

    def _ended(self, record: Record) -> None:
        self._clients.tell(record)
        self._reaper.call()  # it may have left somebody behind whom nobody answers for now

    def _signalled(self) -> None:
        numbers = os.read(self._signals, 4096)
        if signal.SIGCHLD in numbers:
            self._reaper.call()
        if signal.SIGTERM in numbers:
            self._is_leaving = True
            for job in list(self._jobs):
                self._ender.end(job, SHUTDOWN)


def _read(loop: Loop, output: Output) -> None:
    if not output.read_some():
        loop.unwatch(output.file)
        output.close()


def main(arguments: list[str]) -> None:
    """Become the guard of a data directory."""
    data = Path(arguments[0])
    idle = float(arguments[1]) if len(arguments) > 1 else 10.0
    if not _locked(data):
        print("taken", flush=True)  # noqa: T201 - the server reads it
        return
    isolated = isolate()
    raise_file_limit()
    executions_in(data).mkdir(mode=0o700, parents=True, exist_ok=True)
    guard = Guard(data, _listen(data), idle, isolated=isolated)
    guard.recover()
    with suppress(OSError):  # jobs begin where their user is at home
        os.chdir(os.environ.get("HOME", "/"))
    print("ready", flush=True)  # noqa: T201 - the server reads it
    os.dup2(0, 1)
    guard.run()


def _locked(data: Path) -> bool:
    """Take the lock that makes this the only guard; it is held until the process ends."""
    file = os.open(data / "guard.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _listen(data: Path) -> socket.socket:
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    directory = open_directory(data)
    address = socket_address(directory)
    Path(address).unlink(missing_ok=True)
    mask = os.umask(0o177)  # only our own user may ask
    listener.bind(address)
    os.umask(mask)
    os.close(directory)
    listener.setblocking(False)  # noqa: FBT003 - the standard library's own signature
    listener.listen(_BACKLOG)
    return listener


def _signal_pipe() -> int:
    """Return a file from which the signals that concern the guard can be read, one byte each."""
    reader, writer = os.pipe()
    for file in (reader, writer):
        os.set_blocking(file, False)
    signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    for number in (signal.SIGCHLD, signal.SIGTERM):
        signal.signal(number, lambda _number, _frame: None)
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    return reader


if __name__ == "__main__":
    main(sys.argv[1:])
