"""How long a run of chaos is: short in the ordinary suite, long in `make chaos`."""

import os
from dataclasses import dataclass

import pytest

IS_LONG = os.environ.get("CHAOS") == "long"
SEED = int(os.environ.get("SEED") or 1)
KILLS = int(os.environ.get("KILLS") or 200)  # of a long run: three quarters of them on the host
LONGEST = 1800  # seconds for one test of a long run
LONG_ONLY = pytest.mark.skipif(not IS_LONG, reason="takes minutes: `make chaos` runs it")


@dataclass(frozen=True, slots=True)
class Run:
    """How much is tried: so many crons of one slot each, within so many seconds."""

    crons: int
    seconds: float
    faults: int
    periodic: bool = IS_LONG  # with crons of every minute beside them


def kills(engine: str) -> Run:
    """Return how often the server is killed."""
    if not IS_LONG:
        return {"host": Run(40, 10, 6), "docker": Run(10, 10, 4)}[engine]
    count = KILLS * 3 // 4 if engine == "host" else KILLS - KILLS * 3 // 4
    return Run(round(count * (2.4 if engine == "host" else 1.6)), count * 2.2, count)


def times(engine: str, *, short: tuple[int, float, int], long: tuple[int, float, int]) -> Run:
    """Return a run of so many crons, seconds and faults; with docker half as many crons."""
    crons, seconds, faults = long if IS_LONG else short
    return Run(crons if engine == "host" else crons // 2, seconds, faults)
