"""What has to be true once nothing goes wrong any more."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from tests.simulation.book import name
from tests.simulation.containers import is_running
from tests.simulation.incidents import Problem
from wlcron.core.execution import Status

if TYPE_CHECKING:
    from tests.simulation.world import World

YOUNG = timedelta(seconds=75)  # so long anything may take; beside the patience of a trigger


class Settled:
    """Looks at a world after a quiet time."""

    def __init__(self, world: "World") -> None:
        self._world = world

    async def problems(self) -> list[Problem]:
        """Return what is not as it has to be by now."""
        world = self._world
        crons, old = await world.store.crons(), world.clock() - YOUNG
        return [
            *await self._slots(old),
            *await self._rows(old),
            *await self._outbox(old),
            *self._monitors(old),
            *world.incidents.problems(world.clock(), {cron.id for cron in crons}),
        ]

    async def _slots(self, old: datetime) -> list[Problem]:
        world = self._world
        until = old - timedelta(minutes=1)
        return [
            ("each slot has its row", f"{cron.name} has none for {slot:%H:%M:%S}")
            for cron in await world.store.crons()
            for slot in world.book.eras.due(cron.id, until)
            if (cron.id, slot) not in world.book.slots
        ]

    async def _rows(self, old: datetime) -> list[Problem]:
        world, found = self._world, list[Problem]()
        for row in await world.store.active():
            container = world.ground.containers.get(row.id)
            runs = container is not None and await is_running(container)
            if not runs and max(row.created_at, row.slot) < old:
                found.append(("nothing is active that does not run", name(row)))
            elif runs and row.status is not Status.RUNNING and row.slot < old:
                found.append(("what runs is known to run", name(row)))
        for container in await world.ground.running():
            row_now = world.book.rows[container.execution.id]
            if row_now.is_final:
                found.append(("nothing runs that is not active", name(row_now)))
        return found

    async def _outbox(self, old: datetime) -> list[Problem]:
        return [
            ("nothing is unannounced", name(change.execution))
            for change in await self._world.store.unannounced(1000)
            if change.at < old
        ]

    def _monitors(self, old: datetime) -> Iterator[Problem]:
        world = self._world
        for key in world.book.passed:
            for monitor, known in world.told.monitors.items():
                row = world.book.rows[key[0]]
                is_told = key in known or (monitor, key) in world.told.given_up
                if not is_told and max(row.created_at, row.ended_at or row.slot) < old:
                    yield "everybody is told of each change", f"{monitor}: {key[1]} of {name(row)}"
