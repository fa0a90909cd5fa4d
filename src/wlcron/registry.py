"""The registry's port: where something is made for each cron, outside our own walls."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, runtime_checkable

from wlcron.core.cron import Cron


@runtime_checkable
class Registry(Protocol):
    """Makes what a cron needs outside, and takes it away.

    Both raise RegistryUnavailableError when they should be asked again later, and RefusedError
    when asking again would change nothing.
    """

    name: str

    @property
    def part(self) -> str:
        """The kind of what it makes, a key of what `register` returns."""

    async def register(self, cron: Cron) -> Mapping[str, str]:
        """Make it as the cron is now, or find it made; return what was made: its kind -> name."""

    async def unregister(self, cron: Cron) -> None:
        """Take away what was made for a cron; nothing there is success."""


class Divergence(StrEnum):
    """How the world differs from what the store says."""

    MISSING = "missing"  # it should be there
    CHANGED = "changed"  # it is there, but not as the cron says
    EXTRA = "extra"  # it was made for a cron that is no more


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing outside that is not as the store says."""

    what: Divergence
    registry: str  # by name
    cron: str  # by name
    part: str  # its kind and name: `rule wl-default-pi`


@runtime_checkable
class Surveyor(Protocol):
    """A registry that can look at everything that it ever made.

    Its methods raise what those of a registry raise.
    """

    name: str

    async def survey(self, crons: Mapping[str, Cron], *, thorough: bool) -> list[Difference]:
        """Compare what is there with what these crons, by name, ask for; changes nothing.

        `thorough` looks into each part, at a request or more for each; else what lists say has
        to do.
        """

    async def discard(self, difference: Difference) -> None:
        """Take away something EXTRA, if it is still there and ours."""
