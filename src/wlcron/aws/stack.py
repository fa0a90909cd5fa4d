"""A stack of CloudFormation: looked at, changed by change sets, listened to."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from typing import Any

from botocore.exceptions import ClientError

from wlcron.aws.clients import AwsClients, Client

Described = dict[str, Any]  # as CloudFormation answers
Pause = Callable[[float], Awaitable[object]]

_BETWEEN_LOOKS = 2.0  # seconds
_NO_CHANGES = ("didn't contain changes", "No updates are to be performed")


class Stack:
    """Raises what `wlcron.aws.faults.FAULTS` lists."""

    def __init__(self, clients: AwsClients, name: str, pause: Pause = asyncio.sleep) -> None:
        self.name = name
        self._clients = clients
        self._pause = pause
        self._change_set = f"wlcron-{uuid.uuid4().hex}"

    async def describe(self) -> Described | None:
        """Return the stack as it is; None if there is none."""
        client = await self._client()
        try:
            answer = await client.describe_stacks(StackName=self.name)
        except ClientError as error:
            if "does not exist" in str(error):  # a ValidationError, like everything else
                return None
            raise
        stack: Described = answer["Stacks"][0]
        return stack

    async def propose(self, request: Mapping[str, Any]) -> Described:
        """Make a change set and wait until it is worked out; return it with all its changes."""
        client = await self._client()
        names = {"StackName": self.name, "ChangeSetName": self._change_set}
        try:
            await client.create_change_set(**names, **request)
        except ClientError as error:
            if is_without_changes(str(error)):
                return {"Status": "FAILED", "StatusReason": str(error), "Changes": []}
            raise
        while True:
            proposal = await self._proposal()
            if not proposal["Status"].endswith(("PENDING", "IN_PROGRESS")):
                return proposal
            await self._pause(_BETWEEN_LOOKS)

    async def withdraw(self, *, with_stack: bool) -> None:
        """Delete the change set, and with it the empty stack that was made for it."""
        client = await self._client()
        await client.delete_change_set(StackName=self.name, ChangeSetName=self._change_set)
        if with_stack:
            await client.delete_stack(StackName=self.name)

    async def execute(self) -> AsyncIterator[Described]:
        """Carry the change set out; yield the stack's events as they come, to the last one."""
        client = await self._client()
        newest = next(iter(await self._events_since(None, pages=1)), None)
        heard = newest["EventId"] if newest else None
        await client.execute_change_set(StackName=self.name, ChangeSetName=self._change_set)
        while True:
            for event in reversed(await self._events_since(heard)):
                heard = event["EventId"]
                yield event
                if _is_last(event):
                    return
            await self._pause(_BETWEEN_LOOKS)

    async def _proposal(self) -> Described:
        client = await self._client()
        names = {"StackName": self.name, "ChangeSetName": self._change_set}
        proposal: Described = await client.describe_change_set(**names)
        token = proposal.get("NextToken")
        while token:
            page = await client.describe_change_set(**names, NextToken=token)
            proposal["Changes"] += page["Changes"]
            token = page.get("NextToken")
        return proposal

    async def _events_since(self, heard: str | None, pages: int = 100) -> Sequence[Described]:
        """Return the events after this one, newest first."""
        client = await self._client()
        events: list[Described] = []
        token: dict[str, str] = {}
        for _ in range(pages):
            page = await client.describe_stack_events(StackName=self.name, **token)
            for event in page["StackEvents"]:
                if event["EventId"] == heard:
                    return events
                events.append(event)
            if not page.get("NextToken"):
                return events
            token = {"NextToken": page["NextToken"]}
        return events

    async def _client(self) -> Client:
        return await self._clients.get("cloudformation")


def is_without_changes(reason: str) -> bool:
    """Whether a change set failed because there is nothing to change, as CloudFormation says it."""
    return any(words in reason for words in _NO_CHANGES)


def _is_last(event: Described) -> bool:
    is_of_stack = event.get("PhysicalResourceId") == event["StackId"]
    return is_of_stack and not event["ResourceStatus"].endswith("_IN_PROGRESS")
