"""Forgets what retention no longer keeps."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog

from wlcron.engine import Engine
from wlcron.store import Retention, Store

EVERY = timedelta(minutes=10)
AT_ONCE = 1000
_log = structlog.get_logger("wlcron.janitor")


@dataclass(frozen=True, slots=True)
class Janitor:
    """Prunes executions that are too old or too many, with their logs."""

    store: Store
    engine: Engine
    keep_for: timedelta
    keep: int

    async def tick(self, now: datetime) -> datetime:
        """Prune in batches until nothing is left to prune."""
        retention = Retention(before=now - self.keep_for, keep=self.keep)
        while forgotten := await self.store.prune(retention, AT_ONCE):
            await self.engine.forget(forgotten)
            _log.info("executions pruned", count=len(forgotten))
        return now + EVERY
