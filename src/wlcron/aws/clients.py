"""Clients of AWS's services: made when first needed, counted, closed together."""

import asyncio
from collections import Counter
from contextlib import AsyncExitStack
from typing import Any

from aiobotocore.config import AioConfig
from aiobotocore.session import get_session

from wlcron.aws.faults import FAULTS, AwsError

Client = Any  # botocore makes its classes at run time
Answer = dict[str, Any]
_CONNECT, _ANSWER = 3, 10  # seconds
# A long poll lasts 20; DynamoDB answers in milliseconds or not at all, and people wait for it.
_ANSWERS = {"sqs": 25, "dynamodb": 5}
_CONNECTIONS = 50


class AwsClients:
    """One client of each service, by the standard chain of credentials and endpoints.

    `AWS_ENDPOINT_URL` and its kin hold. `calls` counts requests as they leave, repeats
    included, by service and operation: `dynamodb:PutItem`.
    """

    def __init__(self, region: str = "") -> None:
        self.calls: Counter[str] = Counter()
        self._region = region or None
        self._session = get_session()
        self._open = AsyncExitStack()
        self._clients: dict[str, Client] = {}
        self._lock = asyncio.Lock()

    async def ask(self, service: str, operation: str, **parameters: object) -> Answer:
        """Return what AWS answers to `ecs`, `run_task`, …; raises AwsError."""
        try:
            client = await self.get(service)
            return dict(await getattr(client, operation)(**parameters))
        except FAULTS as error:
            raise AwsError(error) from error

    async def get(self, service: str) -> Client:
        """Return the client of a service such as `dynamodb`; raises what `faults.FAULTS` lists.

        For who pages, or tells faults apart by more than their code; else `ask` is enough.
        """
        async with self._lock:
            if service not in self._clients:
                self._clients[service] = await self._make(service)
            return self._clients[service]

    async def close(self) -> None:
        """Let go of all connections."""
        self._clients.clear()
        await self._open.aclose()

    async def _make(self, service: str) -> Client:
        config = AioConfig(
            retries={"mode": "adaptive", "max_attempts": 5},
            connect_timeout=_CONNECT,
            read_timeout=_ANSWERS.get(service, _ANSWER),
            max_pool_connections=_CONNECTIONS,
        )
        making = self._session.create_client(service, region_name=self._region, config=config)
        client: Client = await self._open.enter_async_context(making)
        client.meta.events.register("before-send.*", self._count)
        return client

    def _count(self, event_name: str, **_more: object) -> None:
        _begin, service, operation = event_name.split(".", 2)  # before-send.dynamodb.PutItem
        self.calls[f"{service}:{operation}"] += 1
