"""What jobs wrote, from CloudWatch Logs."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from wlcron.aws.clients import AwsClients
from wlcron.aws.faults import AwsError
from wlcron.engines.ecs.definition import log_prefix
from wlcron.errors import EngineUnavailableError

_POLL = 1.0  # seconds
_NO_STREAM = "ResourceNotFoundException"


class Logs:
    """The streams of one log group; a line is an event there, and ends with its newline here."""

    def __init__(self, clients: AwsClients, group: str, poll: float = _POLL) -> None:
        self._clients = clients
        self._group = group
        self._poll = poll

    async def read(
        self, family: str, arn: str, is_over: Callable[[], Awaitable[bool]] | None = None
    ) -> AsyncIterator[bytes]:
        """Yield what a task's job wrote; with `is_over` until that says that no more comes."""
        stream = f"{log_prefix(family)}{arn.rpartition('/')[2]}"
        token: dict[str, str] = {}
        last_look = is_over is None
        while True:
            page = await self._page(stream, token)
            for event in page.get("events", []):
                yield f"{event['message']}\n".encode()
            following = page.get("nextForwardToken")
            if following and token.get("nextToken") != following:
                token = {"nextToken": following}
                continue  # the end of a stream is where the same token comes again
            if last_look or is_over is None:
                return
            # What it wrote between the last page and its end is still to come.
            last_look = await is_over()
            if not last_look:
                await asyncio.sleep(self._poll)

    async def exists(self) -> bool:
        """Whether the log group is there; raises EngineUnavailableError."""
        answer = await self._ask("describe_log_groups", logGroupNamePrefix=self._group)
        return any(one.get("logGroupName") == self._group for one in answer["logGroups"])

    async def _page(self, stream: str, token: dict[str, str]) -> dict[str, Any]:
        return await self._ask(
            "get_log_events",
            logGroupName=self._group,
            logStreamName=stream,
            startFromHead=True,
            **token,
        )

    async def _ask(self, operation: str, **parameters: object) -> dict[str, Any]:
        try:
            return await self._clients.ask("logs", operation, **parameters)
        except AwsError as error:
            if error.fault.code == _NO_STREAM:
                return {}  # nothing was written yet
            raise EngineUnavailableError(f"its log: {error}") from error
