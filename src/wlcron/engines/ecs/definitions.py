"""Task definitions: one for each version of a cron, made once, the older ones taken away."""

import asyncio
from collections.abc import Mapping
from typing import Any

from wlcron.aws.clients import AwsClients
from wlcron.aws.names import CRON_TAG, VERSION_TAG, is_ours, resource_name
from wlcron.aws.settings import AwsSettings
from wlcron.bounded import Bounded
from wlcron.core.cron import Cron
from wlcron.engines.ecs.definition import DIGEST_TAG, task_definition
from wlcron.engines.ecs.families import Families
from wlcron.engines.ecs.house import family_of, prefix_of
from wlcron.engines.ecs.memory import REMEMBERED
from wlcron.errors import RefusedError
from wlcron.registry import Difference, Divergence

NAME = "task-definitions"
PART = "task-definition"
VERSION_PART = "task-definition-version"


class Definitions:
    """A registry that can be surveyed: each version of a cron has a task definition."""

    name = NAME
    part = PART

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
        await self._remove(cron.name)

    async def discard(self, difference: Difference) -> None:
        """Take away those of a cron that is no more."""
        await self._remove(difference.cron)

    async def survey(self, crons: Mapping[str, Cron], *, thorough: bool) -> list[Difference]:
        """Compare all families of this instance with what these crons ask for."""
        instance = self._settings.instance
        wanted = {resource_name(instance, name): cron for name, cron in crons.items()}
        differences: list[Difference] = []
        seen: set[str] = set()
        async for family in self._families.beginning(prefix_of(instance)):
            cron = wanted.get(family)
            seen.add(family)
            if cron is None:
                differences += await self._extra(family)
            elif thorough and await self._is_changed(cron):
                differences.append(_difference(Divergence.CHANGED, cron.name, family))
        missing = ((family, cron.name) for family, cron in wanted.items() if family not in seen)
        return [
            *differences,
            *(_difference(Divergence.MISSING, name, family) for family, name in missing),
        ]

    async def _remove(self, cron_name: str) -> None:
        family = resource_name(self._settings.instance, cron_name)
        newest = await self._families.newest(family)
        if newest is None or not self._is_ours(newest, cron_name):
            return
        for arn in await self._families.active(family):
            await self._families.deregister(arn)

    async def _extra(self, family: str) -> list[Difference]:
        """Return what a family is that no cron asks for; nothing if it is not ours."""
        newest = await self._families.newest(family) or {}
        name = _tags_in(newest).get(CRON_TAG, "")
        is_so_named = resource_name(self._settings.instance, name) == family
        if not is_so_named or not is_ours(_tags_in(newest), self._settings.instance, name):
            return []
        return [_difference(Divergence.EXTRA, name, family)]

    async def _is_changed(self, cron: Cron) -> bool:
        request = task_definition(cron, self._settings, await self._families.region())
        return not _arn_where_equal(await self._families.newest(request["family"]), request)

    async def _register(
        self, cron: Cron, newest: Mapping[str, Any] | None, request: dict[str, Any]
    ) -> str:
        if newest is not None and not self._is_ours(newest, cron.name):
            raise RefusedError(
                f"there is a task definition {request['family']} that is not ours:"
                " rename the cron, or deregister it"
            )
        return await self._families.register(request)

    def _is_ours(self, described: Mapping[str, Any], cron_name: str) -> bool:
        return is_ours(_tags_in(described), self._settings.instance, cron_name)


def _key(cron: Cron) -> str:
    return f"{cron.id}/{cron.version}"


def _difference(what: Divergence, cron_name: str, family: str) -> Difference:
    return Difference(what, NAME, cron_name, f"{PART} {family}")


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
