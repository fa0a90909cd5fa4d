"""All that the future of a cron depends on, put down at an instant and taken up at another."""

from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, fields, is_dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from wlcron.core.cron import Cron, Definition
from wlcron.core.execution import Execution, Status
from wlcron.core.incident import Condition, Incident
from wlcron.core.planning import execution_id
from wlcron.rehearsal.parts import Fate, Part

T = TypeVar("T")
_MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class State:
    """Nothing is on its way: at most one execution runs, and everybody was told everything."""

    at: datetime
    cron: Cron
    rows: tuple[Execution, ...]  # newest slot first: those that can still be asked for
    incidents: tuple[Incident, ...]
    played: int  # fates that were dealt out, of one round of them
    fate: Fate | None  # of the execution that runs
    wakes_at: datetime | None  # when something happens next, as far as it comes by itself
    key: Hashable

    @property
    def running(self) -> Execution | None:
        """Return the execution that runs."""
        return next((row for row in self.rows if row.status.is_active), None)


def state_key(state: State, at: datetime, horizon: timedelta) -> Hashable:
    """Return what states have in common that lead to the same, each seen from its instant.

    Of instants that lie further back than the horizon their order alone matters: no threshold,
    no reminder reaches so far.
    """
    instants = [None if each is None else each - at for each in _instants(state)]
    old = sorted({each for each in instants if each is not None and each < -horizon})
    ranks = {each: -horizon - (len(old) - rank) * _MOMENT for rank, each in enumerate(old)}
    words = tuple(_words(state))
    return (*words, *(each if each is None else ranks.get(each, each) for each in instants))


def worth_keeping(rows: Sequence[Execution], part: Part) -> tuple[Execution, ...]:
    """Return those rows, newest first, that somebody may ask for."""
    active = next((index for index, row in enumerate(rows) if row.status.is_active), -1)
    count = active + 1 + part.history
    if part.cron.definition.notifications.no_success_for is not None:
        successes = (index for index, row in enumerate(rows) if row.status is Status.SUCCESS)
        count = max(count, next(successes, len(rows)) + 1)
    return tuple(rows[:count])


def moved_row(row: Execution, cron: Cron, by: timedelta) -> Execution:
    """Return an execution of another slot, so much later."""
    moved = moved_by(row, by)
    return replace(moved, id=execution_id(cron, moved.slot))


def moved_by(thing: T, by: timedelta) -> T:
    """Return a dataclass's instance with all instants in it moved."""
    if not by:
        return thing
    changes = {each.name: getattr(thing, each.name) for each in fields(thing)}  # type: ignore[arg-type]  # a dataclass's
    moved = {name: _moved(value, by) for name, value in changes.items()}
    return replace(thing, **moved)  # type: ignore[type-var]  # a dataclass's


def _moved(value: Any, by: timedelta) -> Any:  # noqa: ANN401 -- any field
    if isinstance(value, datetime):
        return value + by
    if isinstance(value, tuple):
        return tuple(_moved(each, by) for each in value)
    if is_dataclass(value) and not isinstance(value, type | Definition):
        return moved_by(value, by)
    return value


def _instants(state: State) -> Iterator[datetime | None]:
    """Yield the instants that something to come is counted from, or judged by."""
    yield state.cron.next_due
    if state.cron.definition.notifications.no_success_for is not None:
        yield state.cron.created_at
        yield next((row.ended_at for row in state.rows if row.status is Status.SUCCESS), None)
    if (running := state.running) is not None:
        yield from (running.slot, running.created_at, running.started_at, running.deadline)
    for incident in state.incidents:
        if incident.is_open:
            yield incident.due_at
            yield from (telling.told_at for telling in incident.tellings)
        if incident.condition is Condition.NO_SUCCESS_FOR:
            yield from (incident.slot, incident.judged)


def _words(state: State) -> Iterator[Hashable]:
    """Yield what is no instant.

    Of what is over, its order alone matters. An incident that everybody knows of is asked whether
    it is older than an execution: than the one that runs, for all later ones are younger.
    """
    yield from (state.played, state.fate)
    yield tuple((row.status, row.started_at is None) for row in state.rows)
    slot = state.running.slot if state.running is not None else state.at
    for each in state.incidents:
        yield (each.condition, each.severity, each.is_open)
        yield (_order(each.slot, slot), _order(each.judged, slot))
        yield tuple((t.channel, t.told, t.is_over) for t in each.tellings)


def _order(one: datetime, other: datetime) -> int:
    return (one > other) - (one < other)
