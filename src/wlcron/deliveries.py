"""What a trigger outside says: that a slot of a cron is due."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """A slot that is due, as a trigger announced it; it may come late, twice, or not at all."""

    instance: str  # of wlcron, whose cron it is
    cron: str  # by name
    slot: datetime  # UTC
    is_exact: bool  # False: the trigger has a phase of its own (`plan_delivered`)
    id: str  # the announcement's own
