"""How things stand in the store: a few indexed questions, whenever somebody asks."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from wlcron.core.cron import Severity
from wlcron.core.execution import Status
from wlcron.core.incident import Condition
from wlcron.services.alerting.flood import open_incidents
from wlcron.store import Store

MOST_UNTOLD = 1000  # changes that are counted; what lies behind them is not
Kind = tuple[Condition, Severity]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What is so at one moment."""

    active: Mapping[Status, int]  # executions that are not over
    next_due: datetime | None
    incidents: Mapping[Kind, int]  # that are open
    opened: Mapping[Kind, datetime]  # the oldest of these
    untold: int  # changes in the outbox, at least so many
    untold_since: datetime | None  # the oldest of these


async def standing(store: Store) -> Standing:
    """Return how things stand; raises StoreError."""
    active = Counter(execution.status for execution in await store.active())
    incidents, opened = Counter[Kind](), dict[Kind, datetime]()
    async for incident in open_incidents(store):
        kind = incident.condition, incident.severity
        incidents[kind] += 1
        opened[kind] = min(opened.get(kind, incident.opened_at), incident.opened_at)
    untold = await store.unannounced(MOST_UNTOLD)
    return Standing(
        active=active,
        next_due=await store.next_due(),
        incidents=incidents,
        opened=opened,
        untold=len(untold),
        untold_since=min((change.at for change in untold), default=None),
    )
