"""How a log is copied from the daemon's stream."""

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlcron.engines.docker.connection import DaemonError
from wlcron.engines.docker.logcopy import LogCopy, Place, seconds
from wlcron.logs import read_log

LIMIT = 10_000_000

# The two streams of a job are stamped side by side: an instant may lie a little before the one of
# the frame ahead of it, and may be the same. Milliseconds here.
lines = st.lists(st.tuples(st.integers(0, 400), st.integers(0, 50), st.binary(max_size=5)))


def instant(milliseconds: int) -> bytes:
    """Return an instant as Docker writes it."""
    return b"2026-11-23T12:%02d:%02d.%03d000000Z" % (
        milliseconds // 60_000,
        milliseconds // 1000 % 60,
        milliseconds % 1000,
    )


def frame(stamp: bytes, text: bytes) -> bytes:
    """Return a frame of the daemon's stream."""
    payload = stamp + b" " + text
    return b"\x01\x00\x00\x00" + len(payload).to_bytes(4, "big") + payload


def stamped(steps: Sequence[tuple[int, int, bytes]]) -> list[tuple[bytes, bytes]]:
    """Return frames whose instants go forward by steps, each late by a little."""
    now, frames = 1000, []
    for step, late, text in steps:
        now += step
        frames.append((instant(now - late), text))
    return frames


def since(place: Place, frames: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Return what the daemon sends to a copy that goes on from a place."""
    begin = float(place.since or 0)
    return b"".join(frame(*one) for one in frames if float(seconds(one[0])) >= begin)


def held(directory: Path) -> bytes:
    """Return what a log holds."""
    return b"".join(read_log(directory))


@given(lines, st.data())
def test_a_copy_that_breaks_off_anywhere_repeats_and_loses_nothing(
    steps: Sequence[tuple[int, int, bytes]], data: st.DataObject
) -> None:
    """It goes on from its place, as often as it has to, and what was written is there once."""
    frames = stamped(steps)
    with TemporaryDirectory() as folder:
        directory = Path(folder) / "log"
        for _ in range(3):
            copy = LogCopy(directory, LIMIT)
            stream = since(copy.place, frames)
            copy.take(stream[: data.draw(st.integers(0, len(stream)))])
            copy.close()
        copy = LogCopy(directory, LIMIT)
        copy.take(since(copy.place, frames))
        copy.close()
        assert held(directory) == b"".join(text for _, text in frames)


@given(lines, st.integers(1, 40))
def test_pieces_may_be_cut_anywhere(steps: Sequence[tuple[int, int, bytes]], size: int) -> None:
    """A frame's header, instant or text may come in two pieces."""
    stream = b"".join(frame(*one) for one in stamped(steps))
    with TemporaryDirectory() as folder:
        copy = LogCopy(Path(folder), LIMIT)
        for begin in range(0, len(stream), size):
            copy.take(stream[begin : begin + size])
        copy.close()
        assert held(Path(folder)) == b"".join(text for _, _, text in steps)


def test_what_the_daemon_has_dropped_meanwhile_stops_the_skipping(tmp_path: Path) -> None:
    """Of a flood it keeps the newest part: what is newer than our copy is new."""
    copy = LogCopy(tmp_path, LIMIT)
    copy.take(b"".join(frame(instant(1000 + n), b"%d " % n) for n in range(100)))
    copy.close()
    copy = LogCopy(tmp_path, LIMIT)
    copy.take(b"".join(frame(instant(1000 + n), b"%d " % n) for n in (500, 501)))
    copy.close()
    assert held(tmp_path).endswith(b"98 99 500 501 ")


@pytest.mark.parametrize("damage", [b"", b"nonsense", b"1 2 3", b"\xff 1 2"])
def test_a_damaged_place_is_none(tmp_path: Path, damage: bytes) -> None:
    """The log is copied once more, rather than not at all."""
    (tmp_path / "copied").write_bytes(damage)
    assert LogCopy(tmp_path, LIMIT).place.since == ""


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        (b"2026-11-23T12:00:00.000000001Z", "1795435200.000000001"),
        (b"2026-11-23T12:00:00Z", "1795435200.000000000"),
        (b"2026-11-23T13:00:00.5+01:00", "1795435200.500000000"),
        (b"2026-11-23T11:00:00.123456789-01:00", "1795435200.123456789"),
    ],
)
def test_an_instant_keeps_its_nanoseconds(stamp: bytes, expected: str) -> None:
    """Docker's and Podman's: floats and microseconds would lose some."""
    assert seconds(stamp) == expected


def test_the_daemons_own_words_are_copied_and_do_not_count(tmp_path: Path) -> None:
    """It tells of its troubles in frames without an instant, and does not repeat them."""
    frames = [frame(instant(1000 + n), b"%d " % n) for n in range(3)]
    trouble = b"\x02\x00\x00\x00\x00\x00\x00\x15" + b"Error grabbing logs: "
    copy = LogCopy(tmp_path, LIMIT)
    copy.take(b"".join([*frames[:2], trouble]))
    assert copy.place.since == ""
    copy.close()
    copy = LogCopy(tmp_path, LIMIT)
    copy.take(b"".join(frames))
    copy.close()
    assert held(tmp_path) == b"0 1 Error grabbing logs: 2 "


@pytest.mark.parametrize(
    "header",
    [
        b"hello, w",  # a terminal's stream has no frames
        b"\x01\x00\x00\x00\xff\xff\xff\xff",
        b"\x01\x00\x07\x00\x00\x00\x00\x01",
        b"\x09\x00\x00\x00\x00\x00\x00\x01",
    ],
)
def test_what_is_no_log_is_not_copied(tmp_path: Path, header: bytes) -> None:
    """Nor is it waited for until the memory is full; the log says so."""
    copy = LogCopy(tmp_path, LIMIT)
    with pytest.raises(DaemonError):
        copy.take(frame(instant(1000), b"hello") + header)
    copy.close()
    assert held(tmp_path).startswith(b"hello\n[wlcron: from here on")


@pytest.mark.parametrize("stamp", [b"2026-02-30T12:00:00Z", b"0000-01-01T00:00:00Z", b"\xff"])
def test_what_is_no_instant_is_no_place(tmp_path: Path, stamp: bytes) -> None:
    """A copy that is broken off could not go on from there."""
    copy = LogCopy(tmp_path, LIMIT)
    for n in range(4):
        copy.take(frame(instant(1000 * n), b"") + frame(stamp, b"x"))
    assert copy.place.since
    copy.close()
