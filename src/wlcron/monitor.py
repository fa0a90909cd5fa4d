"""The monitor's port: what watches from outside our own walls."""

from typing import Protocol

from wlcron.core.cron import Definition
from wlcron.core.execution import Change
from wlcron.errors import NotTakenError


class MonitorError(NotTakenError):
    """A change was not taken."""


class Monitor(Protocol):
    """Is told of every change, those of one execution in order; may be told twice."""

    name: str

    async def signal(self, change: Change) -> None:
        """Tell it; raises MonitorError. Bounded in time: ten seconds at most."""


class Watching(Protocol):
    """A monitor that is told of definitions, too."""

    def check(self, definition: Definition) -> tuple[str, ...]:
        """Return what it cannot do for a cron, a sentence each; asks nobody."""
