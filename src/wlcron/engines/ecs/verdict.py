"""What of a definition ECS can run, as far as that is known without asking it."""

import json
from collections.abc import Iterator

from wlcron.aws.settings import AwsSettings
from wlcron.core.cron import Container, Definition
from wlcron.engine import Verdict
from wlcron.engines.ecs.definition import (
    mebibytes_of,
    secrets_of,
    size_of,
    units_of,
    untagged,
)
from wlcron.engines.ecs.placement import is_fargate
from wlcron.engines.ecs.sizes import LARGEST

_LONGEST_GRACE = 120  # seconds, on Fargate
_MOST_CPU = 192 * 1024  # units of a task on EC2
_LARGEST_DEFINITION = 64 * 1024  # bytes
_ROOM = 1024  # bytes for what the longest names of cron and region add


def judge(definition: Definition, settings: AwsSettings) -> Verdict:
    """Return what speaks against running a definition as a task."""
    refusals = tuple(_refusals(definition, settings))
    return Verdict(refusals, () if refusals else tuple(_remarks(definition.description, settings)))


def _refusals(definition: Definition, settings: AwsSettings) -> Iterator[str]:
    container = definition.description
    if not container.image:
        yield "description.image is missing: the ecs engine runs nothing without an image"
    yield from _fargate(container) if is_fargate(settings) else _ec2(container)
    if secrets_of(container.env) and not settings.execution_role:
        yield "description.env names secrets, which ECS reads by a role: set aws.execution-role"
    size = _bytes_of(definition, settings)
    if size > _LARGEST_DEFINITION - _ROOM:
        yield (
            f"its task definition would have {size} bytes, and ECS takes 64 KiB:"
            " shorten description.env or description.arguments"
        )


def _fargate(container: Container) -> Iterator[str]:
    if container.stop_grace.total_seconds() > _LONGEST_GRACE:
        yield "description.stop-grace is more than Fargate's most, 2 minutes: shorten it"
    if size_of(container) is None:
        yield f"description.cpu or memory is more than Fargate's largest size, {LARGEST}"


def _ec2(container: Container) -> Iterator[str]:
    if units_of(container) > _MOST_CPU:
        yield "description.cpu is more than the most that a task may have, 192 cores"


def _remarks(container: Container, settings: AwsSettings) -> Iterator[str]:
    size = size_of(container)
    asked = (units_of(container), mebibytes_of(container))
    if is_fargate(settings) and size and any(asked) and asked != (size.cpu, size.memory):
        yield f"Fargate runs it with {size}, the next size that it has"
    for name in secrets_of(container.env):
        yield f"description.env.{name} is the ARN of a secret: the job gets what is in it"


def _bytes_of(definition: Definition, settings: AwsSettings) -> int:
    return len(json.dumps(untagged(definition, "", settings, "")).encode())
