"""The monitor's port: what watches from outside our own walls."""

from datetime import datetime
from typing import Protocol, runtime_checkable

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


@runtime_checkable
class Beating(Protocol):
    """A monitor that expects to hear of this server itself, and calls for help when it does not."""

    name: str
    heartbeat: str  # what it calls this server; empty: it is told of executions alone

    async def beat(self, now: datetime) -> None:
        """Tell it that this server gets on; raises MonitorError. Half a minute at most."""
