"""Task definitions: one for each version of a cron, made once, the older ones taken away."""

import asyncio
from collections.abc import Mapping
from typing import Any

import structlog

from wlcron.aws.clients import AwsClients
from wlcron.aws.faults import FAULTS, fault_of
from wlcron.aws.names import VERSION_TAG, is_ours, resource_name
from wlcron.aws.settings import AwsSettings
from wlcron.core.cron import Cron
from wlcron.engines.ecs.definition import DIGEST_TAG, task_definition
from wlcron.engines.ecs.failures import failure_by
from wlcron.engines.ecs.house import family_of
from wlcron.engines.ecs.memory import Recent
from wlcron.errors import RefusedError, RegistryUnavailableError

PART = "task-definition"
VERSION_PART = "task-definition-version"
_log = structlog.get_logger("wlcron.ecs")


class Definitions:
    """Registers, finds and deregisters; all raise what the registry's port says."""

    def __init__(self, clients: AwsClients, settings: AwsSettings) -> None:
        self._clients = clients
        self._settings = settings
        self._made: Recent[str] = Recent()  # from here, by cron and version
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
        region = await self._region()
        request = task_definition(cron, self._settings, region)
        newest = await self._newest(request["family"])
        arn = _arn_where_equal(newest, request) or await self._register(cron, newest, request)
        self._made.put(_key(cron), arn)
        return arn

    async def register(self, cron: Cron) -> Mapping[str, str]:
        """Make it, and take away those of older versions; tasks that run of them run on."""
        arn = await self.make(cron)
        for other in await self._active(family_of(arn)):
            # A newer one is of another server that does the same at this moment.
            if _revision(other) < _revision(arn):
                await self._deregister(other)
        return {PART: arn, VERSION_PART: str(cron.version)}

    async def unregister(self, cron: Cron) -> None:
        """Take away all of a cron's; those of somebody else's are left."""
        family = resource_name(self._settings.instance, cron.name)
        newest = await self._newest(family)
        if newest is None or not self._is_ours(newest, cron):
            return
        for arn in await self._active(family):
            await self._deregister(arn)

    async def _deregister(self, arn: str) -> None:
        try:
            await self._ask("deregister_task_definition", taskDefinition=arn)
        except RefusedError:
            _log.info("a task definition was gone already", task_definition=arn)

    async def _register(
        self, cron: Cron, newest: Mapping[str, Any] | None, request: dict[str, Any]
    ) -> str:
        if newest is not None and not self._is_ours(newest, cron):
            raise RefusedError(
                f"there is a task definition {request['family']} that is not ours:"
                " rename the cron, or deregister it"
            )
        answer = await self._ask("register_task_definition", **request)
        return str(answer["taskDefinition"]["taskDefinitionArn"])

    def _is_ours(self, described: Mapping[str, Any], cron: Cron) -> bool:
        return is_ours(_tags_in(described), self._settings.instance, cron.name)

    async def _newest(self, family: str) -> dict[str, Any] | None:
        """Return the description of a family's newest active task definition, or None."""
        try:
            return await self._ask(
                "describe_task_definition", taskDefinition=family, include=["TAGS"]
            )
        except RefusedError:
            return None  # "Unable to describe task definition."

    async def _active(self, family: str) -> list[str]:
        arns: list[str] = []
        token: dict[str, str] = {}
        while True:
            answer = await self._ask(
                "list_task_definitions", familyPrefix=family, status="ACTIVE", **token
            )
            arns += [arn for arn in answer["taskDefinitionArns"] if family_of(arn) == family]
            if not answer.get("nextToken"):
                return arns
            token = {"nextToken": answer["nextToken"]}

    async def _region(self) -> str:
        client = await self._client()
        return str(client.meta.region_name)

    async def _client(self) -> Any:  # noqa: ANN401 -- botocore makes its classes at run time
        try:
            return await self._clients.get("ecs")
        except FAULTS as error:
            raise RegistryUnavailableError(fault_of(error).sentence) from error

    async def _ask(self, operation: str, **parameters: object) -> dict[str, Any]:
        client = await self._client()
        try:
            return dict(await getattr(client, operation)(**parameters))
        except FAULTS as error:
            failure = failure_by(fault_of(error))
            kind = RefusedError if failure.is_lasting else RegistryUnavailableError
            raise kind(failure.sentence) from error


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
