"""The monitor's port: what watches from outside our own walls."""

from typing import Protocol

from wlcron.core.execution import Change


class Monitor(Protocol):
    """Is told of every change; may be told twice."""

    name: str

    async def signal(self, change: Change) -> None:
        """Tell it; an error means that it has to be told again."""
