"""The calls of EventBridge Scheduler's API that schedules need, in the group of one instance."""

from collections.abc import AsyncIterator
from typing import Any

from botocore.exceptions import ClientError

from wlcron.aws.clients import AwsClients
from wlcron.triggers.eventbridge.groups import Group
from wlcron.triggers.eventbridge.words import is_absent, is_there

Schedule = dict[str, Any]  # as GetSchedule has it


class ScheduleCalls:
    """Raises what `wlcron.aws.faults.FAULTS` lists, and RefusedError for a foreign group."""

    def __init__(self, clients: AwsClients, instance: str) -> None:
        self._clients = clients
        self._group = Group(clients, instance)

    async def find(self, name: str) -> Schedule | None:
        """Return the schedule of that name."""
        scheduler = await self._clients.get("scheduler")
        try:
            found: Schedule = await scheduler.get_schedule(GroupName=self._group.name, Name=name)
        except ClientError as error:
            if is_absent(error):
                return None
            raise
        return found

    async def all(self) -> AsyncIterator[Schedule]:
        """Yield the schedules of the group as ListSchedules has them: names, states, no more."""
        if not await self._group.exists():
            return
        scheduler = await self._clients.get("scheduler")
        pages = scheduler.get_paginator("list_schedules").paginate(GroupName=self._group.name)
        async for page in pages:
            for schedule in page["Schedules"]:
                yield schedule

    async def create(self, request: dict[str, Any]) -> str | None:
        """Return the ARN of a new schedule, in a group that is made if need be.

        None where there is one of that name.
        """
        await self._group.make()
        try:
            return await self._create(request)
        except ClientError as error:
            if not is_absent(error):
                raise
        self._group.forget()  # somebody removed it since
        await self._group.make()
        return await self._create(request)

    async def update(self, request: dict[str, Any]) -> None:
        """Make a schedule as the request says: what it does not name is reset."""
        scheduler = await self._clients.get("scheduler")
        await scheduler.update_schedule(**request)

    async def remove(self, name: str) -> None:
        """Remove a schedule; none there is success."""
        scheduler = await self._clients.get("scheduler")
        try:
            await scheduler.delete_schedule(GroupName=self._group.name, Name=name)
        except ClientError as error:
            if not is_absent(error):
                raise

    async def _create(self, request: dict[str, Any]) -> str | None:
        scheduler = await self._clients.get("scheduler")
        try:
            made = await scheduler.create_schedule(**request)
        except ClientError as error:
            if is_there(error):
                return None
            raise
        return str(made["ScheduleArn"])
