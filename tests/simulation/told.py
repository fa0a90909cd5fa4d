"""The world's own account of who was told what."""

from dataclasses import dataclass, field

from tests.simulation.book import change_name
from tests.simulation.journal import Journal
from wlcron.channel import Alert
from wlcron.core.execution import Change, Status
from wlcron.core.incident import Step

Key = tuple[str, Status]


@dataclass(slots=True)
class Told:
    """What monitors and channels took, and what will not be told again."""

    journal: Journal
    monitors: dict[str, dict[Key, None]] = field(default_factory=dict)  # what each was told
    given_up: set[tuple[str, Key]] = field(default_factory=set)  # refused for good, by monitor
    announcements: dict[Key, None] = field(default_factory=dict)
    messages: dict[tuple[str, str], list[Step]] = field(default_factory=dict)  # channel and key

    def signalled(self, monitor: str, change: Change) -> None:
        """Note that a monitor took a change."""
        known = self.monitors.setdefault(monitor, {})
        key = change.execution.id, change.execution.status
        if key not in known and any(
            (key[0], later) in known for later in Status if _is_after(later, key[1])
        ):
            self.journal.broken(
                "changes of an execution are told in order", f"{monitor}:{change_name(change)}"
            )
        known[key] = None

    def announced(self, change: Change) -> None:
        """Note that nobody will be told of a change again."""
        key = change.execution.id, change.execution.status
        self.announcements[key] = None
        for monitor, known in self.monitors.items():
            if key not in known and (monitor, key) not in self.given_up:
                self.journal.broken(
                    "a change is announced after it was told",
                    f"{monitor} was never told of{change_name(change)}",
                )

    def took(self, channel: str, alert: Alert) -> None:
        """Note that a channel took a message."""
        steps = self.messages.setdefault((channel, alert.key), [])
        if alert.step is not Step.OPENED and Step.OPENED not in steps:
            self.journal.broken(
                "no end is told before its beginning", f"{channel}: {alert.key} {alert.step}"
            )
        steps.append(alert.step)


def _is_after(later: Status, status: Status) -> bool:
    order = (Status.PENDING, Status.STARTING, Status.RUNNING)
    if status not in order:
        return False
    return later not in order or order.index(later) > order.index(status)
