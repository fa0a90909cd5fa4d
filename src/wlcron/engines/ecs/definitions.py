"""Task definitions: one for each version of a cron, made once, the older ones taken away."""

import asyncio
from collections.abc import Mapping
from typing import Any

from wlcron.aws.clients import AwsClients
from wlcron.aws.names import VERSION_TAG, is_ours, resource_name
from wlcron.aws.settings import AwsSettings
from wlcron.bounded import Bounded
from wlcron.core.cron import Cron
from wlcron.engines.ecs.definition import DIGEST_TAG, task_definition
from wlcron.engines.ecs.families import Families
from wlcron.engines.ecs.house import family_of
from wlcron.engines.ecs.memory import REMEMBERED
from wlcron.errors import RefusedError

PART = "task-definition"
VERSION_PART = "task-definition-version"


class Definitions:
    """Registers, finds and deregisters; all raise what the registry's port says."""

    def __init__(self, clients: AwsClients, settings: AwsSettings) -> None:
        self._families = Families(clients)
        self._settings = settings
        self._made: Bounded[str, str] = Bounded(REMEMBERED)  # from here, by cron and version
        self._making = asyncio.Lock()

    async def arn(self, cron: Cron) -> str:
        """Return the task definition of a cron's version, without a call where it is on record."""
        if made := self._made.get(_key(cron)):
            return made
        parts = cron.registration.parts if cron.registration else {}
        if parts.get(VERSION_PART) == str(cron.version) and parts.get(PART):
            return parts[PART]
        async with self._making:  # several starts at once register it once
            return self._made.get(_key(cron)) or await self.make(cron)

    async def make(self, cron: Cron) -> str:
        """Return the task definition of a cron's version, registered now where it is not there."""
        region = await self._families.region()
        request = task_definition(cron, self._settings, region)
        newest = await self._families.newest(request["family"])
        arn = _arn_where_equal(newest, request) or await self._register(cron, newest, request)
        self._made.put(_key(cron), arn)
        return arn

    async def register(self, cron: Cron) -> Mapping[str, str]:
        """Make it, and take away those of older versions; tasks that run of them run on."""
        arn = await self.make(cron)
        for other in await self._families.active(family_of(arn)):
            # A newer one is of another server that does the same at this moment.
            if _revision(other) < _revision(arn):
                await self._families.deregister(other)
        return {PART: arn, VERSION_PART: str(cron.version)}

    async def unregister(self, cron: Cron) -> None:
        """Take away all of a cron's; those of somebody else's are left."""
        family = resource_name(self._settings.instance, cron.name)
        newest = await self._families.newest(family)
        if newest is None or not self._is_ours(newest, cron):
            return
        for arn in await self._families.active(family):
            await self._families.deregister(arn)

    async def _register(
        self, cron: Cron, newest: Mapping[str, Any] | None, request: dict[str, Any]
    ) -> str:
        if newest is not None and not self._is_ours(newest, cron):
            raise RefusedError(
                f"there is a task definition {request['family']} that is not ours:"
                " rename the cron, or deregister it"
            )
        return await self._families.register(request)

    def _is_ours(self, described: Mapping[str, Any], cron: Cron) -> bool:
        return is_ours(_tags_in(described), self._settings.instance, cron.name)


def _key(cron: Cron) -> str:
    return f"{cron.id}/{cron.version}"


def _revision(arn: str) -> int:
    return int(arn.rpartition(":")[2])


def _arn_where_equal(described: Mapping[str, Any] | None, request: Mapping[str, Any]) -> str:
    """Return the ARN of a task definition that says what the request does, tags and all."""
    if described is None or described["taskDefinition"].get("status", "ACTIVE") != "ACTIVE":
        return ""
    wanted = {tag["key"]: tag["value"] for tag in request["tags"]}
    has = _tags_in(described)
    if any(has.get(key) != wanted[key] for key in (*wanted, VERSION_TAG, DIGEST_TAG)):
        return ""
    return str(described["taskDefinition"]["taskDefinitionArn"])


def _tags_in(described: Mapping[str, Any]) -> dict[str, str]:
    return {tag.get("key", ""): tag.get("value", "") for tag in described.get("tags") or []}
