"""Commits plans, and has what came of them started in the same breath where there is room."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Protocol

from wlcron.core.execution import Execution, Status
from wlcron.core.planning import Plan
from wlcron.store import Claim, Store, Taker


class Starter(Protocol):
    """Who starts executions in this process."""

    def offer(self, now: datetime, count: int) -> Taker | None:
        """Return who takes so many executions that are made now; None: there is no room."""

    def take(self, claims: Iterable[Claim]) -> None:
        """Begin the starts of executions that were taken."""


class NoStarter:
    """Nobody: executions wait for the launcher of some process."""

    def offer(self, now: datetime, count: int) -> Taker | None:
        """Return None."""
        del now, count
        return None

    def take(self, claims: Iterable[Claim]) -> None:
        """Do nothing: nothing was taken."""


NOBODY = NoStarter()


async def commit_and_start(
    store: Store, starter: Starter, plans: Sequence[Plan], now: datetime
) -> list[Execution]:
    """Commit plans and return the rows that were made.

    Where the starter has room for all of them they are taken with the same commit: that spares
    the one of a claim. Otherwise they wait, oldest slot first, until they are claimed.
    """
    taker = starter.offer(now, len(plans))
    made = await store.commit(plans, taker)
    if taker is not None:
        crons = {plan.cron.id: plan.cron for plan in plans}
        taken = (row for row in made if row.status is Status.STARTING)
        starter.take(Claim(row, crons[row.cron_id]) for row in taken)
    return made
