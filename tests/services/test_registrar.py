"""The world outside follows what the store says, through every failure in the middle."""

from dataclasses import replace

import pytest

from tests.samples import HOUR, MINUTE, NOON, SECOND, make_definition
from tests.services.conftest import World
from tests.services.registries import ListedRegistry
from wlcron.core.cron import Cron, Pause, Registration
from wlcron.errors import RefusedError, RegistryUnavailableError
from wlcron.services.registrar import EVERY, Registrar

PARTS = {"rule": "arn:rule:tidy", "task": "arn:task:tidy"}
LEAVING = Registration(leaving=True, parts=PARTS)


@pytest.fixture
def task() -> ListedRegistry:
    """Return where something is made first."""
    return ListedRegistry("task")


@pytest.fixture
def rule() -> ListedRegistry:
    """Return where something is made last: from then on slots come."""
    return ListedRegistry("rule")


@pytest.fixture
def registrar(world: World, task: ListedRegistry, rule: ListedRegistry) -> Registrar:
    """Return who makes both."""
    return Registrar(world.store, [task, rule])


async def registration(world: World, name: str = "tidy") -> Registration:
    """Return a cron's registration as it is stored."""
    found = (await world.cron(name)).registration
    assert found is not None
    return found


async def test_what_was_made_is_written_back(world: World, registrar: Registrar) -> None:
    """In the order of the registries, once."""
    await world.add(registration=Registration())
    assert await registrar.tick(NOON) == NOON + EVERY
    assert await registration(world) == Registration(settled=True, parts=PARTS)
    assert await world.store.unregistered(10) == []


async def test_what_is_settled_is_left_alone(
    world: World, registrar: Registrar, rule: ListedRegistry
) -> None:
    """Nothing is asked of anybody."""
    await world.add(name="made", registration=Registration(settled=True, parts=PARTS))
    await registrar.tick(NOON)
    assert rule.asked == []


async def test_crons_that_are_older_than_what_the_server_makes_are_registered(
    world: World, registrar: Registrar, rule: ListedRegistry
) -> None:
    """A first start in AWS, another trigger, a monitor that was added; looked for once."""
    await world.add(name="plain")
    await world.add(name="half", registration=Registration(settled=True, parts={"other": "x"}))
    await world.add(name="going", registration=Registration(leaving=True))
    await registrar.tick(NOON)
    assert sorted(rule.asked)[:2] == ["+rule half", "+rule plain"]
    assert (await registration(world, "plain")).settled
    await world.add(name="later")
    await registrar.tick(NOON)
    assert "+rule later" not in rule.asked


async def test_a_failure_is_noted_and_tried_again_ever_more_slowly(
    world: World, registrar: Registrar, rule: ListedRegistry
) -> None:
    """With one sentence that people see."""
    await world.add(registration=Registration())
    rule.fails["tidy"] = RegistryUnavailableError("AWS does not answer")
    again = await registrar.tick(NOON)
    assert again == NOON + 2 * SECOND
    assert (await registration(world)).problem == "AWS does not answer"
    assert not (await registration(world)).settled
    await registrar.tick(NOON + SECOND)
    assert rule.asked == ["+rule tidy"]
    await registrar.tick(again)
    await registrar.tick(again + 3 * SECOND)
    assert rule.asked == ["+rule tidy"] * 2
    rule.fails.clear()
    await registrar.tick(again + 4 * SECOND)
    assert await registration(world) == Registration(settled=True, parts=PARTS)


async def test_one_that_fails_does_not_hold_up_the_others(
    world: World, registrar: Registrar, rule: ListedRegistry
) -> None:
    """Neither by a refusal nor by a mistake in the code."""
    for name in ("a", "b", "c", "d"):
        await world.add(name=name, registration=Registration())
    rule.fails = {"a": RefusedError("no"), "b": KeyError("b"), "c": RegistryUnavailableError("x")}
    await registrar.tick(NOON)
    assert sorted(rule.made) == ["d"]
    assert "the server failed at this" in (await registration(world, "b")).problem


async def test_many_that_fail_do_not_hide_the_others(
    world: World, registrar: Registrar, rule: ListedRegistry
) -> None:
    """More than are looked at in one go."""
    failing = {f"cron-{number:03}" for number in range(450)}
    for name in failing:
        await world.add(name=name, registration=Registration())
        rule.fails[name] = RefusedError("no")
    await world.add(name="zebra", registration=Registration())
    now = NOON
    while await registrar.tick(now) == now:
        pass
    assert list(rule.made) == ["zebra"]


async def test_what_is_refused_is_tried_again_when_the_cron_changed(
    world: World, registrar: Registrar, rule: ListedRegistry
) -> None:
    """Otherwise only after an hour: somebody may have given a permission."""
    await world.add(registration=Registration())
    rule.fails["tidy"] = RefusedError("AWS does not allow it")
    await registrar.tick(NOON)
    await registrar.tick(NOON + HOUR - SECOND)
    assert len(rule.asked) == 1
    changed = replace(await world.cron(), version=2, registration=Registration())
    await world.store.put_cron(changed)
    await registrar.tick(NOON + HOUR - SECOND)
    assert len(rule.asked) == 2
    rule.fails.clear()
    await registrar.tick(NOON + 3 * HOUR)
    assert (await registration(world)).settled


