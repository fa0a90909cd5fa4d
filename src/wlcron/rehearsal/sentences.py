"""Sentences that name instants and executions, kept so that they can be said of another day."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from wlcron.core.cron import Cron
from wlcron.core.planning import execution_id

# What the planner, the store and the alerts write of instants and executions, always in UTC.
_NAMED = re.compile(
    r"(?P<instant>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)(?= UTC)"
    r"|(?P<time>\b\d\d:\d\d:\d\d)(?= UTC)"
    r"|(?<=execution )(?P<id>[0-9a-f]{8})\b"
)
_INSTANT, _TIME = "%Y-%m-%d %H:%M:%S", "%H:%M:%S"
ID_LENGTH = 8


@dataclass(frozen=True, slots=True)
class _Named:
    """A place in a sentence where an instant, or the execution of a slot, is named."""

    kind: str
    after: timedelta  # since the beginning


Sentence = tuple["str | _Named", ...]


def loosened(text: str, base: datetime, slots: Mapping[str, datetime]) -> Sentence:
    """Return a sentence in which nothing is bound to a day.

    `slots` holds the slots of executions by the beginning of their ids.
    """
    pieces: list[str | _Named] = []
    end = 0
    for match in _NAMED.finditer(text):
        pieces += [text[end : match.start()], _named(match, base, slots)]
        end = match.end()
    return (*pieces, text[end:])


def said(sentence: Sentence, base: datetime, cron: Cron) -> str:
    """Return a sentence as it is said of a cron from a day on."""
    return "".join(
        piece if isinstance(piece, str) else _name(piece, base, cron) for piece in sentence
    )


def _named(match: re.Match[str], base: datetime, slots: Mapping[str, datetime]) -> _Named:
    kind = str(match.lastgroup)
    if kind == "id":
        return _Named(kind, slots[match[0]] - base)
    if kind == "time":
        return _Named(kind, datetime.combine(base.date(), time.fromisoformat(match[0]), UTC) - base)
    instant = datetime.fromisoformat(match[0]).replace(tzinfo=UTC)
    return _Named(kind, instant - base)


def _name(named: _Named, base: datetime, cron: Cron) -> str:
    instant = base + named.after
    if named.kind == "id":
        return execution_id(cron, instant)[:ID_LENGTH]
    return f"{instant:{_TIME if named.kind == 'time' else _INSTANT}}"
