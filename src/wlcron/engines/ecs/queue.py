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
_log = structlog.get_logger("wlcron.ecs")


@dataclass(frozen=True, slots=True)
class Message:
    """One message, and what it is deleted by."""

    body: str
    receipt: str


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
        )
        received = answer.get("Messages", [])
        return [Message(one.get("Body", ""), one["ReceiptHandle"]) for one in received]

    async def delete(self, messages: Sequence[Message]) -> None:
        """Delete up to ten messages; what cannot be deleted comes again."""
        if not messages:
            return
        entries = [
            {"Id": str(number), "ReceiptHandle": message.receipt}
            for number, message in enumerate(messages)
        ]
        with suppress(EngineUnavailableError):
            await self._ask("delete_message_batch", Entries=entries)

    async def hold(self, messages: list[Message]) -> None:
        """Keep messages from others, those that are in the list then, until cancelled."""
        while messages:
            await asyncio.sleep(self._visibility / 2)
            entries = [
                {
                    "Id": str(number),
                    "ReceiptHandle": message.receipt,
                    "VisibilityTimeout": round(self._visibility),
                }
                for number, message in enumerate(messages)
            ]
            _log.info("messages are held for longer", messages=len(entries))
            with suppress(EngineUnavailableError):
                await self._ask("change_message_visibility_batch", Entries=entries)

    async def attributes(self) -> dict[str, str]:
        """Return what SQS says of the queue; raises EngineUnavailableError."""
        answer = await self._ask("get_queue_attributes", AttributeNames=["All"])
        return dict(answer.get("Attributes", {}))

    async def _ask(self, operation: str, **parameters: object) -> dict[str, Any]:
        try:
            return await self._clients.ask("sqs", operation, QueueUrl=self.url, **parameters)
        except AwsError as error:
            raise EngineUnavailableError(f"the queue of ECS's events: {error}") from error