async def test_a_clock_that_was_set_back_delays_nothing(
    world: World, registrar: Registrar, rule: ListedRegistry
) -> None:
    """A day, say."""
    await world.add(registration=Registration())
    rule.fails["tidy"] = RegistryUnavailableError("AWS does not answer")
    await registrar.tick(NOON)
    rule.fails.clear()
    await registrar.tick(NOON - 24 * HOUR)
    assert (await registration(world)).settled


async def test_a_slot_that_is_planned_meanwhile_does_no_harm(
    world: World, registrar: Registrar, rule: ListedRegistry
) -> None:
    """It moves next_due, and what is made outside is the same."""

    async def plan(_: Cron) -> None:
        await world.scheduler.tick(NOON)

    await world.add(registration=Registration())
    rule.meanwhile = plan
    await registrar.tick(NOON)
    assert (await registration(world)).settled
    assert (await world.cron()).next_due == NOON + 10 * MINUTE


async def test_a_cron_that_changes_meanwhile_stays_unsettled(
    world: World, registrar: Registrar, rule: ListedRegistry
) -> None:
    """The next tick makes what it says now; what others wrote is not undone."""

    async def change(cron: Cron) -> None:
        fresh = replace(cron, definition=make_definition("@daily"), version=2)
        await world.store.put_cron(fresh)

    await world.add(registration=Registration())
    rule.meanwhile = change
    await registrar.tick(NOON)
    assert not (await registration(world)).settled
    await registrar.tick(NOON)
    assert (await registration(world)).settled
    assert rule.made["tidy"].version == 2


async def test_a_pause_that_comes_meanwhile_is_not_lost(
    world: World, registrar: Registrar, rule: ListedRegistry
) -> None:
    """Its registration was marked anew, and is followed."""

    async def pause(cron: Cron) -> None:
        if cron.pause is None:
            await world.store.put_cron(replace(cron, pause=Pause(NOON)))

    await world.add(registration=Registration())
    rule.meanwhile = pause
    await registrar.tick(NOON)
    await registrar.tick(NOON)
    assert rule.made["tidy"].pause == Pause(NOON)
    assert (await registration(world)).settled


async def test_whoever_dies_before_writing_down_is_succeeded(
    world: World, registrar: Registrar, task: ListedRegistry, rule: ListedRegistry
) -> None:
    """At any point: what is made already is found made."""
    cron = await world.add(registration=Registration())
    await task.register(cron)
    await registrar.tick(NOON)
    assert await registration(world) == Registration(settled=True, parts=PARTS)
    assert list(task.made) == list(rule.made) == ["tidy"]


async def test_a_cron_that_leaves_goes_backwards(
    world: World, registrar: Registrar, task: ListedRegistry, rule: ListedRegistry
) -> None:
    """First what announces slots, last the cron itself."""
    await world.add(registration=LEAVING, next_due=None)
    rule.asked = task.asked
    await registrar.tick(NOON)
    assert rule.asked == ["-rule tidy", "-task tidy"]
    assert await world.store.cron("tidy") is None


async def test_a_cron_stays_until_nothing_is_left_of_it_outside(
    world: World, registrar: Registrar, task: ListedRegistry
) -> None:
    """So that nobody forgets what has to go."""
    await world.add(registration=LEAVING, next_due=None)
    task.fails["tidy"] = RegistryUnavailableError("AWS does not answer")
    again = await registrar.tick(NOON)
    left = await registration(world)
    assert (left.leaving, left.parts, left.problem) == (True, PARTS, "AWS does not answer")
    task.fails.clear()
    await registrar.tick(again)
    assert await world.store.cron("tidy") is None


async def test_what_was_begun_while_a_cron_leaves_is_stopped(
    world: World, registrar: Registrar
) -> None:
    """A request that overtook the deletion."""
    cron = await world.add(registration=LEAVING)
    await world.scheduler.tick(NOON)
    await registrar.tick(NOON)
    (row,) = await world.store.executions([cron.id], 10)
    assert (row.stop_asked_at, row.stop_reason) == (NOON, "its cron was deleted")


async def test_what_is_made_while_another_server_deletes_the_cron_is_taken_away(
    world: World, registrar: Registrar, task: ListedRegistry, rule: ListedRegistry
) -> None:
    """Nothing would find it otherwise."""

    async def delete(cron: Cron) -> None:
        await world.store.delete_cron(cron)

    await world.add(registration=Registration())
    rule.meanwhile = delete
    await registrar.tick(NOON)
    assert (rule.made, task.made) == ({}, {})


async def test_two_registrars_settle_a_cron_once_each_at_most(
    world: World, task: ListedRegistry, rule: ListedRegistry
) -> None:
    """Promise 8: nothing needs a leader."""
    await world.add(registration=Registration())
    for registrar in (Registrar(world.store, [task, rule]), Registrar(world.store, [task, rule])):
        await registrar.tick(NOON)
    assert rule.asked == ["+rule tidy"]
