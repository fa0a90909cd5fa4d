"""How things stand in the store."""

from datetime import timedelta

from tests.samples import HOUR, MINUTE, NOON, make_incident
from tests.services.conftest import World
from wlcron.core.cron import Severity
from wlcron.core.execution import Status
from wlcron.core.incident import Condition
from wlcron.services.standing import standing


async def test_an_empty_store_has_nothing(world: World) -> None:
    """No counts, and no instants."""
    found = await standing(world.store)
    assert (found.active, found.incidents, found.opened, found.untold) == ({}, {}, {}, 0)
    assert found.next_due is None
    assert found.untold_since is None


async def test_what_is_so_now_is_counted(world: World) -> None:
    """Executions that are not over, open incidents, and changes that nobody was told of."""
    for name in ("one", "other"):
        await world.add(name=name)
        await world.store.put_incident(make_incident(name, opened_at=NOON - HOUR))
    await world.store.put_incident(make_incident("third"))
    await world.store.put_incident(make_incident("over", closed_at=NOON))
    await world.pass_time(timedelta(0))
    kind = Condition.FAILED, Severity.WARNING
    found = await standing(world.store)
    assert (found.active, found.incidents) == ({Status.RUNNING: 2}, {kind: 3})
    assert found.opened == {kind: NOON - HOUR}
    assert found.next_due == NOON + 10 * MINUTE
    assert found.untold == len(await world.store.unannounced(100)) > 0
    assert found.untold_since == NOON
