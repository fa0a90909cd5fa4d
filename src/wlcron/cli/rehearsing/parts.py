"""Which crons are rehearsed, and how long their executions take."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from wlcron.cli.answer import Answer
from wlcron.cli.executions import newest
from wlcron.cli.files import Found, find_documents, read_file
from wlcron.cli.options import connect
from wlcron.cli.output import note
from wlcron.errors import NotFoundError
from wlcron.rehearsal.fates import read_fates
from wlcron.rehearsal.parts import Fate, Part, as_created, usual_fate

HISTORY = "history"
USUALLY = "1m each, or half of the timeout where that is less"
_LAST = 100  # executions of a cron


@dataclass(frozen=True, slots=True)
class Cast:
    """All parts, and where their fates are from, in words."""

    parts: Sequence[Part]
    durations: str


def cast_of(path: str, durations: str | None, begin: datetime) -> Cast:
    """Read cron files and durations; `begin` is when the crons are created.

    Raises DefinitionError with the mistakes of a file.
    """
    found = _named(find_documents(path, named=False))
    fates = _fates(durations, list(found))
    parts = []
    for name, each in found.items():
        definition = each.entry.definition
        cron = as_created(name, definition, begin)
        parts.append(Part(cron, fates.get(name) or (usual_fate(definition),)))
    return Cast(parts, _said(durations))


def _named(documents: Sequence[Found]) -> dict[str, Found]:
    """Return documents by name; one without has that of its file."""
    found = {str(each.entry.name): each for each in documents if each.entry.name is not None}
    for each in documents:
        if each.entry.name is None:
            found[_free_name(Path(each.origin).stem, found)] = each
    return found


def _free_name(stem: str, taken: Mapping[str, Found]) -> str:
    name, number = stem, 1
    while name in taken:
        number += 1
        name = f"{stem}-{number}"
    return name


def _fates(durations: str | None, names: Sequence[str]) -> Mapping[str, tuple[Fate, ...]]:
    if durations is None:
        return {}
    if durations != HISTORY:
        return read_fates(read_file(durations), durations, names)
    known = {name: _history(name) for name in names}
    if missing := [name for name, fates in known.items() if not fates]:
        some = ", ".join(missing[:5]) + (f" and {len(missing) - 5} more" if missing[5:] else "")
        takes = "they take" if missing[1:] else "it takes"
        note(f"The server knows of no execution of {some}; {takes} {USUALLY}.")
    return known


def _history(name: str) -> tuple[Fate, ...]:
    """Return the fates of a cron's last executions, oldest first."""
    try:
        _, rows = newest(connect(), name, _LAST)
    except NotFoundError:
        return ()
    return tuple(fate for row in reversed(rows) if (fate := _fate(row)) is not None)


def _fate(row: Answer) -> Fate | None:
    seconds = row.number("duration")
    if seconds is None or seconds < 0:
        return None
    return Fate(timedelta(seconds=seconds), int(row.number("exit_code") or 0))


def _said(durations: str | None) -> str:
    if durations is None:
        return USUALLY
    source = "the server's last executions" if durations == HISTORY else durations
    return f"from {source}; else {USUALLY}"
