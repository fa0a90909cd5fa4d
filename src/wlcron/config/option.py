"""One option, with its three spellings."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Option:
    """One option: `data-dir` is data-dir in wl.toml, WL_DATA_DIR, and --data-dir.

    `aws.queue` is queue in the table [aws] of wl.toml, WL_AWS_QUEUE, and --aws-queue.
    """

    name: str
    default: str
    help: str
    parse: Callable[[str], Any] = str
    metavar: str = "TEXT"
    secret: bool = False
    several: bool = False  # values with commas between them, in wl.toml also a list
    tables: bool = False  # in wl.toml a table of tables

    @property
    def field(self) -> str:
        """Return its name in Settings."""
        return self.name.replace("-", "_").replace(".", "_")

    @property
    def flag(self) -> str:
        """Return its flag."""
        return f"--{self.name.replace('.', '-')}"

    @property
    def variable(self) -> str:
        """Return its name in the environment."""
        return f"WL_{self.field.upper()}"

    @property
    def file_variable(self) -> str:
        """Return the variable that may name a file with a secret."""
        return f"{self.variable}_FILE"
