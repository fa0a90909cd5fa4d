"""What Docker's daemon says: events, lists, inspections, pulls, refusals, logs."""

import json
from collections.abc import AsyncIterator, Coroutine
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast

import aiohttp

from tests.fuzz.rules import can_be_stored, is_observation
from tests.fuzz.targets import DATA, Target, words
from tests.samples import NOON, make_cron, make_execution
from wlcron.engines.docker.connection import DaemonError, json_lines
from wlcron.engines.docker.image import parse_reference
from wlcron.engines.docker.logcopy import LogCopy
from wlcron.engines.docker.observation import (
    Job,
    check_inspection,
    check_list,
    died,
    in_plain_words,
    inspected,
    listed,
    truth,
)
from wlcron.engines.docker.progress import PullProgress

_EXECUTION = make_execution(make_cron())
_MOST_HELD = 128 * 1024  # bytes of a frame that is not whole: the daemon's have 16 KiB


class _Response:
    """An answer whose lines are here already."""

    def __init__(self, data: bytes) -> None:
        self.content = self._lines(data)

    @staticmethod
    async def _lines(data: bytes) -> AsyncIterator[bytes]:
        for line in data.splitlines(keepends=True):
            yield line


def check_events(data: bytes) -> None:
    """Read a stream of events: it is torn off where it makes no sense, and nothing else."""
    with suppress(aiohttp.ClientPayloadError):
        _run(_hear_events(cast("aiohttp.ClientResponse", _Response(data))))


def check_progress(data: bytes) -> None:
    """Read what a pull says."""
    with suppress(aiohttp.ClientPayloadError):
        _run(_hear_pull(cast("aiohttp.ClientResponse", _Response(data))))


def check_container(data: bytes) -> None:
    """Read what is known of a container."""
    with suppress(ValueError, RecursionError):  # the connection makes one sentence of both
        document = json.loads(data)
        check_inspection(document)
        _judge(inspected(document))


def check_summaries(data: bytes) -> None:
    """Read a list of containers."""
    with suppress(ValueError, RecursionError):  # the connection makes one sentence of both
        summaries = json.loads(data)
        check_list(summaries)
        for summary in summaries:
            job = listed(summary)
            can_be_stored(job.execution_id, job.instance, job.role, job.state, job.deadline)


def check_refusal(data: bytes) -> None:
    """Put into words why a container cannot be started, and what an image is called."""
    text = data.decode(errors="replace")
    can_be_stored(in_plain_words(text))
    parse_reference(text)


def check_log(data: bytes) -> None:
    """Copy a stream of frames that comes in pieces, break off, and go on where that was."""
    with TemporaryDirectory(dir=_QUICK) as folder:
        for piece in (data[: len(data) // 2], data):
            copy = LogCopy(Path(folder), 4096)
            try:
                assert all(each in "0123456789.-" for each in copy.place.since)
                for start in range(0, len(piece), 97):
                    copy.take(piece[start : start + 97])
                    assert copy.held <= _MOST_HELD
                assert all(each in "0123456789.-" for each in copy.place.since)
            except DaemonError:
                pass
            finally:
                copy.close()


async def _hear_events(response: aiohttp.ClientResponse) -> None:
    async for event in json_lines(response):
        job = died(event)
        if job is not None:
            _judge(job)


async def _hear_pull(response: aiohttp.ClientResponse) -> None:
    progress = PullProgress("perl")
    async for message in json_lines(response):
        progress.hear(message)
        assert progress.sentence().isprintable()


def _judge(job: Job) -> None:
    can_be_stored(job.execution_id, job.instance, job.deadline)
    for guard_code in (None, 0, 124):
        is_observation(truth(job, guard_code, NOON), _EXECUTION)
    assert job.is_doubtful in (True, False)


def _run(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run what never waits, without an event loop."""
    try:
        coroutine.send(None)
    except StopIteration:
        return
    raise AssertionError("it waits")


def _recorded(name: str) -> Any:  # noqa: ANN401 -- JSON of any shape
    return json.loads((DATA / "docker" / f"{name}.json").read_text())


def _bytes(*documents: object) -> list[bytes]:
    return [json.dumps(each).encode() for each in documents]


def _frame(text: bytes, stream: int = 1) -> bytes:
    return bytes([stream, 0, 0, 0]) + len(text).to_bytes(4, "big") + text


_QUICK = next((each for each in ("/dev/shm",) if Path(each).is_dir()), None)  # noqa: S108 -- scratch
_AT = b"2026-11-23T12:00:00.123456789Z "
_STATES = words("created running paused restarting removing exited dead die start")
_INSTANTS = words("0001-01-01T00:00:00Z 2026-11-23T12:00:00.5Z 9999-12-31T23:59:59-14:00")

DOCKER_EVENTS = Target(
    "docker-events",
    check_events,
    [*_bytes(*_recorded("events")[:12]), b"\n".join(_bytes(*_recorded("events")[:3]))],
    _STATES + _INSTANTS,
    is_json=True,
)
DOCKER_PULLS = Target(
    "docker-pulls",
    check_progress,
    [
        *_bytes(
            {"status": "Downloading", "id": "a", "progressDetail": {"current": 10, "total": 100}},
            {"status": "Pull complete", "id": "a"},
        ),
        b'{"status":"Downloading","id":"a","progressDetail":{"current":1,"total":2}}\n{"error":"x"}',
    ],
    words("Downloading Extracting id"),
    is_json=True,
)
DOCKER_INSPECTIONS = Target(
    "docker-inspections",
    check_container,
    _bytes(*map(_recorded, ("running", "exited", "timed-out", "no-command", "out-of-memory"))),
    _STATES + _INSTANTS,
    is_json=True,
)
DOCKER_LISTS = Target(
    "docker-lists", check_summaries, _bytes(_recorded("list")), _STATES + _INSTANTS, is_json=True
)
DOCKER_REFUSALS = Target(
    "docker-refusals",
    check_refusal,
    [each["message"].encode() for each in _recorded("refusals").values()]
    + [b"ghcr.io/team/app:1.2", b"localhost:5000/a/b@sha256:" + b"0" * 64],
    words('exec: " ": stat unable find user /a : @sha256: -'),
)
DOCKER_LOGS = Target(
    "docker-logs",
    check_log,
    [
        _frame(_AT + b"hello\n") + _frame(_AT + b"world\n", 2),
        _frame(b"2026-11-23T12:00:01Z a\n") + _frame(b"2026-11-23T12:00:02.1+01:00 b\n"),
        _frame(b"Error grabbing logs: unexpected EOF\n", 2) + _frame(_AT + b"hello\n"),
        _frame(_AT) + _frame(b""),
    ],
    (_AT, b"\1\0\0\0\0\0\0\4", b"\2\0\0\0\xff\xff\xff\xff", b"- 0 ", _frame(_AT + b"x")),
)
