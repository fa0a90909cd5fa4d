"""Plain text: what terminals obey and nobody sees is left out, and nothing else."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wlcron.core.plain import visible, without_escapes


@pytest.mark.parametrize("opening", ["\x1b]0;", "\x1bP", "\x1b_", "\x1b^", "\x1bX"])
def test_an_open_escape_sequence_ends_with_its_line(opening: str) -> None:
    """One stray character does not swallow the rest of a text."""
    assert without_escapes(f"first {opening}title\nsecond") == "first \nsecond"


@given(st.text())
def test_what_stays_can_be_seen(text: str) -> None:
    """No control characters but tabs and line feeds, no halves of characters."""
    found = visible(text)
    assert {unicodedata.category(c) for c in found if c not in "\n\t"} & {"Cc", "Cs", "Zl"} == set()
    assert visible(found) == found


@given(st.text(st.characters(categories=["L", "N", "P"], max_codepoint=0x2000)))
def test_what_can_be_seen_stays(text: str) -> None:
    """Letters, numbers and punctuation are nobody's command."""
    assert visible(without_escapes(text)) == text
