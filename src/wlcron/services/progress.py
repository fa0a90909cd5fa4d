"""Whether a duty gets on: what `/readyz`, `/metrics` and the heartbeat all go by."""

from dataclasses import dataclass
from datetime import datetime, timedelta

# Nobody is called to the second: the loop looks at the clock every ten, and may be busy.
LATE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """An instant, by the clock (zone-aware), and by an uptime in seconds that nobody can set."""

    at: datetime
    uptime: float

    def passed(self, now: "Moment") -> timedelta:
        """Return for how long it has been over by both: a clock that was set delays nobody."""
        return min(now.at - self.at, timedelta(seconds=now.uptime - self.uptime))


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a duty is."""

    duty: str
    longest_tick: timedelta  # longer than any of its ticks takes while all is well
    last: Moment | None = None  # when a tick last ended well
    begun: Moment | None = None  # since when it is at a tick; None: it rests
    due: Moment | None = None  # while it rests: when it is to be called again
    failures: int = 0  # ticks in a row
    error: str = ""  # of the last one

    def problem(self, now: Moment) -> str:
        """Return what is wrong in one sentence; empty: it gets on, or has nothing to do."""
        if self.failures:
            return f"{self.duty} failed {self.failures} times in a row: {self.error}"
        if self.begun is not None:
            took = timedelta(seconds=now.uptime - self.begun.uptime)
            return f"{self.duty} hangs: {_since(self.begun)}" if took > self.longest_tick else ""
        if self.due is not None and self.due.passed(now) > LATE:
            return f"{self.duty} was to go on at {self.due.at:%Y-%m-%d %H:%M:%S} UTC and did not"
        return ""


def _since(begun: Moment) -> str:
    return f"it began its work at {begun.at:%Y-%m-%d %H:%M:%S} UTC and has not come to its end"
