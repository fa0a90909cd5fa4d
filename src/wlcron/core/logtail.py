"""The end of a log, fit for a message: text without what only terminals understand."""

import re

LINES = 40
_LONGEST_LINE = 500
_READ = 64 * 1024  # bytes from the end are enough for so many lines
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-Z\\-_]|\x1b"
)
# Also what turns the direction of text, and what is no character at all.
_UNSEEN = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


class Tail:
    """Keeps the end of what it is given."""

    def __init__(self) -> None:
        self._kept = b""
        self._is_cut = False

    def take(self, chunk: bytes) -> None:
        """Take more of a log."""
        whole = self._kept + chunk
        self._is_cut = self._is_cut or len(whole) > _READ
        self._kept = whole[-_READ:]

    def text(self, lines: int = LINES) -> str:
        """Return the last lines; what is no UTF-8 is shown as replacement characters."""
        found = _plain(self._kept.decode(errors="replace")).rstrip("\n").split("\n")
        if self._is_cut and len(found) > 1:
            found = found[1:]  # the first one lost its beginning
        return "\n".join(_short(line) for line in found[-lines:])


def _plain(text: str) -> str:
    without = _ESCAPES.sub("", text.replace("\r\n", "\n"))
    # A progress bar writes its line again and again: what was seen last is what counts.
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in without.split("\n"))
    return "\n".join(_UNSEEN.sub("", line) for line in lines)


def _short(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]} …"
