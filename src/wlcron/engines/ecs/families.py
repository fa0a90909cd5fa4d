"""Families of task definitions, as ECS's API has them."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import structlog

from wlcron.aws.clients import AwsClients
from wlcron.aws.faults import FAULTS, AwsError, fault_of
from wlcron.engines.ecs.failures import failure_by
from wlcron.engines.ecs.house import family_of
from wlcron.errors import RefusedError, RegistryUnavailableError

_log = structlog.get_logger("wlcron.ecs")


class Families:
    """One call each; all raise what the registry's port says."""

    def __init__(self, clients: AwsClients) -> None:
        self._clients = clients

    async def region(self) -> str:
        """Return the region in which all of them are."""
        try:
            client = await self._clients.get("ecs")
        except FAULTS as error:
            raise RegistryUnavailableError(fault_of(error).sentence) from error
        return str(client.meta.region_name)

    async def register(self, request: Mapping[str, Any]) -> str:
        """Make a task definition; return its ARN."""
        answer = await self._ask("register_task_definition", **request)
        return str(answer["taskDefinition"]["taskDefinitionArn"])

    async def deregister(self, arn: str) -> None:
        """Take a task definition away; one that was taken away already is no matter."""
        try:
            await self._ask("deregister_task_definition", taskDefinition=arn)
        except RefusedError:
            _log.info("a task definition was gone already", task_definition=arn)

    async def newest(self, family: str) -> dict[str, Any] | None:
        """Return the description of a family's newest active task definition, or None."""
        try:
            return await self._ask(
                "describe_task_definition", taskDefinition=family, include=["TAGS"]
            )
        except RefusedError:
            return None  # "Unable to describe task definition."

    async def active(self, family: str) -> list[str]:
        """Return the ARNs of a family's active task definitions."""
        arns = self._pages("list_task_definitions", "taskDefinitionArns", family)
        return [arn async for arn in arns if family_of(arn) == family]

    def beginning(self, prefix: str) -> AsyncIterator[str]:
        """Yield the families with an active task definition whose names begin so."""
        return self._pages("list_task_definition_families", "families", prefix)

    async def _pages(self, operation: str, key: str, prefix: str) -> AsyncIterator[str]:
        token: dict[str, str] = {}
        while True:
            answer = await self._ask(operation, familyPrefix=prefix, status="ACTIVE", **token)
            for each in answer[key]:
                yield str(each)
            if not answer.get("nextToken"):
                return
            token = {"nextToken": answer["nextToken"]}

    async def _ask(self, operation: str, **parameters: object) -> dict[str, Any]:
        try:
            return await self._clients.ask("ecs", operation, **parameters)
        except AwsError as error:
            failure = failure_by(error.fault)
            kind = RefusedError if failure.is_lasting else RegistryUnavailableError
            raise kind(failure.sentence) from error
