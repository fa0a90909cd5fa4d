"""What server and guard say to each other: JSON objects, one a line, over a Unix socket.

The server numbers its questions (`n`) and does not wait for an answer before the next one; the
guard repeats the number. Lines of the guard without a number are events: an end record.
"""

import json
import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import NotRequired, TypedDict

from wlcron.engines.host import shapes

PROTOCOL = 1  # raised when an older guard would misunderstand
LONGEST_LINE = 64_000_000  # bytes
_SOCKET = "guard.sock"
_encode = json.JSONEncoder(separators=(",", ":")).encode  # made once: json.dumps makes one a call


class StartRequest(TypedDict):
    """What the guard needs to start an execution and to end it."""

    id: str
    arguments: list[str]
    env: dict[str, str]  # all of it: nothing is added but HOME of a `user`
    directory: str | None
    user: str | None  # a name or number, with `:group` if wanted
    memory: int | None  # bytes
    cpu: float | None  # cores
    deadline: float  # by the wall clock, seconds since the epoch: to be told
    ends_at: float  # the same instant by CLOCK_BOOTTIME: to be kept
    grace: float  # seconds between TERM and KILL
    log_limit: int  # bytes


class Record(TypedDict):
    """What is true of an execution; of one that is over it is on disk. Seconds since the epoch."""

    id: str
    kind: str  # a `Kind` of the core
    at: float
    reason: str
    code: int | None
    started_at: float | None
    deadline: float | None


class Question(TypedDict):
    """What the server asks: `hello`, `start`, `stop` or `inspect`."""

    n: NotRequired[int]
    ask: str
    protocol: NotRequired[int]
    request: NotRequired[StartRequest]
    ids: NotRequired[list[str]]


class Answer(TypedDict):
    """What the guard answers, or (without `n`) tells unasked."""

    n: NotRequired[int]
    record: NotRequired[Record]
    records: NotRequired[list[Record]]  # of those asked for that are not over, or not on disk
    unavailable: NotRequired[str]  # why it could not be done now
    protocol: NotRequired[int]
    running: NotRequired[int]
    isolated: NotRequired[bool]  # whether the kernel ends the jobs with the guard


_REQUEST: shapes.Shape = {
    "id": shapes.is_id,
    "arguments": shapes.are_texts,
    "env": shapes.are_variables,
    "directory": shapes.or_none(shapes.is_text),
    "user": shapes.or_none(shapes.is_text),
    "memory": shapes.or_none(shapes.is_count),
    "cpu": shapes.or_none(shapes.is_seconds),
    "deadline": shapes.is_seconds,
    "ends_at": shapes.is_seconds,
    "grace": shapes.is_seconds,
    "log_limit": shapes.is_count,
}
RECORD: shapes.Shape = {
    "id": shapes.is_id,
    "kind": shapes.is_kind,
    "at": shapes.is_seconds,
    "reason": shapes.is_text,
    "code": shapes.or_none(shapes.is_code),
    "started_at": shapes.or_none(shapes.is_seconds),
    "deadline": shapes.or_none(shapes.is_seconds),
}
_QUESTION: shapes.Shape = {"n": shapes.is_count, "ask": shapes.is_text}
_ASKED: Mapping[str, shapes.Shape] = {
    "hello": {"protocol": shapes.is_count},
    "start": {"request": shapes.shaped(_REQUEST)},
    "stop": {"ids": shapes.are_texts},
    "inspect": {"ids": shapes.are_texts},
}
_ANSWER: shapes.Shape = {
    "n": shapes.optional(shapes.is_count),
    "record": shapes.optional(shapes.shaped(RECORD)),
    "records": shapes.optional(shapes.all_shaped(RECORD)),
    "unavailable": shapes.optional(shapes.is_text),
    "protocol": shapes.optional(shapes.is_count),
    "running": shapes.optional(shapes.is_count),
    "isolated": shapes.optional(shapes.is_flag),
}
_TOLD: shapes.Shape = {"record": shapes.shaped(RECORD)}


def encode(message: object) -> bytes:
    """Write a message, or what else is kept as JSON, as one line."""
    return _encode(message).encode() + b"\n"


def read_question(line: bytes) -> Question:
    """Read what a server asks; raises ValueError for what no server asks."""
    question: Question = shapes.read(line, _QUESTION)
    shapes.check(question, _ASKED.get(question["ask"], {}))
    return question


def read_answer(line: bytes) -> Answer:
    """Read what a guard says; raises ValueError for what no guard says."""
    answer: Answer = shapes.read(line, _ANSWER)
    if "n" not in answer:
        shapes.check(answer, _TOLD)
    return answer


def socket_address(directory: int) -> str:
    """Name the socket in an open directory: a path of any length, though an address has 107 bytes.

    The descriptor has to stay open until the address has been used.
    """
    return f"/proc/self/fd/{directory}/{_SOCKET}"


def open_directory(path: Path) -> int:
    """Open a directory to name what is in it."""
    return os.open(path, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)


def executions_in(data: Path) -> Path:
    """Return the folder that holds one folder for each execution."""
    return data / "executions"


def boottime() -> float:
    """Return seconds since the machine's start, asleep or awake: no wall clock moves it."""
    return time.clock_gettime(time.CLOCK_BOOTTIME)
