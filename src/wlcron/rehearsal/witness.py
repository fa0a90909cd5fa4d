"""Is told what a monitor and channels are told, and writes it down."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime

from wlcron.channel import Alert
from wlcron.core.cron import Cron, Severity
from wlcron.core.execution import Change, Execution, Status
from wlcron.core.incident import Step
from wlcron.core.routing import Route, Routing
from wlcron.rehearsal.events import Event, Told, What
from wlcron.rehearsal.sentences import ID_LENGTH, loosened

REASON = "Reason"  # the label of the fact that says why, in every alert


@dataclass(frozen=True, slots=True)
class _Seen:
    """An event as it was seen, at its instant."""

    at: datetime
    what: What
    execution: Execution | None = None
    why: str = ""
    told: Told | None = None
    is_quiet: bool = False


class Witness:
    """A monitor that keeps what it is told until it is asked."""

    name = "rehearsal"

    def __init__(self, is_running: Callable[[], bool] = lambda: False) -> None:
        """`is_running`: whether the engine runs something now."""
        self._is_running = is_running
        self._seen: list[_Seen] = []
        self._due: list[datetime] = []
        self._slots: dict[str, datetime] = {}

    def know(self, execution: Execution) -> None:
        """Take note of an execution that a sentence may name."""
        self._slots[execution.id[:ID_LENGTH]] = execution.slot

    async def signal(self, change: Change) -> None:
        """Write down what a change means."""
        execution = change.execution
        self.know(execution)
        if change.before is None:
            self._due.append(execution.slot)
        self._seen += _seen(change, is_quiet=not self._is_running())

    def hear(self, alert: Alert, channel: str) -> None:
        """Write down that a channel was sent an alert."""
        told = Told(alert.step, alert.condition, alert.severity, channel)
        # What a later message says goes by the time that has passed since the first one.
        why = dict(alert.facts).get(REASON, "") if alert.step is Step.OPENED else ""
        self._seen.append(_Seen(alert.at, What.ALERT, None, why, told))

    def taken(self, base: datetime) -> tuple[tuple[Event, ...], tuple[datetime, ...]]:
        """Return the events since the last call, in order of time, and the slots that were due.

        Events are counted from `base`. They are forgotten here.
        """
        events = tuple(self._event(seen, base) for seen in sorted(self._seen, key=lambda s: s.at))
        due = tuple(self._due)
        self._seen, self._due = [], []
        return events, due

    def _event(self, seen: _Seen, base: datetime) -> Event:
        execution = seen.execution
        return Event(
            after=seen.at - base,
            what=seen.what,
            slot=None if execution is None else execution.slot - base,
            why=loosened(seen.why, base, self._slots) if seen.why else (),
            told=seen.told,
            ran=execution is not None and execution.started_at is not None,
            is_quiet=seen.is_quiet,
        )


class Ear:
    """A channel that tells a witness."""

    kind = "rehearsal"

    def __init__(self, name: str, witness: Witness) -> None:
        self.name = name
        self._witness = witness

    async def send(self, alert: Alert) -> str:
        """Take an alert."""
        self._witness.hear(alert, self.name)
        return "heard"

    async def close(self) -> None:
        """Do nothing."""


def by_severity(severity: Severity) -> str:
    """Return what stands for the channels that routes lead to: no channel can have that name."""
    return f"({severity})"


def is_by_routes(channel: str) -> bool:
    """Whether it stands for channels that the server's routes say, which nobody has asked."""
    return channel in _BY_ROUTES


_BY_ROUTES = frozenset(map(by_severity, Severity))
ROUTING = Routing(
    tuple(
        Route(channel=by_severity(severity), severities=frozenset({severity}))
        for severity in Severity
    )
)


def ears(cron: Cron, witness: Witness) -> list[Ear]:
    """Return all channels that a cron's alerts may go to."""
    named = cron.definition.notifications.channels or [by_severity(each) for each in Severity]
    return [Ear(name, witness) for name in dict.fromkeys(named)]


def _seen(change: Change, *, is_quiet: bool) -> Iterator[_Seen]:
    execution = change.execution
    status, started = execution.status, execution.started_at
    if started is not None and change.before is not Status.RUNNING:
        yield _Seen(started, What.STARTED, execution)
    if execution.is_final:
        is_calm = status is Status.SUCCESS
        reason = "" if is_calm else execution.reason
        at = execution.ended_at or change.at
        yield _Seen(at, What(status), execution, reason, is_quiet=is_quiet)
