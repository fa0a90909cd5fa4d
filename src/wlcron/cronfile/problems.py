"""What is wrong with a cron file: collected, so that all of it is said at once."""

MOST_PROBLEMS = 100
_LONGEST_SHOWN = 60


class UnreadableError(Exception):
    """The text cannot be read as YAML or JSON at all; whatever follows the place is unknown."""

    def __init__(self, line: int, sentence: str) -> None:
        super().__init__(sentence)
        self.line = line
        self.sentence = sentence


class TooManyProblemsError(Exception):
    """Nobody reads that many; whoever collects them stops here."""


class Problems:
    """The mistakes of one file, each with its line and the dotted path of its key."""

    def __init__(self, origin: str) -> None:
        self._origin = shown(origin, longest=500)
        self._found: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self._found)

    def add(self, line: int, key: str, sentence: str) -> None:
        """Note a mistake; `key` is empty when it belongs to none."""
        if len(self._found) == MOST_PROBLEMS:
            raise TooManyProblemsError
        self._found.append((line, f"{key}: {sentence}" if key else sentence))

    def lines(self) -> list[str]:
        """Return `origin:LINE: key: sentence` for each mistake, in the order of the file."""
        in_order = sorted(self._found, key=lambda problem: problem[0])
        lines = [f"{self._origin}:{line}: {text}" for line, text in in_order]
        if len(lines) == MOST_PROBLEMS:
            last = in_order[-1][0]
            lines.append(f"{self._origin}:{last}: the search ended after {MOST_PROBLEMS} problems")
        return lines


def shown(text: str, *, longest: int = _LONGEST_SHOWN) -> str:
    """Return somebody's text so that it fits into one line of a terminal and does nothing there."""
    cut = text if len(text) <= longest else text[: longest - 1] + "…"
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode("ascii")
        for character in cut
    )


def quoted(text: str) -> str:
    """Return somebody's text in quotes, as it would be written in YAML or JSON."""
    return '"' + shown(text.replace("\\", "\\\\").replace('"', '\\"')) + '"'
