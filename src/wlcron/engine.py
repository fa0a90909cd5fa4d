"""The engine's port: what runs containers, and says what became of them."""

from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from wlcron.core.cron import Cron, Definition
from wlcron.core.execution import Execution, Observation


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an engine makes of a definition: sentences for a person."""

    refusals: tuple[str, ...] = ()  # it cannot be run, and why
    remarks: tuple[str, ...] = ()  # it can, but not all of it holds here


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of `wl doctor`."""

    good: bool
    subject: str
    says: str  # one sentence; where it is not good, what to do


class Engine(Protocol):
    """Starts, stops and tells of executions; knows no schedule and no store.

    `start`, `stop` and `inspect` raise EngineUnavailableError when the engine does not answer;
    the caller asks again. Everything an engine keeps goes by the execution's id.
    """

    name: str
    home: str  # where its executions are, as nobody else's: `docker:<instance>`
    starts_at_once: int  # starts in flight that serve it best
    lease: timedelta  # how long it may take from a start's request until it is heard of
    # Whether several servers start executions under the same home: the leases that one finds
    # when it begins are then not its own.
    is_shared: bool
    # Whether `inspect` costs nothing, so that everything active is asked for again and again;
    # else only what should have started or ended, and was not heard of.
    is_near: bool

    @property
    def starts_waiting(self) -> int:
        """How many starts in flight wait for something from far away, and cost nothing here."""

    def check(self, definition: Definition) -> Verdict:
        """Say whether this definition can be run here; asks nobody."""

    async def start(self, execution: Execution, cron: Cron) -> Observation:
        """Start it with its guard, or find it started already: STARTED, an end, or REFUSED.

        ACCEPTED says that the engine has it durably and that the rest comes by `watch`. The
        engine fixes the deadline (now + timeout) when it starts the guard, and tells it.
        """

    async def stop(self, execution: Execution) -> None:
        """End it: TERM, and KILL after its grace. That it ended comes by `watch`."""

    async def inspect(self, executions: Sequence[Execution]) -> list[Observation]:
        """Say what is true of each now: STARTED, an end, or GONE."""

    def watch(self) -> AsyncGenerator[Observation, None]:
        """Yield what happens: a hint that may repeat, reorder and lose.

        The next one is asked for when this one has been recorded; close it when one cannot be.
        """

    def logs(self, execution: Execution, *, follow: bool = False) -> AsyncIterator[bytes]:
        """Yield what it wrote, stdout and stderr as they came; with `follow` until it is over."""

    async def forget(self, execution_ids: Sequence[str]) -> None:
        """Remove what is kept of executions that are over."""

    async def doctor(self) -> list[Finding]:
        """Say what the engine can do on this machine, and what is wrong with it."""

    async def close(self) -> None:
        """Let go of connections; executions run on."""
