"""What `wl doctor` says of EventBridge: the topic is there and may be published to, the role is."""

import json
from typing import Any

from botocore.exceptions import ClientError

from wlcron.aws.clients import AwsClients
from wlcron.aws.faults import FAULTS, fault_of
from wlcron.aws.settings import AwsSettings
from wlcron.engine import Finding
from wlcron.triggers.eventbridge.expression import Flavour

_EVENTBRIDGE = "events.amazonaws.com"
_UNSEEN = frozenset({"AccessDenied", "AccessDeniedException"})


async def findings(clients: AwsClients, settings: AwsSettings, flavour: Flavour) -> list[Finding]:
    """Look at the topic, and at the role where Scheduler needs one."""
    found = [await _topic(clients, settings.topic, flavour)]
    if flavour is Flavour.SCHEDULER:
        found.append(await _role(clients, settings.trigger_role))
    return found


async def _topic(clients: AwsClients, arn: str, flavour: Flavour) -> Finding:
    if not arn:
        return Finding(good=False, subject="topic", says="aws.topic is not set: no slot can come")
    try:
        sns = await clients.get("sns")
        attributes = (await sns.get_topic_attributes(TopicArn=arn))["Attributes"]
    except FAULTS as error:
        return Finding(good=False, subject="topic", says=fault_of(error).sentence)
    if flavour is Flavour.RULES and not _lets_publish(attributes.get("Policy", "")):
        says = f"{arn} does not let {_EVENTBRIDGE} publish: `wl aws bootstrap` sets its policy"
        return Finding(good=False, subject="topic", says=says)
    return Finding(good=True, subject="topic", says=f"slots come by {arn}")


async def _role(clients: AwsClients, arn: str) -> Finding:
    if not arn:
        says = "aws.trigger-role is not set: EventBridge Scheduler publishes under a role"
        return Finding(good=False, subject="trigger role", says=says)
    try:
        iam = await clients.get("iam")
        await iam.get_role(RoleName=arn.rpartition("/")[2])
    except FAULTS as error:
        # Whether it may be looked at says nothing of whether it works.
        is_unseen = isinstance(error, ClientError) and fault_of(error).code in _UNSEEN
        says = (
            f"{arn} is set, and not to be seen from here" if is_unseen else fault_of(error).sentence
        )
        return Finding(good=is_unseen, subject="trigger role", says=says)
    return Finding(good=True, subject="trigger role", says=f"{arn} is there")


def _lets_publish(policy: str) -> bool:
    """Whether a topic's policy names EventBridge; conditions are not looked at."""
    try:
        statements = json.loads(policy)["Statement"]
    except (ValueError, KeyError, TypeError):
        return False
    statements = statements if isinstance(statements, list) else [statements]
    return any(
        isinstance(each, dict) and each.get("Effect") == "Allow" and _is_for_events(each)
        for each in statements
    )


def _is_for_events(statement: dict[str, Any]) -> bool:
    principal = statement.get("Principal")
    services = principal.get("Service", []) if isinstance(principal, dict) else []
    return _EVENTBRIDGE in ([services] if isinstance(services, str) else services)
