"""The queue of ECS's events: taken in batches, held while they are recorded, then deleted."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog

from wlcron.aws.clients import AwsClients
from wlcron.aws.faults import AwsError
from wlcron.errors import EngineUnavailableError

BATCH = 10  # SQS's most
LONG_POLL = 20  # seconds, SQS's most
VISIBILITY = 60  # seconds that a message is nobody else's; extended when half of them are over
_SETTLED_WITHIN = 5.0  # seconds: a server that stops does not wait for an SQS that is away
_TIMES = "ApproximateReceiveCount"
_log = structlog.get_logger("wlcron.ecs")


@dataclass(frozen=True, slots=True)
class Message:
    """One message, and what it is deleted by."""

    body: str
    receipt: str
    times: int = 1  # that it was received


class Queue:
    """One queue; to be made inside a running event loop. Seconds throughout."""

    def __init__(self, clients: AwsClients, url: str, visibility: float = VISIBILITY) -> None:
        self.url = url
        self._clients = clients
        self._visibility = visibility

    async def receive(self) -> list[Message]:
        """Wait for messages, at most for a long poll; raises EngineUnavailableError."""
        answer = await self._ask(
            "receive_message",
            MaxNumberOfMessages=BATCH,
            WaitTimeSeconds=LONG_POLL,
            VisibilityTimeout=round(self._visibility),
            AttributeNames=[_TIMES],
        )
        return [_message(one) for one in answer.get("Messages", [])]

    async def settle(self, done: Sequence[Message], others: Sequence[Message]) -> None:
        """Delete what is done; let the others be received again soon, later each time.

        What is put aside after so many tries must not be used up while a database is away. What
        cannot be deleted comes again.
        """
        with suppress(EngineUnavailableError, TimeoutError):
            async with asyncio.timeout(_SETTLED_WITHIN):
                if done:
                    await self._delete(done)
                if others:
                    waits = [min(2**one.times, self._visibility) for one in others]
                    await self._be_seen_after(others, waits)

    async def hold(self, messages: list[Message]) -> None:
        """Keep messages from others, those that are in the list then, until cancelled."""
        while messages:
            await asyncio.sleep(self._visibility / 2)
            _log.info("messages are held for longer", messages=len(messages))
            with suppress(EngineUnavailableError):
                await self._be_seen_after(messages, [self._visibility] * len(messages))

    async def attributes(self) -> dict[str, str]:
        """Return what SQS says of the queue; raises EngineUnavailableError."""
        answer = await self._ask("get_queue_attributes", AttributeNames=["All"])
        return dict(answer.get("Attributes", {}))

    async def _delete(self, messages: Sequence[Message]) -> None:
        entries = [
            {"Id": str(number), "ReceiptHandle": message.receipt}
            for number, message in enumerate(messages)
        ]
        await self._ask("delete_message_batch", Entries=entries)

    async def _be_seen_after(self, messages: Sequence[Message], waits: Sequence[float]) -> None:
        entries = [
            {"Id": str(number), "ReceiptHandle": message.receipt, "VisibilityTimeout": round(wait)}
            for number, (message, wait) in enumerate(zip(messages, waits, strict=True))
        ]
        await self._ask("change_message_visibility_batch", Entries=entries)

    async def _ask(self, operation: str, **parameters: object) -> dict[str, Any]:
        try:
            return await self._clients.ask("sqs", operation, QueueUrl=self.url, **parameters)
        except AwsError as error:
            raise EngineUnavailableError(f"the queue of ECS's events: {error}") from error


def _message(received: dict[str, Any]) -> Message:
    times = received.get("Attributes", {}).get(_TIMES, "1")
    return Message(received.get("Body", ""), received["ReceiptHandle"], int(times))
