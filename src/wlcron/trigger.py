"""The trigger's port: what says that a slot is due."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from wlcron.core.cron import Definition
from wlcron.engine import Finding, Verdict
from wlcron.registry import Registry


@dataclass(frozen=True, slots=True)
class Delivery:
    """A slot that is due, as a trigger announced it; it may come late, twice, or not at all."""

    instance: str  # of wlcron, whose cron it is
    cron: str  # by name
    slot: datetime  # UTC
    is_exact: bool  # False: the trigger has a phase of its own (`plan_delivered`)
    id: str  # the announcement's own


class Trigger(Registry, Protocol):
    """The embedded clock, or EventBridge.

    A trigger is never the only one that knows a slot: what it did not speak of `patience` after
    its time is planned by the scheduler.
    """

    patience: timedelta

    def check(self, definition: Definition) -> Verdict:
        """Say whether it can express this schedule; asks nobody."""

    def is_exact(self, definition: Definition) -> bool:
        """Whether it keeps this schedule to the instant, and has no phase of its own."""

    async def doctor(self) -> list[Finding]:
        """Say whether it works."""

    async def close(self) -> None:
        """Let go of connections."""
