"""The end of a log, fit for a message: text without what only terminals understand."""

from wlcron.core.plain import visible, without_escapes

LINES = 40
_LONGEST_LINE = 500
_READ = 64 * 1024  # bytes from the end are enough for so many lines


class Tail:
    """Keeps the end of what it is given."""

    def __init__(self) -> None:
        self._kept = bytearray()
        self._is_cut = False

    def take(self, chunk: bytes) -> None:
        """Take more of a log."""
        self._kept += chunk[-2 * _READ :]
        if len(self._kept) > 2 * _READ:  # not each time: chunks may be small
            self._trim()

    def text(self, lines: int = LINES) -> str:
        """Return the last lines; what is no UTF-8 is shown as replacement characters."""
        self._trim()
        found = _plain(self._kept.decode(errors="replace")).rstrip("\n").split("\n")
        if self._is_cut:  # the first one lost its beginning
            found = found[1:] or [_end(found[0])]
        return "\n".join(_short(line) for line in found[-lines:])

    def _trim(self) -> None:
        self._is_cut = self._is_cut or len(self._kept) > _READ
        del self._kept[:-_READ]


def _plain(text: str) -> str:
    # A progress bar writes its line again and again: what was seen last is what counts.
    lines = (line.rstrip("\r").rpartition("\r")[2] for line in without_escapes(text).split("\n"))
    return visible("\n".join(lines))


def _short(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else f"{line[:_LONGEST_LINE]} …"


def _end(line: str) -> str:
    """Return the end of a line that is all there is, from a whole word on."""
    shown = line[-_LONGEST_LINE + 2 :]
    return f"… {shown.partition(' ')[2] or shown}"
