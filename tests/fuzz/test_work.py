"""Work grows with what is sent, and no faster: up to the largest that an entry point lets in.

Counted in calls of Python and of C, not in seconds. What a regular expression does inside one
call is seen by `make fuzz`, to which an input that takes long is a finding.
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.fuzz.targets import all_targets
from wlcron.engines.docker.logcopy import LogCopy

_TARGETS = all_targets()
_FEW, _MANY = 200, 800
_SLACK = 1.6  # what four times as much may cost beyond four times the work
_MIB = 1024 * 1024


def steps(work: Callable[[], object]) -> int:
    """Return how many calls some work takes."""
    count = 0

    def note(_frame: Any, event: str, _value: Any) -> None:  # noqa: ANN401 -- of any kind
        nonlocal count
        count += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        work()
    finally:
        sys.setprofile(before)
    return count


def _nested(count: int) -> bytes:
    return b"[" * count + b"]" * count


GROWING: dict[str, Callable[[int], bytes]] = {
    "cron-files": lambda n: b"".join(b"label-%d: [a, {b: c}]\n" % each for each in range(n)),
    "cron-files-in-json": lambda n: json.dumps({str(each): [each] for each in range(n)}).encode(),
    "schedules": lambda n: b"0 0 * * " + b"1," * (n // 8) + b"1",
    "sns-messages": lambda n: json.dumps({str(each): "x" for each in range(n)}).encode(),
    "ecs-events": lambda n: json.dumps(
        {"source": "aws.ecs", "detail-type": "x", "detail": {str(each): {} for each in range(n)}}
    ).encode(),
    "deliveries": lambda n: json.dumps({"wlcron": "slot", "cron": "x" * n}).encode(),
    "docker-events": lambda n: b'{"Action": "die", "Actor": {"Attributes": {}}}\n' * n,
    "docker-logs": lambda n: b"\1\0\0\0\0\0\0\x1f2026-11-23T12:00:00.123456Z abc\n" * n,
    "host-journal": lambda n: b'{"id": "a", "deadline": 1}\n' * n,
    "host-questions": lambda n: json.dumps({"n": 1, "ask": "stop", "ids": ["a"] * n}).encode(),
    "logs": lambda n: b"\x1b[31mpassword=abcdefgh\x1b[0m\r" * n,
    "responses": lambda n: (
        b"\xffHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"1\r\nx\r\n" * n
    ),
    "channel-answers": lambda n: b"\5\n" + json.dumps({"errors": ["x"] * n}).encode(),
    "configuration": lambda n: b"".join(b"[channels.c%d]\na = 1\n" % each for each in range(n)),
}


@pytest.mark.parametrize("name", GROWING)
def test_four_times_the_input_is_four_times_the_work(name: str) -> None:
    """Whatever of it is repeated."""
    target, grown = _TARGETS[name], GROWING[name]
    target.check(grown(_FEW))  # what is imported or remembered is there from now on
    few = steps(lambda: target.check(grown(_FEW)))
    many = steps(lambda: target.check(grown(_MANY)))
    assert many <= few * _SLACK * _MANY / _FEW


@pytest.mark.parametrize("name", sorted({*_TARGETS} - {"arguments"}))
def test_nothing_is_nested_too_deeply(name: str) -> None:
    """It is refused like anything else."""
    for data in (_nested(100_000), b'{"a":' * 100_000, b"- " * 30_000, b"(" * 100_000):
        _TARGETS[name].check(data)


def test_a_frame_that_comes_in_pieces_is_not_copied_with_each(tmp_path: Path) -> None:
    """One of a few megabytes is a long line of Podman's."""
    copy = LogCopy(tmp_path, 4096)
    copy.take(b"\1\0\0\0" + (4 * _MIB).to_bytes(4, "big"))

    def take(pieces: int) -> None:
        for _ in range(pieces):
            copy.take(b"x" * 4096)

    few, many = steps(lambda: take(100)), steps(lambda: take(400))
    copy.close()
    assert many <= 4 * few + 10
    assert copy.held < 4 * _MIB
