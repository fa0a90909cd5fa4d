"""The registry's port: where something is made for each cron, outside our own walls."""

from collections.abc import Mapping
from typing import Protocol

from wlcron.core.cron import Cron


class Registry(Protocol):
    """Makes what a cron needs outside, and takes it away.

    Both raise RegistryUnavailableError when they should be asked again later, and RefusedError
    when asking again would change nothing.
    """

    name: str

    async def register(self, cron: Cron) -> Mapping[str, str]:
        """Make it as the cron is now, or find it made; return what was made: its kind -> name."""

    async def unregister(self, cron: Cron) -> None:
        """Take away what was made for a cron; nothing there is success."""
