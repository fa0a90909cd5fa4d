"""A registry of the tests' own, which fails as it is told."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field

from wlcron.core.cron import Cron


async def _nothing(_: Cron) -> None:
    """Do nothing in the middle of a registration."""


@dataclass
class ListedRegistry:
    """Keeps what was made in a dictionary, and a list of what was asked."""

    name: str = "listed"
    made: dict[str, Cron] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    fails: dict[str, Exception] = field(default_factory=dict)  # by cron's name
    meanwhile: Callable[[Cron], Awaitable[object]] = _nothing  # happens while it is made

    @property
    def part(self) -> str:
        """Return the kind of what it makes."""
        return self.name

    async def register(self, cron: Cron) -> Mapping[str, str]:
        """Make it, or fail as told."""
        self._ask("+", cron)
        self.made[cron.name] = cron
        await self.meanwhile(cron)
        return {self.name: f"arn:{self.name}:{cron.name}"}

    async def unregister(self, cron: Cron) -> None:
        """Take it away, or fail as told."""
        self._ask("-", cron)
        self.made.pop(cron.name, None)

    def _ask(self, what: str, cron: Cron) -> None:
        self.asked.append(f"{what}{self.name} {cron.name}")
        if cron.name in self.fails:
            raise self.fails[cron.name]
