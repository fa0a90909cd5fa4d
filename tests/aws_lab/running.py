"""What the agent asks of whatever runs containers."""

from collections.abc import AsyncIterator
from typing import Protocol

from tests.aws_lab.box import Box


class StartError(Exception):
    """A container cannot be started; the text is ECS's reason."""


class Running(Protocol):
    """A container that was started."""

    async def wait(self) -> tuple[int, str | None]:
        """Return its exit code and ECS's reason, if there is one, when it has ended."""

    async def signal(self, name: str) -> None:
        """Send TERM to its first process, or KILL to all; one that has ended is left alone."""

    def lines(self) -> AsyncIterator[str]:
        """Yield what it writes, line by line, until it has ended."""

    async def remove(self) -> None:
        """Leave nothing of it."""


class Runner(Protocol):
    """Starts containers."""

    async def start(self, box: Box, environment: dict[str, str]) -> Running:
        """Start a container; raise StartError."""

    async def close(self) -> None:
        """Remove what is left."""
