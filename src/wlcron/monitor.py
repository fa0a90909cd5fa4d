"""The monitor's port: what watches from outside our own walls."""

from datetime import timedelta
from typing import Protocol

from wlcron.core.cron import Definition
from wlcron.core.execution import Change
from wlcron.errors import WlcronError


class MonitorError(WlcronError):
    """A change was not taken; in one sentence, without a secret."""

    def __init__(
        self, problem: str, *, is_permanent: bool = False, wait: timedelta | None = None
    ) -> None:
        """`is_permanent`: this change will never be taken. `wait`: as the vendor asks for."""
        super().__init__(problem)
        self.is_permanent = is_permanent
        self.wait = wait


class Monitor(Protocol):
    """Is told of every change, those of one execution in order; may be told twice."""

    name: str

    async def signal(self, change: Change) -> None:
        """Tell it; raises MonitorError. Bounded in time: ten seconds at most."""


class Watching(Protocol):
    """A monitor that is told of definitions, too."""

    def check(self, definition: Definition) -> tuple[str, ...]:
        """Return what it cannot do for a cron, a sentence each; asks nobody."""
