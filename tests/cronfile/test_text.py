"""Bytes and characters that are no text of a cron file."""

import pytest

from tests.cronfile.reading import SMALLEST, entry, refusals


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\r"])
def test_a_byte_order_mark_and_any_line_break_are_harmless(break_: str) -> None:
    """Editors of other systems write them."""
    text = "\ufeff" + SMALLEST.replace("\n", break_)
    assert entry(text) == entry(text.encode())
    assert entry(text).definition == entry(SMALLEST).definition


@pytest.mark.parametrize("break_", ["\n", "\r\n", "\r"])
def test_any_line_break_counts_once(break_: str) -> None:
    """Lines are those that an editor shows."""
    text = f"---\n# a\nname: a\n---\n{SMALLEST}---\n\nname: B".replace("\n", break_)
    assert [problem.partition(":")[0] for problem in refusals(text)] == ["3", "3", "9", "9", "9"]


@pytest.mark.parametrize("tail", ["\xe4".encode("latin-1"), b"\xff\xfe", b"\xed\xa0\x80", b"\xc3"])
def test_what_is_not_utf_8_is_refused(tail: bytes) -> None:
    """Latin-1, UTF-16, surrogates and half characters."""
    assert refusals(b"a: b\r\nc: " + tail) == ["2: the file is not valid UTF-8; save it as UTF-8"]


@pytest.mark.parametrize(
    ("character", "name"),
    [
        ("\0", "a NUL byte"),
        ("\ufeff", "a byte-order mark in the middle of the text"),
        ("\x1b", "the control character U+001B"),
        ("\x7f", "the control character U+007F"),
        ("\x85", "the control character U+0085"),
        ("\u2028", "the control character U+2028"),
        ("\ud800", "the control character U+D800"),
        ("\uffff", "the control character U+FFFF"),
    ],
)
def test_characters_that_nobody_sees_are_refused(character: str, name: str) -> None:
    """They may be written as escapes, where they are meant."""
    assert refusals(f"a: b\nc: {character}d\n") == [
        f"2: the file holds {name}; remove it, or write it as an escape in double quotes"
    ]


@pytest.mark.parametrize("text", ["\t", "é", "→", "\U0001f600", "\xa0", "\ufffd"])
def test_all_other_characters_are_welcome(text: str) -> None:
    """People write comments in their own language."""
    assert entry(f"{SMALLEST}#{text}\n").source.endswith(f"#{text}\n")


def test_escapes_reach_the_program() -> None:
    """What is no text of a file may be an argument all the same."""
    text = SMALLEST.replace("perl", r'perl, arguments: ["\e\x7f\N\L\ufeff"]')
    assert entry(text).definition.description.arguments == ("\x1b\x7f\x85\u2028\ufeff",)


def test_every_such_character_is_named() -> None:
    """As all mistakes, they are told at once."""
    assert [problem.partition(":")[0] for problem in refusals("\0\n\n\x01\0")] == ["1", "3", "3"]
