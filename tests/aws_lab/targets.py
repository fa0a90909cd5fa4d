"""EventBridge's targets: what a target is sent for an event, and how it gets there."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.aws_lab import inside
from tests.aws_lab.front import Moto
from tests.aws_lab.receiving import Receiving

_PLACE = re.compile(r"<([A-Za-z0-9_.-]+)>")
_STEP = re.compile(r"\.([A-Za-z0-9_-]+)|\[(\d+)\]")
_UNIVERSAL = ":aws-sdk:sns:publish"
_NOTHING = object()


@dataclass
class Targets:
    """Sends to topics and queues, and remembers what could not be sent."""

    moto: Moto
    receiving: Receiving
    failures: list[str] = field(default_factory=list)

    def to_rule_target(self, rule: str, target: Mapping[str, Any], event: dict[str, Any]) -> None:
        """Send an event to a rule's target, as the target says."""
        self.send(target["Arn"], text_for(rule, target, event))

    def send(self, arn: str, text: str) -> str:
        """Send a text to a topic or a queue; return the message's id, empty if it failed."""
        try:
            return self._send(arn, text)
        except Exception as error:  # noqa: BLE001 -- moto raises classes of its own for each service
            # As in AWS, the sender hears nothing of it; the tests may ask.
            self.failures.append(f"{arn}: {error}")
            return ""

    def to_queue(self, arn: str, body: str) -> str:
        """Send to a queue by its ARN; return the message's id."""
        _, _, _, _, account, name = arn.split(":")
        url = f"http://sqs.local/{account}/{name}"
        result = self.moto.ask("sqs", "SendMessage", {"QueueUrl": url, "MessageBody": body})
        self.receiving.wake()
        return str(result["MessageId"])

    def _send(self, arn: str, text: str) -> str:
        if arn.endswith(_UNIVERSAL):
            given = json.loads(text)
            arn, text = given["TopicArn"], given["Message"]
        service = arn.split(":")[2]
        if service == "sqs":
            return self.to_queue(arn, text)
        if service == "sns":
            with self.moto.lock:
                return inside.publish(arn, text)
        raise NotImplementedError(f"the laboratory sends nothing to {service}")


def text_for(rule: str, target: Mapping[str, Any], event: dict[str, Any]) -> str:
    """Return what a target of a rule is sent for an event."""
    if "Input" in target:
        return str(target["Input"])
    if "InputPath" in target:
        return json.dumps(_at(event, target["InputPath"]))
    if "InputTransformer" in target:
        given = target["InputTransformer"]
        return transform(given["InputTemplate"], given.get("InputPathsMap", {}), event, rule)
    return json.dumps(event)


def transform(template: str, paths: Mapping[str, str], event: dict[str, Any], rule: str) -> str:
    """Fill a template as EventBridge does: a value brings its quotes, but not inside a string."""
    known = {name: _at(event, path) for name, path in paths.items()} | {
        "aws.events.rule-arn": rule,
        "aws.events.rule-name": rule.rpartition("/")[2],
        "aws.events.event": event,
        "aws.events.event.json": event,
        "aws.events.event.ingestion-time": event.get("time"),
    }

    def fill(match: re.Match[str]) -> str:
        value = known.get(match[1], _NOTHING)
        if value is _NOTHING:
            return match[0]
        written = json.dumps(value)
        if not _is_in_string(template, match.start()):
            return written
        return written[1:-1] if isinstance(value, str) else json.dumps(written)[1:-1]

    return _PLACE.sub(fill, template)


def _is_in_string(template: str, position: int) -> bool:
    before = template[:position].replace('\\"', "")
    return before.count('"') % 2 == 1


def _at(event: object, path: str) -> object:
    value = event
    for match in _STEP.finditer(path.removeprefix("$")):
        try:
            value = value[match[1] or int(match[2])]  # type: ignore[index]  # JSON
        except (KeyError, IndexError, TypeError):
            return None
    return value
