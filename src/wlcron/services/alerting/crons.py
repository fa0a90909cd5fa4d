"""Crons as they are now, remembered for as long as nothing newer was seen of them."""

from wlcron.bounded import Bounded
from wlcron.core.cron import Cron
from wlcron.store import CronStore

_KEPT = 10_000


class Crons:
    """Spares a request for each change; what it says may be as old as the last `refresh`."""

    def __init__(self, store: CronStore) -> None:
        self._store = store
        self._known: Bounded[str, Cron] = Bounded(_KEPT)

    async def get(self, name: str, cron_id: str, version: int = 0) -> Cron | None:
        """Return the cron with this id, in this version or a newer one; None: it is deleted."""
        cron = self._known.get(name)
        if cron is None or cron.id != cron_id or cron.version < version:
            cron = await self.refresh(name)
        return cron if cron is not None and cron.id == cron_id and not cron.is_leaving else None

    async def refresh(self, name: str) -> Cron | None:
        """Return the cron as the store has it."""
        cron = await self._store.cron(name)
        self.note(cron) if cron is not None else self._known.take(name)
        return cron

    def note(self, cron: Cron) -> None:
        """Remember a cron as it was just read."""
        self._known.put(cron.name, cron)

    def forget(self) -> None:
        """Ask the store again for each: they may have been edited."""
        self._known = Bounded(_KEPT)
