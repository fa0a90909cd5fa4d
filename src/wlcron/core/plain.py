"""Text without what only terminals understand, and without what nobody can see."""

import re

# As ECMA-48 has them. What is open at the end of its line ends there: a text is no terminal, and
# one stray character must not swallow the rest of it.
_ESCAPES = re.compile(
    r"""
      \x1b\[ [0-?]* [ -/]* [@-~]                                 # CSI: colours, cursor, …
    | \x1b [\]P^_X] [^\x07\x1b\r\n]* (?: \x07 | \x1b\\ )?         # OSC: titles, links; DCS, …
    | \x1b [ -/]+ [0-~]                                          # character sets
    | \x1b [0-~]?
    """,
    re.VERBOSE,
)
# Also what turns the direction of text, what ends lines elsewhere, and halves of characters.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)


def without_escapes(text: str) -> str:
    """Return a text without the escape sequences of terminals."""
    return _ESCAPES.sub("", text)


def visible(text: str) -> str:
    """Return a text without characters that cannot be seen; tabs and line feeds stay."""
    return _UNSEEN.sub("", text)
