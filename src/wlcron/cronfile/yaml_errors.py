"""What YAML's parsers complain of, in one plain sentence that says what to do."""

from typing import Any

from yaml import MarkedYAMLError

from wlcron.cronfile.problems import quoted, shown

_TAB = "a tab cannot indent YAML; use spaces"
_STAR = "a value that begins with * or & must be in quotes"

# A phrase of the complaint, and the sentence in its place: the first phrase that fits.
_WHERE_IT_BEGAN = {
    "unexpected end of stream": "the quote opened here is never closed",
    "while parsing a flow": "the bracket opened here is never closed, or a comma is missing",
    "expected ':'": "a colon and a space must follow this key",
}
_WHERE_IT_ENDED = {
    "tab character": _TAB,
    "while scanning an alias": _STAR,
    "while scanning an anchor": _STAR,
    "mapping values are not allowed": (
        'no key can stand here; check the indentation, or put a value that holds ": " in quotes'
    ),
    "sequence entries are not allowed": "a list must begin on a line of its own",
    "<document start>": "this belongs to nothing before it; another cron must begin with ---",
    "while parsing a block mapping": "a key was expected here; check indentation and quotes",
    "while parsing a block collection": "an item was expected here: a dash and a space",
    "node content": "a value was expected here; a text may begin with a bracket only in quotes",
    "Unicode character": "there is no such character; write it as itself, or after \\U in 8 digits",
    "escape": "a backslash in double quotes must be doubled; or use single quotes",
    "while scanning a block scalar": "after | or > nothing but a comment may follow on its line",
    "incompatible": "this version of YAML is not known; remove the line",
    "directive": "a line that begins with % must be in quotes",
}


def reworded(error: MarkedYAMLError, text: str) -> tuple[int, str]:
    """Return the line of a complaint, counted from 0, and a sentence about it."""
    complaint = f"{error.context} {error.problem}"
    ended: Any = error.problem_mark
    if "cannot start any token" in complaint:
        return ended.line, _unstartable(text[ended.index])
    for phrase, sentence in _WHERE_IT_BEGAN.items():
        if phrase in complaint:
            began: Any = error.context_mark or ended
            return began.line, sentence
    for phrase, sentence in _WHERE_IT_ENDED.items():
        if phrase in complaint:
            return ended.line, sentence
    return ended.line, f"this is not valid YAML: {shown(str(error.problem))}"


def _unstartable(character: str) -> str:
    if character == "\t":
        return _TAB
    return f"a value that begins with {quoted(character)} must be in quotes"
