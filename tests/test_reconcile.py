"""What differs outside is found and mended, and nothing else is touched."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from tests.samples import make_cron
from tests.services.registries import ListedRegistry
from wlcron.core.cron import Cron, Registration
from wlcron.reconcile import find_differences, mend
from wlcron.registry import Difference, Divergence
from wlcron.stores.memory import MemoryStore


@dataclass
class Surveyed(ListedRegistry):
    """A registry that can be looked at: what it made is right if it has the cron's version."""

    unseen: Exception | None = None  # why it cannot be looked at

    async def survey(self, crons: Mapping[str, Cron], *, thorough: bool) -> list[Difference]:
        """Compare by version."""
        del thorough
        if self.unseen is not None:
            raise self.unseen
        found = [
            *((Divergence.MISSING, name) for name in crons if name not in self.made),
            *((Divergence.EXTRA, name) for name in self.made if name not in crons),
            *(
                (Divergence.CHANGED, name)
                for name, cron in crons.items()
                if name in self.made and self.made[name].version != cron.version
            ),
        ]
        return [Difference(what, self.name, name, f"listed {name}") for what, name in found]

    async def discard(self, difference: Difference) -> None:
        """Take it away."""
        self.asked.append(f"discard {difference.cron}")
        del self.made[difference.cron]


async def a_world() -> tuple[MemoryStore, Surveyed]:
    """Return a store and a registry that differ in one cron each way."""
    store, registry = MemoryStore(), Surveyed()
    settled = Registration(settled=True, parts={"listed": "arn"})
    crons = {name: make_cron(name) for name in ("right", "missing", "changed", "leaving")}
    for name, cron in crons.items():
        leaving = Registration(leaving=True)
        await store.put_cron(replace(cron, registration=leaving if name == "leaving" else settled))
    await store.put_cron(make_cron("before-aws"))
    registry.made = {**crons, "changed": replace(crons["changed"], version=7)}
    registry.made["extra"] = make_cron("extra")
    del registry.made["missing"]
    return store, registry


async def test_each_difference_is_named_and_nothing_is_changed() -> None:
    """Crons that leave are the registrar's."""
    store, registry = await a_world()
    found = await find_differences(store, [ListedRegistry(), registry])
    assert {(each.what, each.cron) for each in found} == {
        (Divergence.MISSING, "missing"),
        (Divergence.MISSING, "before-aws"),
        (Divergence.CHANGED, "changed"),
        (Divergence.EXTRA, "extra"),
    }
    assert registry.asked == []
    assert [cron.name for cron in await store.unregistered(10)] == ["leaving"]


async def test_mending_marks_crons_for_the_registrar_and_takes_away_what_is_extra() -> None:
    """What was made for them is still known."""
    store, registry = await a_world()
    await mend(store, [registry], await find_differences(store, [registry]))
    assert registry.asked == ["discard extra"]
    marked = {cron.name: cron.registration for cron in await store.unregistered(10)}
    assert set(marked) == {"missing", "before-aws", "changed", "leaving"}
    assert marked["changed"] == Registration(parts={"listed": "arn"})
    assert marked["before-aws"] == Registration()


async def test_what_looked_extra_and_belongs_to_a_cron_by_now_stays() -> None:
    """It was created between the two looks."""
    store, registry = await a_world()
    found = await find_differences(store, [registry])
    await store.put_cron(make_cron("extra"))
    await mend(store, [registry], found)
    assert "extra" in registry.made


async def test_a_cron_that_is_gone_or_goes_by_now_is_not_marked() -> None:
    """Nobody makes anything for it."""
    store, registry = await a_world()
    found = await find_differences(store, [registry])
    for name in ("missing", "changed"):
        cron = await store.cron(name)
        assert cron is not None
        if name == "missing":
            await store.delete_cron(cron)
        else:
            await store.put_cron(replace(cron, registration=Registration(leaving=True)))
    await mend(store, [registry], found)
    assert {cron.name for cron in await store.unregistered(10) if not cron.is_leaving} == {
        "before-aws"
    }


async def test_where_nothing_is_made_nothing_differs() -> None:
    """One machine, or a registry that cannot be looked at."""
    store, _ = await a_world()
    assert await find_differences(store, []) == []
    assert await find_differences(store, [ListedRegistry()]) == []
