"""What retention no longer keeps is forgotten."""

from datetime import timedelta

from tests.samples import DAY, MINUTE, NOON
from tests.services.conftest import World
from wlcron.engines.fake import Script
from wlcron.services.janitor import Janitor
from wlcron.services.notifier import Notifier


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
    await Janitor(world.store, world.engine, keep_for=30 * DAY, keep=2).tick(world.now)
    kept = await world.rows()
    assert [row.id for row in kept[-2:]] == [row.id for row in rows[-2:]]
    assert len([chunk async for chunk in world.engine.logs(rows[0].id)]) == 0
    await Janitor(world.store, world.engine, keep_for=30 * DAY, keep=1000).tick(NOON + 40 * DAY)
    assert all(not row.is_final for row in await world.rows())
