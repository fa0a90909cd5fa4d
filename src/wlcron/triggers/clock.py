"""The embedded clock: the scheduler itself knows what is due, and nothing has to be made."""

from collections.abc import Mapping
from datetime import timedelta

from wlcron.core.cron import Cron, Definition
from wlcron.engine import Finding, Verdict


class Clock:
    """Expresses every schedule, to the second."""

    part = ""  # it makes nothing
    name = "clock"
    patience = timedelta(0)

    def check(self, definition: Definition) -> Verdict:
        """Take everything."""
        del definition
        return Verdict()

    def is_exact(self, definition: Definition) -> bool:
        """Say yes."""
        del definition
        return True

    async def register(self, cron: Cron) -> Mapping[str, str]:
        """Make nothing."""
        del cron
        return {}

    async def unregister(self, cron: Cron) -> None:
        """Take nothing away."""

    async def doctor(self) -> list[Finding]:
        """Say nothing: the runner tells of a scheduler that fails."""
        return []

    async def close(self) -> None:
        """Do nothing."""
