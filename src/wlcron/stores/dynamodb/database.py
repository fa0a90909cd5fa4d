"""Requests to DynamoDB: paged, split, repeated where others were in the way, told in a sentence.

Throttling is repeated by botocore. It also gives every transaction a token of its own, so that
one whose answer was lost is not taken for one that lost against itself.
"""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import Any, TypeVar

from wlcron.aws.clients import AwsClients
from wlcron.aws.faults import FAULTS
from wlcron.stores.dynamodb.faults import (
    Cancelled,
    Lost,
    as_store_error,
    cancelled_by,
    is_conflict,
    lost_condition,
)
from wlcron.stores.dynamodb.requests import Request, Update
from wlcron.stores.dynamodb.tables import Item, Key, Tables

T = TypeVar("T")
Pause = Callable[[float], Awaitable[object]]

AT_ONCE = 100  # writes of a transaction, keys of BatchGetItem
_DELETED_AT_ONCE = 25
_IN_FLIGHT = 24  # requests of this process, beside one another
_TRIES = 10
_FIRST_PAUSE, _LONGEST_PAUSE = 0.02, 1.0  # seconds, doubled with every try


class Database:
    """The tables of one prefix. Everything raises StoreError with one sentence."""

    def __init__(self, clients: AwsClients, tables: Tables, pause: Pause = asyncio.sleep) -> None:
        self.tables = tables
        self._pause = pause
        self._clients = clients
        self._places = asyncio.Semaphore(_IN_FLIGHT)

    async def describe(self, table: str) -> Item:
        """Return what a table is."""
        description: Item = (await self._ask("describe_table", TableName=table))["Table"]
        return description

    async def get(self, table: str, key: Key) -> Item | None:
        """Return an item as it is now."""
        answer = await self._ask("get_item", TableName=table, Key=key, ConsistentRead=True)
        return answer.get("Item")

    async def get_many(self, table: str, keys: Sequence[Key]) -> list[Item]:
        """Return those of the items that are there, as they are now, in no particular order."""
        if len(keys) == 1:
            found = await self.get(table, keys[0])
            return [] if found is None else [found]
        answers = await asyncio.gather(
            *(
                self._whole("batch_get_item", {table: {"Keys": some, "ConsistentRead": True}})
                for some in in_batches(keys, AT_ONCE)
            )
        )
        parts = [part.get("Responses", {}) for some in answers for part in some]
        return [item for part in parts for item in part.get(table, [])]

    async def query(self, table: str, limit: int | None = None, **more: object) -> list[Item]:
        """Return the items that a query finds, the first `limit` of them, over all pages."""
        found: list[Item] = []
        async for items in self.pages(table, limit, **more):
            found += items
            if limit is not None and len(found) >= limit:
                break
        return found[:limit]

    async def pages(
        self, table: str, at_once: int | None = None, **more: object
    ) -> AsyncIterator[list[Item]]:
        """Yield what a query finds, page by page; each page is at most `at_once` items."""
        if at_once is not None:
            more["Limit"] = at_once
        while True:
            answer = await self._ask("query", TableName=table, **more)
            yield answer["Items"]
            if not (last := answer.get("LastEvaluatedKey")):
                return
            more["ExclusiveStartKey"] = last

    async def update(self, update: Update) -> Lost | None:
        """Update an item; return what was in the way, or None when it is done."""
        try:
            await self._call("update_item", **update.parameters())
        except FAULTS as error:
            if (lost := lost_condition(error)) is not None:
                return lost
            raise as_store_error(error, self.tables.prefix) from error
        return None

    async def transact(self, writes: Sequence[Request]) -> Cancelled | None:
        """Make all of these writes or none; return what was in the way, or None when it is done."""
        try:
            await self._call("transact_write_items", TransactItems=list(writes))
        except FAULTS as error:
            if (cancelled := cancelled_by(error)) is not None:
                return cancelled
            raise as_store_error(error, self.tables.prefix) from error
        return None

    async def delete_many(self, table: str, keys: Sequence[Key]) -> None:
        """Delete items, those that are there; without a transaction."""
        writes = [{"DeleteRequest": {"Key": each}} for each in keys]
        await asyncio.gather(
            *(
                self._whole("batch_write_item", {table: some})
                for some in in_batches(writes, _DELETED_AT_ONCE)
            )
        )

    async def _whole(self, operation: str, waiting: Item) -> list[Item]:
        """Return the answers to a batch, of which DynamoDB may do only a part at a time."""
        answers: list[Item] = []
        for attempt in range(_TRIES):
            answer = await self._ask(operation, RequestItems=waiting)
            answers.append(answer)
            waiting = answer.get("UnprocessedKeys") or answer.get("UnprocessedItems") or {}
            if not waiting:
                return answers
            await self._pause(_seconds(attempt))
        raise as_store_error(TimeoutError("it is busy"), self.tables.prefix)

    async def _ask(self, operation: str, **parameters: Any) -> Item:  # noqa: ANN401 -- as AWS has them
        try:
            return await self._call(operation, **parameters)
        except FAULTS as error:
            table = str(parameters.get("TableName", self.tables.prefix))
            raise as_store_error(error, table) from error

    async def _call(self, operation: str, **parameters: Any) -> Item:  # noqa: ANN401 -- as AWS has them
        client = await self._clients.get("dynamodb")
        for attempt in range(_TRIES):
            try:
                async with self._places:
                    answer: Item = await getattr(client, operation)(**parameters)
            except FAULTS as error:
                if not is_conflict(error) or attempt == _TRIES - 1:
                    raise
                if cancelled_by(error) is not None:
                    raise  # who lost has something else to write by now
            else:
                return answer
            await self._pause(_seconds(attempt))
        raise AssertionError


def in_batches(values: Sequence[T], size: int) -> Iterable[Sequence[T]]:
    """Return the values, so many at a time."""
    return (values[first : first + size] for first in range(0, len(values), size))


def _seconds(attempt: int) -> float:
    """Return how long to wait: ever longer, and not as long as whoever else was in the way."""
    longest = min(_FIRST_PAUSE * float(1 << attempt), _LONGEST_PAUSE)
    return longest * random.uniform(0.5, 1)  # noqa: S311 -- no secret
