"""How long executions took, as the server remembers it."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from wlcron.cli.answer import Answer
from wlcron.cli.executions import newest
from wlcron.cli.options import connect
from wlcron.cli.output import note
from wlcron.core.cron import Definition
from wlcron.core.execution import Status
from wlcron.errors import NotFoundError
from wlcron.rehearsal.parts import Fate, ended_fate

_LAST = 100  # executions of a cron


def history_of(definitions: Mapping[str, Definition]) -> Mapping[str, tuple[Fate, ...]]:
    """Return the fates of each cron's last executions, oldest first; of some there are none.

    A timeout says that an execution took longer, not how long: it is played as one that runs until
    the timeout that the definition has now. Stopped and lost ones, and those that never started,
    say nothing at all.
    """
    return {name: tuple(_fates(name, definition)) for name, definition in definitions.items()}


def _fates(name: str, definition: Definition) -> list[Fate]:
    rows = _last(name)
    if count := sum(1 for row in rows if row.text("status") == Status.TIMEOUT):
        executions = "1 execution" if count == 1 else f"{count} executions"
        whose = "its" if count == 1 else "their"
        takes = "it takes" if count == 1 else "they take"
        note(f"{executions} of {name} ended at {whose} timeout: how long {takes} is not known.")
    fates = (_fate(row, definition) for row in reversed(rows))
    return [fate for fate in fates if fate is not None]


def _last(name: str) -> Sequence[Answer]:
    try:
        _, rows = newest(connect(), name, _LAST)
    except NotFoundError:
        return []
    return rows


def _fate(row: Answer, definition: Definition) -> Fate | None:
    status, seconds = row.text("status"), row.number("duration")
    if status == Status.TIMEOUT:
        return ended_fate(definition)
    if seconds is None or seconds < 0 or status not in {Status.SUCCESS, Status.FAILED}:
        return None
    code = 0 if status == Status.SUCCESS else int(row.number("exit_code") or 1)
    return Fate(timedelta(seconds=seconds), code)
