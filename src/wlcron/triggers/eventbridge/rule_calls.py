"""The calls of EventBridge's API that rules need, each answered in our own types."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

from botocore.exceptions import ClientError

from wlcron.aws.clients import AwsClients
from wlcron.errors import RegistryUnavailableError
from wlcron.triggers.eventbridge.request import RuleRequest
from wlcron.triggers.eventbridge.words import is_absent


@dataclass(frozen=True, slots=True)
class FoundRule:
    """A rule as AWS has it."""

    rule: dict[str, Any]  # as DescribeRule and ListRules have it
    tags: dict[str, str]

    @property
    def name(self) -> str:
        """Return its name."""
        return str(self.rule["Name"])


class RuleCalls:
    """Raises what `wlcron.aws.faults.FAULTS` lists."""

    def __init__(self, clients: AwsClients) -> None:
        self._clients = clients

    async def find(self, name: str) -> FoundRule | None:
        """Return the rule of that name with its tags."""
        events = await self._clients.get("events")
        try:
            rule = await events.describe_rule(Name=name)
        except ClientError as error:
            if is_absent(error):
                return None
            raise
        return FoundRule(rule, await self._tags(rule["Arn"]))

    async def all(self, prefix: str) -> AsyncIterator[FoundRule]:
        """Yield the rules whose names begin with a prefix."""
        events = await self._clients.get("events")
        async for page in events.get_paginator("list_rules").paginate(NamePrefix=prefix):
            for rule in page["Rules"]:
                yield FoundRule(rule, await self._tags(rule["Arn"]))

    async def targets(self, name: str) -> list[dict[str, Any]]:
        """Return the targets of a rule: five at most, by EventBridge's own quota."""
        events = await self._clients.get("events")
        answer = await events.list_targets_by_rule(Rule=name)
        return list(answer["Targets"])

    async def make(self, request: RuleRequest) -> str:
        """Make a rule with its target; return its ARN."""
        events = await self._clients.get("events")
        made = await events.put_rule(**request.rule, Tags=request.tags)
        await self.put_target(request)
        return str(made["RuleArn"])

    async def update(self, request: RuleRequest) -> None:
        """Change a rule that is there; its tags stay as they are."""
        events = await self._clients.get("events")
        await events.put_rule(**request.rule)

    async def put_target(self, request: RuleRequest) -> None:
        """Make the target, or change it."""
        events = await self._clients.get("events")
        want_taken(await events.put_targets(Rule=request.rule["Name"], Targets=[request.target]))

    async def remove(self, name: str) -> None:
        """Remove a rule, its targets first."""
        events = await self._clients.get("events")
        if ids := [target["Id"] for target in await self.targets(name)]:
            want_taken(await events.remove_targets(Rule=name, Ids=ids))
        await events.delete_rule(Name=name)

    async def _tags(self, arn: str) -> dict[str, str]:
        events = await self._clients.get("events")
        answer = await events.list_tags_for_resource(ResourceARN=arn)
        return {tag["Key"]: tag["Value"] for tag in answer["Tags"]}


def want_taken(answer: dict[str, Any]) -> None:
    """Raise RegistryUnavailableError where PutTargets or RemoveTargets did not do all of it.

    They answer 200 to that.
    """
    for failed in answer.get("FailedEntries", []):
        code, message = failed.get("ErrorCode", ""), failed.get("ErrorMessage", "")
        raise RegistryUnavailableError(f"EventBridge did not take the target ({code}): {message}")
