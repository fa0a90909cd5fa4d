"""How large a cron file may be: far beyond any real one, far below what would hurt."""

from wlcron.cronfile.problems import UnreadableError

LARGEST_FILE = 10 * 1024 * 1024  # bytes
LARGEST_DOCUMENT = 1024 * 1024  # bytes; also of the text of all values of a file
MOST_DOCUMENTS = 1000
MOST_NODES = 50_000  # of all documents of a file; an alias counts as what it repeats
DEEPEST = 32


class Budget:
    """How much one file has spent of what it may hold."""

    def __init__(self) -> None:
        self.nodes = 0
        self.characters = 0

    @property
    def is_overdrawn(self) -> bool:
        """Whether the file holds too much."""
        return self.nodes > MOST_NODES or self.characters > LARGEST_DOCUMENT

    def spend(self, line: int, nodes: int, characters: int) -> None:
        """Count what comes next; raises UnreadableError when it is too much."""
        self.nodes += nodes
        self.characters += characters
        if self.is_overdrawn:
            raise UnreadableError(
                line, "the file holds too much, each use of an alias counted; split or shorten it"
            )


def check_depth(line: int, depth: int) -> None:
    """Raise UnreadableError for a node inside more lists and mappings than any cron needs."""
    if depth >= DEEPEST:
        raise UnreadableError(line, f"this is nested more than {DEEPEST} levels deep")
