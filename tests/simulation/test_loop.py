"""Time is virtual, and processes stop and die at any await."""

import asyncio
from collections.abc import Iterator

import pytest

from tests.simulation.loop import Process, StandstillError, VirtualLoop, at_once, begin


@pytest.fixture
def loop() -> Iterator[VirtualLoop]:
    """Return a loop at the beginning of its time."""
    loop = VirtualLoop()
    yield loop
    loop.bury()


async def tick(noted: list[float], *, until: float) -> None:
    """Note each second; and the end, should it be let."""
    try:
        while asyncio.get_running_loop().time() < until:
            await asyncio.sleep(1)
            noted.append(asyncio.get_running_loop().time())
    finally:
        noted.append(-1)


def test_a_day_passes_at_once(loop: VirtualLoop) -> None:
    """Nobody waits for it."""
    loop.run_until_complete(asyncio.sleep(86_400))
    assert loop.time() == 86_400


def test_who_is_frozen_goes_on_where_it_stopped(loop: VirtualLoop) -> None:
    """What came due meanwhile is done at once."""
    noted: list[float] = []

    async def freeze_and_thaw() -> None:
        process = Process("p")
        task = begin(process, tick(noted, until=12))
        await asyncio.sleep(2.5)
        process.freeze()
        await asyncio.sleep(7)
        process.thaw()
        await task

    loop.run_until_complete(freeze_and_thaw())
    assert noted == [1, 2, 9.5, 10.5, 11.5, 12.5, -1]


def test_who_is_killed_does_nothing_any_more(loop: VirtualLoop) -> None:
    """No `finally` of it is run."""
    noted: list[float] = []

    async def kill() -> None:
        process = Process("p")
        begin(process, tick(noted, until=12))
        await asyncio.sleep(2.5)
        process.kill()
        await asyncio.sleep(60)

    loop.run_until_complete(kill())
    assert noted == [1, 2]


def test_a_timeout_that_came_due_while_frozen_and_was_taken_back_is_none(
    loop: VirtualLoop,
) -> None:
    """The answer that came first counts."""
    process, answer = Process("p"), loop.create_future()

    async def wait() -> object:
        async with asyncio.timeout(5):
            return await answer

    async def freeze_and_thaw() -> object:
        task = begin(process, wait())
        await asyncio.sleep(1)
        process.freeze()
        answer.set_result("taken")
        await asyncio.sleep(60)
        process.thaw()
        return await task

    assert loop.run_until_complete(freeze_and_thaw()) == "taken"


def test_a_world_in_which_nothing_can_happen_is_noticed(loop: VirtualLoop) -> None:
    """Nobody is left who could wake anybody."""
    with pytest.raises(StandstillError, match="nothing can happen"):
        loop.run_until_complete(loop.create_future())


def test_who_goes_round_in_circles_is_noticed(loop: VirtualLoop) -> None:
    """No time passes meanwhile."""

    async def spin() -> None:
        while True:  # noqa: ASYNC110 -- that is the fault
            await asyncio.sleep(0)

    with pytest.raises(StandstillError, match="circles"):
        loop.run_until_complete(spin())


def test_what_waits_cannot_be_done_at_once(loop: VirtualLoop) -> None:
    """A store that would let others in between is no store for a simulation."""

    async def ask() -> None:
        at_once(asyncio.sleep(0))

    with pytest.raises(StandstillError, match="waits for something"):
        loop.run_until_complete(ask())
