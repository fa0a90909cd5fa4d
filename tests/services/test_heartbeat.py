"""Monitors far away hear that this server gets on, and nothing else."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

import pytest
from structlog.testing import capture_logs

from tests.samples import MINUTE, NOON, SECOND
from wlcron.monitor import Beating, MonitorError
from wlcron.services.heartbeat import EVERY, LOOK_AGAIN, Heartbeat


@dataclass
class Far:
    """A monitor that takes a beat, or has a problem with it."""

    name: str = "far"
    heartbeat: str = "here"
    problem: Exception | None = None
    beats: list[datetime] = field(default_factory=list)

    async def beat(self, now: datetime) -> None:
        """Take it."""
        if self.problem is not None:
            raise self.problem
        self.beats.append(now)


@dataclass
class World:
    """A heartbeat whose first look is over."""

    monitors: list[Far]
    problems: dict[str, str] = field(default_factory=dict)
    now: datetime = NOON

    def __post_init__(self) -> None:
        """Put it together."""
        self.heartbeat = Heartbeat(self.monitors, lambda: self.problems)

    async def tick(self) -> datetime:
        """Let it tick, and pass the time until it asks to be called again."""
        now, self.now = self.now, await self.heartbeat.tick(self.now)
        return now


async def test_every_minute_each_monitor_hears() -> None:
    """But not before the duties had a moment in which to fail."""
    one, other = Far("one"), Far("other")
    assert isinstance(one, Beating)
    world = World([one, other])
    for _ in range(3):
        await world.tick()
    first = NOON + LOOK_AGAIN
    assert one.beats == other.beats == [first, first + EVERY]
    assert EVERY == MINUTE


async def test_nothing_is_said_while_a_duty_does_not_get_on() -> None:
    """And soon again when it does: a moment's fault costs no minute."""
    far = Far()
    world = World([far], {"scheduler": "scheduler hangs"})
    with capture_logs() as logs:
        for _ in range(4):
            await world.tick()
        assert far.beats == []
        world.problems = {}
        at = await world.tick()
    assert far.beats == [at]
    assert at == NOON + 4 * LOOK_AGAIN
    assert [line["event"] for line in logs] == [
        "the heartbeat is withheld",
        "the heartbeat goes on",
    ]
    assert logs[0]["problems"] == ["scheduler hangs"]


@pytest.mark.parametrize("problem", [MonitorError("far is away"), ValueError("what?")])
async def test_a_monitor_that_is_away_disturbs_nobody(problem: Exception) -> None:
    """The others hear, it is told again, and what it said is kept for the doctor."""
    away, well = Far("away", problem=problem), Far("well")
    world = World([away, well])
    for _ in range(3):
        await world.tick()
    assert len(well.beats) == 2
    assert list(world.heartbeat.away) == ["away"]
    away.problem = None
    await world.tick()
    assert (len(away.beats), world.heartbeat.away) == (1, {})


async def test_that_a_monitor_is_away_is_logged_once() -> None:
    """Not once a minute."""
    far = Far(problem=MonitorError("far is away"))
    world = World([far])
    with capture_logs() as logs:
        for _ in range(4):
            await world.tick()
    assert [(line["event"], line["problem"]) for line in logs] == [
        ("a monitor took no heartbeat", "far is away")
    ]


class Silent(Far):
    """A monitor that keeps to no bound."""

    async def beat(self, now: datetime) -> None:
        """Never come back."""
        self.beats.append(now)
        await asyncio.Event().wait()


async def test_a_monitor_that_never_answers_is_left() -> None:
    """Well before the heartbeat itself would be taken for one that hangs."""
    world = World([Silent()])
    world.heartbeat.within = SECOND / 100
    await world.tick()
    await world.tick()
    assert world.heartbeat.away == {"far": "far did not answer in time"}
