"""What is kept of a log, and what a reader and a follower see of it."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wlcron.logs import LogReader, LogWriter, follow_log, read_log

LIMIT = 8_000


def stored(directory: Path) -> bytes:
    """Return all that a log shows."""
    return b"".join(read_log(directory))


def on_disk(directory: Path) -> int:
    """Return how many bytes a log takes."""
    return sum(path.stat().st_size for path in directory.iterdir())


def numbered_lines(count: int) -> bytes:
    """Return lines that differ from each other."""
    return b"".join(b"line %09d\n" % number for number in range(count))


async def over() -> bool:
    """Say that nothing more will be written."""
    return True


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Lend a disk of 64 kB."""
    mounted = ["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(tmp_path)]
    if subprocess.run(mounted, check=False, capture_output=True).returncode:  # noqa: S603 - fixed
        pytest.skip("only root can mount a small disk")
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)  # noqa: S603, S607 - fixed


def test_a_log_within_its_limit_is_kept_whole(tmp_path: Path) -> None:
    """What fits is stored byte for byte."""
    writer = LogWriter(tmp_path / "log", LIMIT)
    writer.write(b"out\n")
    writer.write(b"err")
    writer.close()
    assert stored(tmp_path / "log") == b"out\nerr"


def test_nothing_is_made_for_a_silent_execution(tmp_path: Path) -> None:
    """The folder comes with the first byte, and a missing log reads as an empty one."""
    LogWriter(tmp_path / "log", LIMIT).close()
    assert not (tmp_path / "log").exists()
    assert stored(tmp_path / "log") == b""


def test_head_and_tail_are_kept_and_one_line_says_what_is_left_out(tmp_path: Path) -> None:
    """Beyond the limit the first half and at least as much of the end remain, counted exactly."""
    written = numbered_lines(100_000)
    writer = LogWriter(tmp_path, LIMIT)
    for start in range(0, len(written), 700):
        writer.write(written[start : start + 700])
    writer.close()
    head, note, tail = stored(tmp_path).partition(b"\n\xe2\x80\xa6 ")
    count, _, tail = tail.partition(b" bytes left out \xe2\x80\xa6\n")
    assert note
    assert head == written[: LIMIT // 2]
    assert len(tail) >= LIMIT // 2
    assert written.endswith(tail)
    assert count == b"%s" % f"{len(written) - len(head) - len(tail):,}".encode()


@settings(max_examples=50)
@given(
    st.integers(8, 400),
    st.lists(st.binary(min_size=1, max_size=300), max_size=40),
)
def test_the_disk_never_holds_more_than_the_limit_and_a_segment(
    tmp_path_factory: pytest.TempPathFactory, limit: int, chunks: list[bytes]
) -> None:
    """However it is written, at most the limit and an eighth of it are on disk."""
    directory = tmp_path_factory.mktemp("log")
    writer = LogWriter(directory, limit)
    for chunk in chunks:
        writer.write(chunk)
        assert on_disk(directory) <= limit + limit // 8
    writer.close()
    written = b"".join(chunks)
    if len(written) <= limit:
        assert stored(directory) == written


def test_a_log_that_exists_is_continued(tmp_path: Path) -> None:
    """A second writer goes on where the first one ended."""
    for word in (b"one ", b"two ", b"three"):
        writer = LogWriter(tmp_path, LIMIT)
        writer.write(word)
        writer.close()
    assert stored(tmp_path) == b"one two three"


def test_other_files_in_the_folder_are_none_of_its_business(tmp_path: Path) -> None:
    """Only the log's own files are read."""
    (tmp_path / "log.txt").write_bytes(b"?")
    (tmp_path / "end.json").write_bytes(b"{}")
    writer = LogWriter(tmp_path, LIMIT)
    writer.write(b"mine")
    writer.close()
    assert stored(tmp_path) == b"mine"


@settings(max_examples=50)
@given(st.data())
def test_a_reader_that_keeps_up_misses_and_repeats_nothing(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Rotation is invisible to a reader that is never a segment behind."""
    directory = tmp_path_factory.mktemp("log")
    writer, reader = LogWriter(directory, 800), LogReader(directory)
    seen, written = b"", b""
    for _ in range(60):
        chunk = data.draw(st.binary(min_size=1, max_size=100))
        writer.write(chunk)
        written += chunk
        while part := reader.read():
            seen += part
    writer.close()
    reader.close()
    assert seen == written


def test_a_slow_reader_misses_only_what_the_limit_left_out(tmp_path: Path) -> None:
    """A reader that falls behind is told how much it missed, and goes on with what is there."""
    written = numbered_lines(10_000)
    writer, reader = LogWriter(tmp_path, LIMIT), LogReader(tmp_path)
    writer.write(written[:100])
    assert reader.read() == written[:100]
    writer.write(written[100:])
    writer.close()
    rest = b"".join(iter(reader.read, b""))
    reader.close()
    assert written[:100] + rest == stored(tmp_path)


async def test_a_follower_gets_what_comes_as_it_comes(tmp_path: Path) -> None:
    """Following begins at the beginning and ends when it is over and all was yielded."""
    writer = LogWriter(tmp_path, LIMIT)
    writer.write(b"one\n")
    finished = asyncio.Event()

    async def is_over() -> bool:
        return finished.is_set()

    following = follow_log(tmp_path, is_over)
    assert await anext(following) == b"one\n"
    writer.write(b"two\n")
    assert await anext(following) == b"two\n"
    writer.write(b"three\n")
    finished.set()
    assert [chunk async for chunk in following] == [b"three\n"]
    writer.close()


async def test_following_a_log_that_never_came_to_be_ends(tmp_path: Path) -> None:
    """A silent execution's log is followed to its end as well."""
    assert [chunk async for chunk in follow_log(tmp_path / "none", over)] == []


def test_a_full_disk_neither_stops_nor_fails_the_writer(small_disk: Path) -> None:
    """What finds no room is dropped, and a line says how much when there is room again."""
    filler = small_disk / "filler"
    writer = LogWriter(small_disk / "log", 10_000_000)
    writer.write(b"before\n")
    room = os.statvfs(small_disk)
    filler.write_bytes(b"x" * room.f_bavail * room.f_bsize)
    for _ in range(100):
        writer.write(b"z" * 1_000)
    filler.unlink()
    writer.write(b"after\n")
    writer.close()
    log = stored(small_disk / "log")
    kept = log.count(b"z")
    assert log.startswith(b"before\n")
    assert log.endswith(
        f"\n… {100_000 - kept:,} bytes lost here: the disk was full …\nafter\n".encode()
    )


def test_a_folder_that_cannot_be_made_is_no_error_of_the_writer(tmp_path: Path) -> None:
    """Whatever the file system says, writing goes on."""
    (tmp_path / "file").write_bytes(b"")
    writer = LogWriter(tmp_path / "file" / "log", LIMIT)
    writer.write(b"lost")
    writer.close()
    assert stored(tmp_path / "file") == b""
