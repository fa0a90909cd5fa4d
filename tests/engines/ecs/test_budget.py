"""ECS's API is shared by a whole account: reads have a budget."""

import pytest

from wlcron.engines.ecs.budget import Budget
from wlcron.errors import EngineUnavailableError


class Uptime:
    """Seconds that pass when they are told to."""

    now = 1000.0

    def __call__(self) -> float:
        """Return how many have passed."""
        return self.now


def test_what_is_used_up_comes_back_in_a_minute() -> None:
    """Never more than the whole of it at once."""
    uptime = Uptime()
    budget = Budget(3, uptime)
    for _ in range(3):
        budget.take()
    assert budget.left == 0
    uptime.now += 20
    assert budget.left == 1
    uptime.now += 3600
    assert budget.left == 3


def test_beyond_it_one_is_told_to_come_again() -> None:
    """The sentence names the option."""
    budget = Budget(0, Uptime())
    with pytest.raises(EngineUnavailableError, match=r"aws\.ecs-reads-per-minute"):
        budget.take()
