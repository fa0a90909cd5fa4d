"""A slot that was announced has its row before the announcement is acknowledged, and one only."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from tests.samples import DAY, HOUR, MINUTE, NOON, SECOND, make_cron
from wlcron.core.cron import Cron, Pause, Registration
from wlcron.core.execution import Execution, Status
from wlcron.core.planning import Plan
from wlcron.deliveries import Delivered, Deliveries
from wlcron.errors import StoreError
from wlcron.store import Claim, Taker
from wlcron.stores.memory import MemoryStore
from wlcron.trigger import Delivery

SLOTS = [NOON + number * 10 * MINUTE for number in range(12)]


class CountingStore(MemoryStore):
    """Counts what it is asked; loses races, or goes away, when it is told to."""

    reads, commits, lost = 0, 0, 0
    is_away = False

    async def cron(self, name: str) -> Cron | None:
        """Return the cron of that name."""
        self.reads += 1
        return await super().cron(name)

    async def commit(self, plans: Sequence[Plan], taker: Taker | None = None) -> list[Execution]:
        """Write what plans say."""
        self.commits += 1
        if self.is_away:
            raise StoreError("the database does not answer")
        if self.lost:
            self.lost -= 1
            return []
        return await super().commit(plans, taker)


@dataclass
class Room:
    """A starter with room for so many."""

    places: int = 99
    taken: list[Claim] = field(default_factory=list)

    def offer(self, now: datetime, count: int) -> Taker | None:
        """Return who takes them, while there is room."""
        return Taker("here", now + MINUTE) if count <= self.places else None

    def take(self, claims: Iterable[Claim]) -> None:
        """Note them."""
        self.taken.extend(claims)


class World:
    """A store with a cron that is due every ten minutes, and whoever takes deliveries."""

    def __init__(self) -> None:
        self.store, self.room, self.pending = CountingStore(), Room(), list[str]()
        self.deliveries = self.replica()

    def replica(self) -> Deliveries:
        """Return a server over the same store."""
        return Deliveries(self.store, self.room, "ours", lambda: self.pending.append("pending"))

    async def add(self, name: str = "tidy", **more: object) -> Cron:
        """Save a cron."""
        await self.store.put_cron(make_cron(name, **more))  # type: ignore[arg-type]  # test data
        return await self.cron(name)

    async def cron(self, name: str = "tidy") -> Cron:
        """Return a cron as it is stored."""
        cron = await MemoryStore.cron(self.store, name)
        assert cron is not None
        return cron

    async def deliver(
        self, slot: datetime = NOON, now: datetime | None = None, **more: object
    ) -> Delivered:
        """Announce a slot, at its time unless another is given."""
        return await self.deliveries.deliver(announced(slot, **more), now or slot + SECOND)

    async def rows(self) -> list[tuple[datetime, Status]]:
        """Return slots and what became of them, oldest first."""
        rows = await self.store.executions([(await self.cron()).id], 2000)
        return [(row.slot, row.status) for row in rows[::-1]]


def announced(slot: datetime, **more: object) -> Delivery:
    """Return what a trigger says of a slot."""
    fields: dict[str, object] = {"instance": "ours", "cron": "tidy", "is_exact": True, "id": "1"}
    return Delivery(slot=slot, **(fields | more))  # type: ignore[arg-type]  # test data


@pytest.fixture
async def world() -> World:
    """Return a world in which the cron is due at noon."""
    made = World()
    await made.add()
    return made


async def test_a_slot_is_recorded_and_taken_by_whoever_has_room(world: World) -> None:
    """One commit, and the start follows from it."""
    assert await world.deliver() is Delivered.RECORDED
    assert await world.rows() == [(NOON, Status.STARTING)]
    assert [claim.execution.slot for claim in world.room.taken] == [NOON]
    assert (await world.cron()).next_due == NOON + 10 * MINUTE
    assert not world.pending


async def test_without_room_the_launcher_is_told(world: World) -> None:
    """The execution waits for its turn."""
    world.room.places = 0
    assert await world.deliver() is Delivered.RECORDED
    assert await world.rows() == [(NOON, Status.PENDING)]
    assert (world.pending, world.room.taken) == (["pending"], [])


async def test_a_repeated_delivery_changes_nothing(world: World) -> None:
    """SNS delivers at least once; also a day later, and to another server."""
    await world.deliver()
    for now in (NOON + SECOND, NOON + MINUTE):
        assert await world.deliver(now=now) is Delivered.DUPLICATE
    world.deliveries = world.replica()
    assert await world.deliver() is Delivered.DUPLICATE
    assert len(await world.rows()) == len(world.room.taken) == 1


async def test_deliveries_in_any_order_leave_one_row_for_each_slot(world: World) -> None:
    """What was not heard of is planned with what came first."""
    for slot in (SLOTS[1], SLOTS[0], SLOTS[1], SLOTS[2]):
        await world.deliver(slot, SLOTS[2] + SECOND)
    assert [slot for slot, _ in await world.rows()] == SLOTS[:3]
    assert [status for _, status in await world.rows()][:2] == [Status.MISSED] * 2


async def test_two_servers_that_hear_of_it_at_once_make_one_row(world: World) -> None:
    """Each slot, delivered twice to both; both remember the cron."""
    servers = [world.replica(), world.replica()] * 2
    for slot in SLOTS:
        outcomes = await asyncio.gather(
            *(server.deliver(announced(slot), slot + SECOND) for server in servers)
        )
        assert sorted(outcomes) == [Delivered.DUPLICATE] * 3 + [Delivered.RECORDED]
    assert [slot for slot, _ in await world.rows()] == SLOTS


async def test_a_delivery_costs_one_commit_and_no_read(world: World) -> None:
    """But for the first one, which has the cron read."""
    for slot in SLOTS:
        assert await world.deliver(slot) is Delivered.RECORDED
    assert (world.store.reads, world.store.commits) == (1, len(SLOTS))


async def test_a_change_by_others_costs_a_second_try_and_is_heeded(world: World) -> None:
    """A pause, say: what is remembered of the cron is out of date."""
    await world.deliver()
    paused = replace(await world.cron(), pause=Pause(NOON + MINUTE))
    assert await world.store.put_cron(paused)
    assert await world.deliver(SLOTS[1]) is Delivered.RECORDED
    assert await world.rows() == [(SLOTS[0], Status.STARTING), (SLOTS[1], Status.SKIPPED)]
    assert (world.store.reads, world.store.commits) == (2, 3)


async def test_a_slot_that_an_edit_brought_forward_is_no_duplicate(world: World) -> None:
    """What is remembered says that nothing is due yet; only the store is believed that."""
    await world.deliver()
    sooner = make_cron(schedule="* * * * *").definition
    edited = replace(await world.cron(), definition=sooner, version=2, next_due=NOON + MINUTE)
    assert await world.store.put_cron(edited)
    assert await world.deliver(NOON + MINUTE) is Delivered.RECORDED
    assert len(await world.rows()) == 2


async def test_a_cron_that_was_made_anew_is_another_one(world: World) -> None:
    """It has the name of the one that is remembered, and slots of its own."""
    await world.deliver()
    assert await world.store.delete_cron(await world.cron())
    new = await world.add(id="7ef1b0b2-5a0c-5a6e-9d3b-0f5a2a8f8a11", next_due=SLOTS[1])
    assert await world.deliver(SLOTS[1]) is Delivered.RECORDED
    assert [claim.cron.id for claim in world.room.taken][1:] == [new.id]


async def test_a_lost_race_is_run_again_a_few_times(world: World) -> None:
    """Then it is for the trigger to announce it again."""
    world.store.lost = 3
    assert await world.deliver() is Delivered.RECORDED
    world.store.lost = 99
    assert await world.deliver(SLOTS[1]) is Delivered.BUSY
    world.store.lost = 0
    assert await world.deliver(SLOTS[1]) is Delivered.RECORDED


async def test_what_cannot_be_recorded_is_not_acknowledged(world: World) -> None:
    """The store's error goes to the caller, and the same delivery succeeds later."""
    world.store.is_away = True
    with pytest.raises(StoreError):
        await world.deliver()
    world.store.is_away = False
    assert await world.deliver() is Delivered.RECORDED


