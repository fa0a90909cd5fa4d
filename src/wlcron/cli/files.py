"""Cron files on the disk, in a directory or on standard input, all checked before any is sent."""

import sys
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from wlcron.core.cron import DEFAULT_TIMEOUT
from wlcron.cronfile import Entry, parse_cron_file
from wlcron.cronfile.limits import LARGEST_FILE
from wlcron.errors import DefinitionError, RefusedError

STDIN = "-"
SUFFIXES = (".yaml", ".yml")


class Found(NamedTuple):
    """One document, and the file it is from as messages name it."""

    origin: str
    entry: Entry

    @property
    def place(self) -> str:
        """Return `file:line`."""
        return f"{self.origin}:{self.entry.line}"


def find_documents(
    path: str, *, named: bool, default_timeout: timedelta = DEFAULT_TIMEOUT
) -> list[Found]:
    """Read a file, all of a directory, or standard input for `-`; `named`: each needs a name.

    `default_timeout` is the server's, for those that will not ask it. Raises DefinitionError with
    the mistakes of all files.
    """
    found: list[Found] = []
    problems: list[str] = []
    for origin in _files(path):
        try:
            entries = parse_cron_file(read_file(origin), origin, default_timeout=default_timeout)
            found += [Found(origin, entry) for entry in entries]
        except DefinitionError as error:
            problems += error.problems
    problems += _name_problems(found, named=named)
    if problems:
        raise DefinitionError(problems)
    return found


def _files(path: str) -> list[str]:
    if path == STDIN or not Path(path).is_dir():
        return [path]
    files = sorted(each for each in Path(path).rglob("*") if each.suffix in SUFFIXES)
    if not files:
        raise RefusedError(f"There is no file named *.yaml or *.yml in {path}.")
    return [str(each) for each in files]


def read_file(path: str) -> bytes:
    """Read a file, or standard input for `-`; raises DefinitionError."""
    # One byte more than is allowed tells that there is too much, also of an endless file.
    try:
        if path == STDIN:
            return sys.stdin.buffer.read(LARGEST_FILE + 1)
        with Path(path).open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise DefinitionError([f"{path}: cannot be read: {error.strerror}"]) from error


def _name_problems(found: Iterable[Found], *, named: bool) -> Iterator[str]:
    first: dict[str, str] = {}
    for each in found:
        name = each.entry.name
        if name is None:
            if named:
                yield f"{each.place}: name: is missing; `apply` needs one in each document"
        elif name in first:
            yield f"{each.place}: name: {name} is also in {first[name]}; rename one of them"
        else:
            first[name] = each.place
