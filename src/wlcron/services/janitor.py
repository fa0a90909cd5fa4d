"""Forgets what retention no longer keeps."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from wlcron.engine import Engine
from wlcron.store import Keeping, Retention, Store

EVERY = timedelta(minutes=10)
AT_ONCE = 200  # nobody else writes while they are deleted: some 40 ms
_log = structlog.get_logger("wlcron.janitor")


@dataclass(frozen=True, slots=True)
class Janitor:
    """Prunes executions that are too old or too many, with their logs."""

    store: Store
    engine: Engine
    keeping: Keeping

    async def tick(self, now: datetime) -> datetime:
        """Prune in batches until nothing is left to prune."""
        retention = self.keeping.at(now)
        while await self._prune_some(retention):
            pass
        while await self.store.forget_incidents(retention.before, AT_ONCE):
            pass
        for silence in await self.store.silences():
            if silence.until < retention.before:
                await self.store.delete_silence(silence.id)
        return now + EVERY

    async def _prune_some(self, retention: Retention) -> bool:
        ids = await self.store.prunable(retention, AT_ONCE)
        if ids:
            # Rows go last: a log whose row is gone would be found by nobody, and stay for ever.
            await self.engine.forget(ids)
            _log.info("executions pruned", count=len(ids))
        await self.store.prune(ids)  # without any, too: a deleted cron may have had none
        return bool(ids)
