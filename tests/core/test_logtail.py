"""The end of a log: bounded, plain, and the same however it came."""

import tracemalloc
import unicodedata
from collections.abc import Iterable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlcron.core.logtail import LINES, Tail

LONGEST = 502  # characters of a line, with the mark that says that it was cut
KEPT = 64 * 1024
CONTROLS = [
    *("\n", "\r", "\r\n", "\t", "\b", "\x07", "\x00", "\x1b", "\x1b[", "\x1b[31m", "\x1b[?25l"),
    *("\x1b[2K", "\x1b]0;title\x07", "\x1b]8;;http://x\x1b\\", "\x1b]", "\x1bP1;2q", "\x1b\\"),
    *("\x1b(B", "\x1b7", "\x9b31m", "\u202e", "\u2028", "\u200b", "\ufeff", "\U000e0041"),
]
texts = st.lists(st.sampled_from(CONTROLS) | st.text(max_size=20)).map("".join)
logs = (
    texts.map(str.encode) | st.binary() | st.lists(texts).map(lambda parts: "".join(parts).encode())
)


def tail(*chunks: bytes, lines: int = LINES) -> str:
    """Return the end of a log that comes in these chunks."""
    taken = Tail()
    for chunk in chunks:
        taken.take(chunk)
    return taken.text(lines)


def pieces(log: bytes, cuts: Iterable[int]) -> list[bytes]:
    """Return a log, cut at these places."""
    places = [0, *sorted(cut % (len(log) + 1) for cut in cuts), len(log)]
    return [log[start:end] for start, end in pairwise(places)]


@given(logs, st.lists(st.integers(min_value=0)))
def test_how_the_bytes_are_cut_makes_no_difference(log: bytes, cuts: list[int]) -> None:
    """Characters and escape sequences may be cut in the middle."""
    assert tail(*pieces(log, cuts)) == tail(log)


@given(
    st.integers(min_value=KEPT - 3, max_value=3 * KEPT),
    st.lists(st.integers(min_value=0), max_size=6),
    st.sampled_from(["a longer line\n", "é", "\x1b[31mred\n", "word "]),
)
def test_nor_does_it_where_only_the_end_is_kept(size: int, cuts: list[int], unit: str) -> None:
    """Also for chunks that are larger than what is kept."""
    log = (unit.encode() * size)[:size]
    assert tail(*pieces(log, cuts)) == tail(log)


@given(logs, st.integers(min_value=1, max_value=LINES))
def test_it_is_short_and_plain_whatever_the_bytes_are(log: bytes, lines: int) -> None:
    """No control characters, no invisible ones, none that turn the direction of text."""
    found = tail(log, lines=lines)
    assert found.count("\n") < lines
    assert all(len(line) <= LONGEST for line in found.split("\n"))
    assert {unicodedata.category(c) for c in found if c not in "\n\t"} & {"Cc", "Zl", "Zp"} == set()
    assert not set(found) & set("\u200b\u200e\u202e\u2066\ufeff\U000e0041")


@pytest.mark.parametrize(
    ("log", "says"),
    [
        ("plain\n", "plain"),
        ("one\ntwo\n\n\n", "one\ntwo"),
        ("one\r\ntwo\r\n", "one\ntwo"),
        ("a\tb\n", "a\tb"),
        ("\x1b[1;31mERROR\x1b[0m: disk full", "ERROR: disk full"),
        ("\x1b[31mred\x1b(B\x1b[m", "red"),
        ("\x1b]0;title\x07text \x1b]8;;http://x\x1b\\link\x1b]8;;\x1b\\", "text link"),
        ("\x1bP1;2qsixels\x1b\\after", "after"),
        ("\x1b7saved\x1b8\x1b=\x1bc", "saved"),
        ("\x1b[31", "31"),
        ("\x1b\x1b[31mx", "x"),
        (" 10%\r 50%\r100%\ndone", "100%\ndone"),
        (" 10%\r100%\r\x1b[K\ndone", "100%\ndone"),
        ("abc\u202ecba\u2028d", "abccbad"),
        ("", ""),
        ("\n\n", ""),
    ],
)
def test_what_only_terminals_understand_is_left_out(log: str, says: str) -> None:
    """Of a line that was written again and again, what was seen last is shown."""
    assert tail(log.encode()) == says


@pytest.mark.parametrize("opening", ["\x1b]0;", "\x1bP", "\x1b_", "\x1b^", "\x1bX"])
def test_an_open_escape_sequence_ends_with_its_line(opening: str) -> None:
    """One stray character does not swallow the rest of a log."""
    assert tail(f"first {opening}title\nsecond\nthird\n".encode()) == "first \nsecond\nthird"


def test_doubly_encoded_text_is_no_escape_sequence() -> None:
    """Cyrillic read as Latin-1 is full of what some terminals take for one."""
    assert tail("При вводе".encode().decode("latin-1").encode()).startswith("Ð")
    assert tail("Пусто".encode().decode("latin-1").encode()).endswith("¾")


def test_what_is_no_utf_8_is_shown_as_such() -> None:
    """The rest of the line is there."""
    assert tail(b"caf\xe9 au lait\xff\n") == "caf\ufffd au lait\ufffd"


def test_the_last_lines_are_kept_and_long_ones_are_cut() -> None:
    """Forty lines, or as many as asked for."""
    log = "".join(f"line {number}\n" for number in range(100)).encode()
    assert tail(log).split("\n") == [f"line {number}" for number in range(60, 100)]
    assert tail(log, lines=2) == "line 98\nline 99"
    assert tail(b"x" * 500) == "x" * 500
    assert tail(b"x" * 501) == "x" * 500 + " …"


def test_a_line_that_lost_its_beginning_is_left_out() -> None:
    """Half a line may say the opposite."""
    assert tail(b"not " + b"x" * KEPT + b"\nafter\n") == "after"
    assert tail(b"x" * (KEPT - 6) + b"\nafter") == "x" * 500 + " …\nafter"


def test_a_log_that_is_one_endless_line_is_shown_by_its_end() -> None:
    """From a whole word on, where it has any: half a word may be half a secret."""
    found = tail(b"word " * KEPT + b"the end")
    assert found.startswith("… word word ")
    assert found.endswith(" the end")
    assert len(found) <= LONGEST
    assert tail(b"x" * 2 * KEPT) == f"… {'x' * 498}"
    assert tail(b"x" * 2 * KEPT + b"\n\n").startswith("… xxx")


def test_a_log_may_be_looked_at_before_its_end() -> None:
    """It goes on afterwards."""
    taken = Tail()
    taken.take(b"one\ntw")
    assert taken.text() == "one\ntw"
    taken.take(b"o\n")
    assert taken.text() == taken.text() == "one\ntwo"


@pytest.mark.parametrize("size", [997, KEPT, 10 * KEPT])
def test_a_hundred_megabytes_are_kept_in_little_memory(size: int) -> None:
    """What is not shown is not kept."""
    chunk = (b"a line of a job that says too much\n" * size)[:size]
    taken = Tail()
    tracemalloc.start()
    try:
        for _ in range(100_000_000 // size):
            taken.take(chunk)
        found = taken.text()
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert found.count("\n") == LINES - 1
    assert most < 16 * KEPT