async def test_a_slot_ahead_of_our_clock_is_to_be_announced_again(world: World) -> None:
    """By more than a minute; within it, it is recorded."""
    assert await world.deliver(NOON, NOON - MINUTE - SECOND) is Delivered.EARLY
    assert await world.rows() == []
    assert await world.deliver(NOON, NOON - MINUTE) is Delivered.RECORDED


async def test_a_late_slot_is_judged_by_start_within(world: World) -> None:
    """Half of ten minutes."""
    assert await world.deliver(NOON, NOON + 6 * MINUTE) is Delivered.RECORDED
    assert await world.rows() == [(NOON, Status.MISSED)]


async def test_an_unknown_cron_is_asked_for_each_time(world: World) -> None:
    """It may be made at any moment; until then nothing is remembered of it."""
    assert await world.deliver(cron="later") is Delivered.UNKNOWN
    await world.add("later")
    assert await world.deliver(cron="later") is Delivered.RECORDED


async def test_a_cron_that_was_deleted_is_unknown(world: World) -> None:
    """Also to a server that remembers it, and while it is on its way out."""
    await world.deliver()
    leaving = replace(await world.cron(), registration=Registration(leaving=True), next_due=None)
    assert await world.store.put_cron(leaving)
    assert await world.deliver(SLOTS[1]) is Delivered.UNKNOWN
    assert await world.store.delete_cron(await world.cron())
    assert await world.deliver(SLOTS[1]) is Delivered.UNKNOWN


