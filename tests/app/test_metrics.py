"""What `/metrics` shows."""

from collections.abc import AsyncIterator

import pytest

from tests.app.exposition import Shop, families, samples
from tests.conftest import eventually
from tests.samples import HOUR, MINUTE, NOON, make_incident
from wlcron import __version__
from wlcron.core.execution import Change
from wlcron.core.incident import Condition
from wlcron.errors import StoreError
from wlcron.outlet import trial
from wlcron.stores.memory import MemoryStore


@pytest.fixture
async def shop() -> AsyncIterator[Shop]:
    """Return a server in memory."""
    made = Shop()
    yield made
    await made.close()


async def shown(shop: Shop, *, is_ready: bool = True) -> dict[str, float]:
    """Return what is shown now."""
    return samples(await shop.exposition.text(is_ready))


async def test_readiness_is_shown_as_readyz_tells_it(shop: Shop) -> None:
    """And which version it is of."""
    assert (await shown(shop))["wlcron_ready"] == 1
    assert (await shown(shop, is_ready=False))["wlcron_ready"] == 0
    assert (await shown(shop))[f'wlcron_build_info{{version="{__version__}"}}'] == 1


async def test_executions_that_are_not_over_are_counted_by_status(shop: Shop) -> None:
    """As the store has them; none is 0."""
    for name in ("one", "other"):
        await shop.add(name)
    await shop.pass_time()
    found = await shown(shop)
    assert found['wlcron_executions_active{status="RUNNING"}'] == 2
    assert found['wlcron_executions_active{status="PENDING"}'] == 0


async def test_the_next_slot_is_shown_where_there_is_one(shop: Shop) -> None:
    """The earliest of all crons."""
    assert "wlcron_next_slot_timestamp_seconds" not in await shown(shop)
    await shop.add()
    await shop.pass_time()
    slot = (NOON + 10 * MINUTE).timestamp()
    assert (await shown(shop))["wlcron_next_slot_timestamp_seconds"] == slot


async def test_the_last_success_of_each_cron_is_shown(shop: Shop) -> None:
    """As it is told; the name of the cron is the only label."""
    await shop.add()
    await shop.pass_time()
    await shop.pass_time(2 * MINUTE)
    name = 'wlcron_cron_last_success_timestamp_seconds{cron="tidy"}'
    assert name not in await shown(shop)
    await shop.service.notifier.tick(shop.now)
    assert (await shown(shop))[name] == (NOON + MINUTE).timestamp()


async def test_open_incidents_are_counted_by_condition_and_severity(shop: Shop) -> None:
    """With the oldest of them; those that are closed are not shown."""
    await shop.store.put_incident(make_incident("one", opened_at=NOON - HOUR))
    await shop.store.put_incident(make_incident("other"))
    await shop.store.put_incident(make_incident("over", closed_at=NOON))
    found = await shown(shop)
    labels = '{condition="failed",severity="warning"}'
    assert found[f"wlcron_incidents_open{labels}"] == 2
    assert found[f"wlcron_incidents_oldest_timestamp_seconds{labels}"] == (NOON - HOUR).timestamp()
    assert sum(value for name, value in found.items() if "incidents_open" in name) == 2
    assert all(f'condition="{each}"' in "".join(found) for each in Condition)


async def test_the_outbox_is_shown_with_its_age(shop: Shop) -> None:
    """Changes that nobody was told of yet; 0 when there are none."""
    await shop.add()
    await shop.pass_time()
    shop.now += MINUTE
    found = await shown(shop)
    assert (found["wlcron_outbox_changes"], found["wlcron_outbox_oldest_age_seconds"]) == (2, 60)
    await shop.service.notifier.tick(shop.now)
    await eventually(lambda: _emptied(shop))
    found = await shown(shop)
    assert (found["wlcron_outbox_changes"], found["wlcron_outbox_oldest_age_seconds"]) == (0, 0)


async def _emptied(shop: Shop) -> bool:
    await shop.service.notifier.tick(shop.now)
    return not await shop.store.unannounced(1)


async def test_channels_are_counted_by_outcome(shop: Shop) -> None:
    """And whether one fails now."""
    outlet = shop.service.outlets["pager"]
    await outlet.prove(trial("pager", "here", shop.now))
    shop.now += MINUTE
    shop.pager.fails = True
    with pytest.raises(Exception, match="no room"):
        await outlet.prove(trial("pager", "here", shop.now))
    found = await shown(shop)
    assert found['wlcron_channel_messages_total{channel="pager",outcome="taken"}'] == 1
    assert found['wlcron_channel_messages_total{channel="pager",outcome="failed"}'] == 1
    assert found['wlcron_channel_failing{channel="pager"}'] == 1
    shop.now += MINUTE
    shop.pager.fails = False
    await outlet.prove(trial("pager", "here", shop.now))
    assert (await shown(shop))['wlcron_channel_failing{channel="pager"}'] == 0


async def test_a_monitor_that_took_no_heartbeat_is_away(shop: Shop) -> None:
    """As one that was not told of a change."""
    shop.far.problem = "no answer"
    heartbeat = shop.service.heartbeat
    await heartbeat.tick(await heartbeat.tick(shop.now))
    assert (await shown(shop))['wlcron_monitor_away{monitor="far"}'] == 1
    assert list(shop.service.away) == ["far"]


async def test_duties_are_shown_with_what_readyz_says_of_them(shop: Shop) -> None:
    """Healthy or not, when they last made progress, and when they are to go on."""
    await shop.be_driven()
    found = await shown(shop)
    assert found['wlcron_duty_healthy{duty="scheduler"}'] == 1
    of_scheduler = '_timestamp_seconds{duty="scheduler"}'
    assert found[f"wlcron_duty_last_progress{of_scheduler}"] == NOON.timestamp()
    assert found[f"wlcron_duty_due{of_scheduler}"] == (NOON + MINUTE).timestamp()
    duties = {each.duty for each in shop.service.runner.progress()}
    assert {"heartbeat", "successes", "notifier", "watcher"} <= duties


class Away(MemoryStore):
    """A store that can be taken away."""

    is_away = False

    async def unannounced(self, limit: int) -> list[Change]:
        """Answer while it is there."""
        if self.is_away:
            raise StoreError("the database is away")
        return await super().unannounced(limit)


async def test_without_the_database_the_rest_is_shown() -> None:
    """It is when things go wrong that somebody looks."""
    store = Away()
    shop = Shop(store)
    await shop.be_busy()
    store.is_away = True
    names = set(families(await shop.exposition.text(is_ready=False)))
    assert {"wlcron_ready", "wlcron_duty_healthy", "wlcron_executions_total"} <= names
    assert "wlcron_outbox_changes" not in names
    await shop.close()
