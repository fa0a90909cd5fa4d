"""How many reads of ECS's API are left: one limit holds for a whole account and region."""

import time
from collections.abc import Callable

from wlcron.errors import EngineUnavailableError

_MINUTE = 60.0  # seconds


class Budget:
    """A bucket of tokens that fills up with so many in a minute, and holds no more than those."""

    def __init__(self, per_minute: int, uptime: Callable[[], float] = time.monotonic) -> None:
        self.per_minute = per_minute
        self._uptime = uptime
        self._left = float(per_minute)
        self._at = uptime()

    @property
    def left(self) -> int:
        """How many reads may be made now."""
        now = self._uptime()
        self._left = min(
            self._left + (now - self._at) * self.per_minute / _MINUTE, float(self.per_minute)
        )
        self._at = now
        return int(self._left)

    def take(self) -> None:
        """Take one; raises EngineUnavailableError when none is left."""
        if self.left < 1:
            raise EngineUnavailableError(
                f"the {self.per_minute} reads of ECS's API in a minute are used up:"
                " it is asked again later; raise aws.ecs-reads-per-minute if that happens often"
            )
        self._left -= 1
