"""Many incidents at once are told as one."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import datetime, timedelta

from wlcron.core.cron import Severity
from wlcron.core.incident import Condition, Incident, tell
from wlcron.store import Store

GATHER = timedelta(seconds=5)  # before it is told how many there are
_TRIES = 5
_PAGE = 1000


def flood_id(channel: str) -> str:
    """Return what stands for the cron's id in a flood of a channel."""
    return f"channel:{channel}"


async def join(store: Store, channel: str, incident: Incident, limit: int, now: datetime) -> None:
    """Have one flood of a channel open, because of one more incident."""
    for _ in range(_TRIES):
        known = await store.incident(flood_id(channel), Condition.FLOOD)
        if known is not None and known.is_open:
            # It is as bad as the worst in it.
            worst = max(known.severity, incident.severity, key=list(Severity).index)
            if worst is known.severity or await store.put_incident(replace(known, severity=worst)):
                return
            continue
        flood = Incident(
            cron_id=flood_id(channel),
            cron_name=channel,
            condition=Condition.FLOOD,
            severity=incident.severity,
            number=known.number + 1 if known else 1,
            opened_at=now,
            slot=now,
            reason=f"more than {limit} incidents within a minute are told as one",
            judged=now,
            tellings=tell([channel]),
            due_at=now + GATHER,
            revision=known.revision if known else 0,
        )
        if await store.put_incident(flood):
            return


async def flooding(store: Store, channel: str) -> list[Incident]:
    """Return the open incidents that a channel hears of as one."""
    return [each async for each in open_incidents(store) if is_in_flood(each, channel)]


async def open_incidents(store: Store) -> AsyncIterator[Incident]:
    """Yield all incidents that are open."""
    after = ""
    while page := await store.open_incidents(after, _PAGE):
        for incident in page:
            yield incident
        after = page[-1].row_key


def is_in_flood(incident: Incident, channel: str) -> bool:
    """Whether a channel hears of an incident together with many others."""
    return any(each.is_in_flood and each.channel == channel for each in incident.tellings)
