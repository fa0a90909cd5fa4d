"""The server's own log, where it cannot be written as well."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

LOGS_AND_WORKS = """
import logging, structlog
from wlcron.serverlog import configure_log

configure_log("json")
for _ in range(3):
    structlog.get_logger().info("a line")
    logging.getLogger("library").warning("a line")
print("worked")
"""


@pytest.fixture
def left_pipe() -> Iterator[int]:
    """Lend a pipe whose reader has gone."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


def work(errors: int) -> bytes:
    """Return what a program that logs still did, whatever its standard error is."""
    command = [sys.executable, "-c", LOGS_AND_WORKS]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=errors, check=False)  # noqa: S603 -- our own program
    return done.stdout


def test_a_log_that_nobody_reads_ends_nothing(left_pipe: int) -> None:
    """Whoever had read standard error is gone, the work goes on."""
    assert work(left_pipe) == b"worked\n"


def test_a_log_on_a_full_disk_ends_nothing() -> None:
    """A line that has no room is dropped."""
    with Path("/dev/full").open("wb") as full:
        assert work(full.fileno()) == b"worked\n"


def test_a_log_that_can_be_written_has_each_line() -> None:
    """What we log and what libraries log."""
    reader, writer = os.pipe()
    assert work(writer) == b"worked\n"
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe:
        assert pipe.read().count(b'"a line"') == 6
