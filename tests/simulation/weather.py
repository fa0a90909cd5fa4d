"""What goes wrong now: strikes at requests, and what is away for a while."""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from tests.simulation.chance import Chance
from tests.simulation.plan import Habit, Plan, Strike

_HOW_OFTEN = {
    Habit.REFUSES: 0.06,
    Habit.ABSENT: 0.08,
    Habit.DENIES: 0.1,
    Habit.DAWDLES: 0.1,
    Habit.FORGETS: 0.05,
    Habit.JOBS_FAIL: 0.25,
    Habit.JOBS_HANG: 0.08,
    Habit.LOSES: 0.15,
    Habit.REPEATS: 0.25,
    Habit.REORDERS: 0.25,
    Habit.TRIGGER_REPEATS: 0.25,
    Habit.TRIGGER_LATE: 0.25,
    Habit.TRIGGER_LOSES: 0.15,
    Habit.CHANNEL_FAILS: 0.2,
    Habit.MONITOR_FAILS: 0.1,
}


# So long after a server was held up it may not have renewed its leases: duties that fail are put
# off for up to a minute.
UPSET = 90.0
_TOGETHER = timedelta(seconds=8)  # clocks that differ by less cost nobody a lease


class Place(StrEnum):
    """What may be away."""

    STORE = "store"
    ENGINE = "engine"
    CHANNEL = "channel"
    MONITOR = "monitor"


@dataclass(slots=True)
class Weather:
    """Asked by everything that may fail; when it is calm, nothing does."""

    plan: Plan
    chance: Chance
    now: Callable[[], float]
    is_calm: bool = False
    upset_until: float = 0.0  # servers are held up, or were a moment ago
    clocks: Sequence[Callable[[], datetime]] = ()
    _away: dict[tuple[Place, int], float] = field(default_factory=dict)  # until when
    _asked: Counter[tuple[int, str]] = field(default_factory=Counter)
    _strikes: dict[tuple[int, str, int], Strike] = field(init=False)

    def __post_init__(self) -> None:
        """Lay out the strikes."""
        self._strikes = {(one.server, one.verb, one.nth): one for one in self.plan.strikes}

    def request(self, server: int, verb: str) -> tuple[int, Strike | None]:
        """Count a request; return its number and what strikes it."""
        self._asked[server, verb] += 1
        number = self._asked[server, verb]
        strike = None if self.is_calm else self._strikes.get((server, verb, number))
        return number, strike

    def takes(self, *request: object) -> float:
        """Return how many seconds a way takes: mostly little, now and then long."""
        share = self.chance.share("takes", *request)
        if self.is_calm or share < 0.9:
            return 0.02 * share
        return 0.02 + (share - 0.9) * 15

    def upset(self, seconds: float = 0.0) -> None:
        """Note that a server is held up for so long, or was just now."""
        self.upset_until = max(self.upset_until, self.now() + seconds + UPSET)

    @property
    def is_steady(self) -> bool:
        """Whether nobody can have lost a lease but by a fault of the product."""
        times = [clock() for clock in self.clocks]
        return self.now() >= self.upset_until and max(times) - min(times) < _TOGETHER

    def send_away(self, place: Place, which: int, seconds: float) -> None:
        """Have something not answer for a while."""
        self._away[place, which] = self.now() + seconds

    def is_away(self, place: Place, which: int) -> bool:
        """Whether it does not answer."""
        return not self.is_calm and self.now() < self._away.get((place, which), 0.0)

    def has(self, habit: Habit, *of: object) -> bool:
        """Whether something goes wrong this time that does so again and again."""
        if self.is_calm or habit not in self.plan.habits:
            return False
        return self.chance.happens(_HOW_OFTEN[habit], habit, *of)

    def pick(self, of: Sequence[float], *question: object) -> float:
        """Return one of several lengths, in seconds."""
        return self.chance.one_of(of, *question)
