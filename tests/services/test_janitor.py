"""What retention no longer keeps is forgotten."""

from collections.abc import Sequence
from datetime import timedelta

import pytest

from tests.samples import DAY, HOUR, MINUTE, NOON
from tests.services.conftest import World
from tests.stores.rows import add, announce, commit, final
from wlcron.engines.fake import FakeEngine, Script
from wlcron.errors import EngineUnavailableError, StoreError
from wlcron.services.janitor import Janitor
from wlcron.services.notifier import Notifier
from wlcron.store import Keeping
from wlcron.stores.memory import MemoryStore


async def test_executions_beyond_retention_are_forgotten_by_store_and_engine(
    world: World,
) -> None:
    """Old and surplus executions go; what is kept stays."""
    world.script = lambda _: Script(run_for=timedelta(0), says=b"hello")
    await world.add()
    for _ in range(5):
        await world.pass_time()
        world.now += 10 * MINUTE
    await world.pass_time()
    rows = await world.rows()
    await Notifier(world.store).tick(world.now)
    await Janitor(world.store, world.engine, Keeping(30 * DAY, 2)).tick(world.now)
    kept = await world.rows()
    assert [row.id for row in kept[-2:]] == [row.id for row in rows[-2:]]
    assert len([chunk async for chunk in world.engine.logs(rows[0])]) == 0
    await Janitor(world.store, world.engine, Keeping(30 * DAY, 1000)).tick(NOON + 40 * DAY)
    assert all(not row.is_final for row in await world.rows())


class Unwell(FakeEngine):
    """An engine that does not forget as long as it is unwell."""

    is_well = False

    async def forget(self, execution_ids: Sequence[str]) -> None:
        """Forget executions, or fail."""
        if not self.is_well:
            raise EngineUnavailableError("the disk is busy")
        await super().forget(execution_ids)


class Dying(MemoryStore):
    """A store whose server dies before rows are deleted."""

    async def prune(self, execution_ids: Sequence[str]) -> None:
        """Die."""
        raise StoreError(f"the database is locked, {len(execution_ids)} stay")


async def test_a_row_stays_until_the_engine_has_forgotten_its_log(world: World) -> None:
    """Without the row nobody would ever look for the log again."""
    unwell = Unwell()
    await final_history(world)
    janitor = Janitor(world.store, unwell, Keeping(DAY, 0))
    with pytest.raises(EngineUnavailableError):
        await janitor.tick(world.now)
    assert len(await world.rows()) == 3
    unwell.is_well = True
    await janitor.tick(world.now)
    assert await world.rows() == []


async def test_a_log_is_forgotten_again_by_whoever_dies_in_between(world: World) -> None:
    """The next one finds the rows, and both go."""
    world.store = Dying()
    await final_history(world)
    janitor = Janitor(world.store, world.engine, Keeping(DAY, 0))
    for _ in range(2):
        with pytest.raises(StoreError, match="3 stay"):
            await janitor.tick(world.now)


async def test_a_deleted_cron_that_never_ran_goes(world: World) -> None:
    """Though there is no execution to forget."""
    cron = await world.add()
    assert await world.store.delete_cron(cron)
    await Janitor(world.store, world.engine, Keeping(DAY, 0)).tick(world.now)
    assert await world.add() == cron


async def final_history(world: World) -> None:
    """Have three executions on record that are over and announced."""
    cron = await add(world.store)
    await commit(world.store, *(final(cron, NOON - n * HOUR) for n in range(3)))
    await announce(world.store)
