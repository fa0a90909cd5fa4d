"""What the host engine's server and guard say to each other, and what they find on the disk."""

import json
import os
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.fuzz.rules import is_observation
from tests.fuzz.targets import Target, words
from tests.samples import make_cron, make_execution
from wlcron.engines.host.guard.jobs import Job
from wlcron.engines.host.guard.journal import Entry, Journal
from wlcron.engines.host.observation import observation
from wlcron.engines.host.protocol import Record, StartRequest, read_answer, read_question
from wlcron.engines.host.records import read_record

_EXECUTION = make_execution(make_cron())
_ID = _EXECUTION.id
_REQUEST: StartRequest = {
    "id": _ID,
    "arguments": ["echo", "hello"],
    "env": {"PATH": "/bin"},
    "directory": None,
    "user": None,
    "memory": None,
    "cpu": 0.5,
    "deadline": 1795435200.0,
    "ends_at": 5000.5,
    "grace": 10.0,
    "log_limit": 1_000_000,
}
_RECORD: Record = {
    "id": _ID,
    "kind": "exited",
    "at": 1795435200.0,
    "reason": "",
    "code": 3,
    "started_at": 1795435100.5,
    "deadline": None,
}
_ENTRY: Entry = {
    "id": _ID,
    "deadline": 1795435200.0,
    "ends_at": 5000.5,
    "grace": 10.0,
    "pid": 7,
    "started_at": None,
    "withdrawn": False,
}


def check_question(data: bytes) -> None:
    """Read what a server asks: a guard works with it without looking again."""
    try:
        question = read_question(data)
    except ValueError:
        return
    assert isinstance(question["ask"], str)
    if question["ask"] == "start":
        request = question["request"]
        assert isinstance(question["n"], int)
        assert all(isinstance(each, str) for each in request["arguments"])
        assert all(isinstance(each, str) for pair in request["env"].items() for each in pair)
        assert float(request["ends_at"]) + request["grace"] + request["deadline"] is not None


def check_answer(data: bytes) -> None:
    """Read what a guard answers or tells: a server works with it without looking again."""
    try:
        answer = read_answer(data)
    except ValueError:
        return
    told = [answer["record"]] if "record" in answer else []
    for record in [*told, *answer.get("records", [])]:
        is_observation(observation(record), _EXECUTION)


def check_record(data: bytes) -> None:
    """Read how an execution ended, whatever a disk has made of it."""
    with TemporaryDirectory(dir=_QUICK) as folder:
        (Path(folder) / _ID).mkdir()
        (Path(folder) / _ID / "end.json").write_bytes(data)
        record = read_record(Path(folder), _ID)
    if record is not None:
        assert record["id"] == _ID
        is_observation(observation(record), _EXECUTION)


def check_journal(data: bytes) -> None:
    """Read what a guard that died has left, and go on writing behind it."""
    with TemporaryDirectory(dir=_QUICK) as folder:
        (Path(folder) / "guard.journal").write_bytes(data)
        journal = Journal(Path(folder))
        entries = journal.entries()
        journal.append([_ENTRY], durable=False)
        again = Journal(Path(folder))
        read = again.entries()
    for each in (journal, again):
        os.close(each._file)  # noqa: SLF001 -- a guard keeps it for its life, which is short here
    assert _ENTRY in read
    for entry in entries:
        assert "/" not in entry["id"]
        assert entry["pid"] is None or entry["pid"] > 0
        job = Job(entry, 1, None, None)
        is_observation(observation(job.started()), _EXECUTION)
        assert job.entry["ends_at"] + job.entry["grace"] is not None


def _bytes(*documents: object) -> list[bytes]:
    return [json.dumps(each).encode() + b"\n" for each in documents]


_QUICK = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108 -- scratch of this process
HOST_QUESTIONS = Target(
    "host-questions",
    check_question,
    _bytes(
        {"n": 1, "ask": "hello", "protocol": 1},
        {"n": 2, "ask": "start", "request": _REQUEST},
        {"n": 3, "ask": "stop", "ids": [_ID]},
        {"n": 4, "ask": "inspect", "ids": [_ID, _ID]},
    ),
    words("hello start stop inspect n ask ids request"),
    is_json=True,
)
HOST_ANSWERS = Target(
    "host-answers",
    check_answer,
    _bytes(
        {"record": _RECORD},
        {"n": 2, "record": {**_RECORD, "kind": "started"}},
        {"n": 3, "records": [_RECORD]},
        {"n": 4, "unavailable": "no room"},
        {"n": 1, "protocol": 1, "running": 0, "isolated": True},
    ),
    words("started exited timed-out refused gone progress n record records"),
    is_json=True,
)
HOST_RECORDS = Target(
    "host-records", check_record, _bytes(_RECORD), words("started exited gone"), is_json=True
)
HOST_JOURNAL = Target(
    "host-journal",
    check_journal,
    [
        b"".join(_bytes(_ENTRY, {**_ENTRY, "id": "b", "started_at": 1.5})),
        *_bytes(_ENTRY),
        b"\0" * 512 + b"\n",
    ],
    (b"\n", b"\0" * 64, *words('"id": "pid": null true 1e999 "../x"')),
)
