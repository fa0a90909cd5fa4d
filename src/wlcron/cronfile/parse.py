"""A cron file: from its text to one entry for each of its documents, or to all its mistakes."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from wlcron.core.cron import DEFAULT_TIMEOUT, Definition
from wlcron.cronfile.definition import read_definition
from wlcron.cronfile.json_nodes import is_json, read_json
from wlcron.cronfile.limits import LARGEST_DOCUMENT, Budget
from wlcron.cronfile.nodes import Mapping, Node
from wlcron.cronfile.place import Place, not_a
from wlcron.cronfile.problems import Problems, TooManyProblemsError, UnreadableError, quoted
from wlcron.cronfile.text import Document, check_characters, decode, documents, is_too_large
from wlcron.errors import DefinitionError


@dataclass(frozen=True, slots=True)
class Entry:
    """One document of a cron file."""

    name: str | None
    definition: Definition
    source: str  # the document's own text as given, with its comments
    line: int  # where it begins in the file


def parse_cron_file(
    text: str | bytes, origin: str, *, default_timeout: timedelta = DEFAULT_TIMEOUT
) -> list[Entry]:
    """Read a cron file, YAML or JSON, of one or more documents.

    `origin` is what messages call the file; `default_timeout` is the server's. Raises
    DefinitionError with a line `origin:LINE: key: sentence` for each mistake of the whole file.
    """
    problems = Problems(origin)
    entries: list[Entry] = []
    with suppress(TooManyProblemsError):
        entries.extend(_entries(text, problems, default_timeout))
        if not entries and not problems:
            problems.add(
                1, "", "the file holds no cron; write at least its schedule and description"
            )
    if problems:
        raise DefinitionError(problems.lines())
    return entries


def _entries(text: str | bytes, problems: Problems, default_timeout: timedelta) -> list[Entry]:
    entries: list[Entry] = []
    budget = Budget()
    try:
        for document in _documents(text, problems):
            root = _root(document, budget, problems)
            if root is not None:
                entries.append(_entry(document, root, problems, default_timeout))
            if budget.is_overdrawn:
                break
    except UnreadableError as error:
        problems.add(error.line, "", error.sentence)
    _refuse_same_names(entries, problems)
    return entries


def _documents(text: str | bytes, problems: Problems) -> Iterator[Document]:
    decoded = decode(text)
    check_characters(decoded, problems)
    return iter(()) if problems else documents(decoded)


def _root(document: Document, budget: Budget, problems: Problems) -> Mapping | None:
    try:
        root = _nodes(document, budget)
    except UnreadableError as error:
        problems.add(error.line, "", error.sentence)
        return None
    if root is None or isinstance(root, Mapping):
        return root
    problems.add(root.line, "", f"a cron {not_a('a mapping of keys and values', root)}")
    return None


def _nodes(document: Document, budget: Budget) -> Node | None:
    if is_too_large(document):
        size = LARGEST_DOCUMENT // 1024**2
        raise UnreadableError(
            document.line, f"the document that begins here is larger than {size} MiB; shorten it"
        )
    if is_json(document.source):
        return read_json(document.source, document.source_line, budget)
    from wlcron.cronfile.yaml_nodes import read_yaml  # PyYAML: 10 ms that JSON does not need

    return read_yaml(document.text, document.line, budget)


def _entry(
    document: Document, root: Mapping, problems: Problems, default_timeout: timedelta
) -> Entry:
    place = Place(root, root.line, "", problems)
    name, definition = read_definition(place, default_timeout)
    return Entry(name, definition, document.source, root.line)


def _refuse_same_names(entries: list[Entry], problems: Problems) -> None:
    lines: dict[str, int] = {}
    for entry in entries:
        if entry.name is None:
            continue
        line = lines.setdefault(entry.name, entry.line)
        if line != entry.line:
            sentence = f"{quoted(entry.name)} is also the name of the cron on line {line}"
            problems.add(entry.line, "name", sentence)
