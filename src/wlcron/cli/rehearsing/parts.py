"""Which crons are rehearsed, and how long their executions take."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import click

from wlcron.cli.access import configuration_file
from wlcron.cli.files import STDIN, Found, find_documents, read_file
from wlcron.cli.options import chosen_config
from wlcron.cli.output import note
from wlcron.cli.rehearsing.history import history_of
from wlcron.cli.rehearsing.words import some_of
from wlcron.config import load
from wlcron.core.cron import Definition
from wlcron.errors import ConfigurationError
from wlcron.rehearsal.fates import read_fates
from wlcron.rehearsal.parts import Fate, Part, as_created, usual_fate

HISTORY = "history"
USUALLY = "1m each, or half of the timeout where that is less"


@dataclass(frozen=True, slots=True)
class Cast:
    """All parts, and where their fates are from, in words."""

    parts: Sequence[Part]
    durations: str


def cast_of(path: str, durations: str | None, begin: datetime) -> Cast:
    """Read cron files and durations; `begin` is when the crons are created.

    Raises DefinitionError with the mistakes of a file, and UsageError.
    """
    found = _named(find_documents(path, named=False, default_timeout=_default_timeout()))
    definitions = {name: each.entry.definition for name, each in found.items()}
    fates = _fates(durations, definitions)
    parts = [
        Part(as_created(name, definition, begin), fates.get(name) or (usual_fate(definition),))
        for name, definition in definitions.items()
    ]
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


def _fates(
    durations: str | None, definitions: Mapping[str, Definition]
) -> Mapping[str, tuple[Fate, ...]]:
    if durations is None:
        return {}
    if durations == STDIN:
        raise click.BadParameter("durations are read from a file alone.", param_hint="--durations")
    if durations != HISTORY:
        return read_fates(read_file(durations), durations, list(definitions))
    known = history_of(definitions)
    if missing := [name for name, fates in known.items() if not fates]:
        takes = "they take" if missing[1:] else "it takes"
        note(
            f"The server knows of no execution of {some_of(missing)} that ended by itself;"
            f" {takes} {USUALLY}."
        )
    return known


def _default_timeout() -> timedelta:
    """Return the timeout that the server gives to crons that name none."""
    name = "WL_DEFAULT_TIMEOUT"  # what else the environment says is not asked for
    try:
        file = configuration_file(os.environ, chosen_config())
        environment = {name: os.environ[name]} if name in os.environ else {}
        return load({}, environment, Path(file) if file else None).default_timeout
    except ConfigurationError as error:
        raise click.UsageError(str(error)) from error


def _said(durations: str | None) -> str:
    if durations is None:
        return USUALLY
    source = "the server's last executions" if durations == HISTORY else durations
    return f"from {source}; else {USUALLY}"