async def test_the_cron_of_another_instance_is_left_alone(world: World) -> None:
    """Two may share a topic, and have crons of the same name."""
    assert await world.deliver(instance="theirs") is Delivered.FOREIGN
    assert (await world.rows(), world.store.reads) == ([], 0)


async def test_a_cron_that_cannot_be_planned_is_no_reason_to_ask_again() -> None:
    """Its time zone left the machine; the scheduler puts it out of schedule."""
    world = World()
    await world.add(timezone="Nowhere/Else")
    assert await world.deliver() is Delivered.UNKNOWN


async def test_all_slots_of_an_outage_are_recorded_before_the_answer() -> None:
    """A plan holds a thousand at most; the slot that was announced comes after them."""
    world = World()
    await world.add(schedule="* * * * *", next_due=NOON - DAY)
    assert await world.deliver() is Delivered.RECORDED
    rows = await world.rows()
    assert (len(rows), rows[-1]) == (24 * 60 + 1, (NOON, Status.STARTING))


async def test_a_trigger_with_a_phase_of_its_own_is_followed() -> None:
    """A rule counts its hours from when it was made; a repetition is known all the same."""
    world = World()
    await world.add(schedule="rate(1 hour)", next_due=NOON)
    first, second = NOON + 7 * MINUTE, NOON + HOUR + 7 * MINUTE
    for slot in (first, second):
        assert await world.deliver(slot, is_exact=False) is Delivered.RECORDED
        assert await world.deliver(slot, is_exact=False) is Delivered.DUPLICATE
    assert [slot for slot, _ in await world.rows()] == [first, second]


async def test_few_crons_are_remembered_and_no_large_one() -> None:
    """A hundred thousand must not fill the memory."""
    world = World()
    await world.add("large", source="#" * 20_000)
    for slot in SLOTS[:2]:
        assert await world.deliver(slot, cron="large") is Delivered.RECORDED
    assert world.store.reads == 2
    for number in range(2001):
        await world.add(f"cron-{number}")
        await world.deliver(cron=f"cron-{number}")
    world.store.reads = 0
    await world.deliver(SLOTS[1], cron="cron-2000")
    assert world.store.reads == 0
    await world.deliver(SLOTS[1], cron="cron-0")
    assert world.store.reads == 1
