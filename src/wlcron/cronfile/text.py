"""From bytes to the text of each document."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from wlcron.cronfile.limits import LARGEST_DOCUMENT, LARGEST_FILE, MOST_DOCUMENTS
from wlcron.cronfile.problems import Problems, UnreadableError

_BYTE_ORDER_MARK = "\ufeff"
_MARKER = re.compile(r"(?:\A|(?<=[\r\n]))---(?=[ \t\r\n]|\Z)")
_MARKER_ALONE = re.compile(r"---[ \t]*(?:\r\n|\r|\n|\Z)")
# What YAML calls not printable, and the line breaks that only YAML 1.1 knows (NEL, LS, PS), for no
# editor counts lines by them.
_NOT_ALLOWED = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]"
)
_NAMES = {"\0": "a NUL byte", _BYTE_ORDER_MARK: "a byte-order mark in the middle of the text"}


@dataclass(frozen=True, slots=True)
class Document:
    """One document of a file: its text as given, and the line where it begins."""

    text: str
    line: int

    @property
    def marker(self) -> str:
        """The line that does nothing but separate it from the document before; mostly empty."""
        found = _MARKER_ALONE.match(self.text)
        return found.group() if found else ""

    @property
    def source(self) -> str:
        """The text as its author thinks of it: without the marker."""
        return self.text.removeprefix(self.marker)

    @property
    def source_line(self) -> int:
        """The line where the source begins."""
        return self.line + (1 if self.marker else 0)


def decode(given: str | bytes) -> str:
    """Return the text of a file, without its byte-order mark.

    Raises UnreadableError when it is too large or not UTF-8.
    """
    if len(given) > LARGEST_FILE:
        raise UnreadableError(1, f"the file is larger than {LARGEST_FILE // 1024**2} MiB; split it")
    try:
        text = given if isinstance(given, str) else given.decode("utf-8")
    except UnicodeDecodeError as error:
        before = error.object[: error.start].decode("utf-8", errors="replace")
        raise UnreadableError(
            line_at(before, len(before)), "the file is not valid UTF-8; save it as UTF-8"
        ) from None
    return text.removeprefix(_BYTE_ORDER_MARK)


def check_characters(text: str, problems: Problems) -> None:
    """Note every character that no cron file may hold as it stands."""
    for found in _NOT_ALLOWED.finditer(text):
        character = found.group()
        name = _NAMES.get(character, f"the control character U+{ord(character):04X}")
        problems.add(
            line_at(text, found.start()),
            "",
            f"the file holds {name}; remove it, or write it as an escape in double quotes",
        )


def documents(text: str) -> Iterator[Document]:
    """Cut a file at the lines that begin with `---`; raises UnreadableError if there are too many.

    YAML allows such a line nowhere inside a document, and JSON has no place for it.
    """
    starts = [found.start() for found in _MARKER.finditer(text)]
    if len(starts) > MOST_DOCUMENTS:
        raise UnreadableError(1, f"the file holds more than {MOST_DOCUMENTS} documents; split it")
    if starts and _is_preamble(text[: starts[0]]):
        starts[0] = 0
    bounds = sorted({0, *starts, len(text)})
    line = 1
    for start, end in pairwise(bounds):
        yield Document(text[start:end], line)
        line += _breaks(text, start, end)


def is_too_large(document: Document) -> bool:
    """Whether a document is larger than any cron file needs to be."""
    return len(document.text.encode()) > LARGEST_DOCUMENT


def line_at(text: str, position: int) -> int:
    """Return the line, counted from 1, in which a position of the text stands."""
    return 1 + _breaks(text, 0, position)


def _breaks(text: str, start: int, end: int) -> int:
    lf, cr, crlf = (text.count(line_break, start, end) for line_break in ("\n", "\r", "\r\n"))
    return lf + cr - crlf


def _is_preamble(text: str) -> bool:
    """Whether there are only comments and directives: they belong to the document that follows."""
    return all(
        line.startswith("%") or not line.strip() or line.lstrip().startswith("#")
        for line in text.splitlines()
    )
