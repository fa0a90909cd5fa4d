"""The options for AWS, the table `[aws]` of wl.toml."""

import re
from collections.abc import Mapping
from typing import Any

from wlcron.aws.settings import AwsSettings
from wlcron.config.option import Option
from wlcron.config.values import number, one_of
from wlcron.cronfile import parse_duration

PREFIX = "aws_"
MOST_READS = 1200  # a minute: what AWS lets an account do for good
_INSTANCE = re.compile(r"[a-z0-9][a-z0-9-]{0,15}")
_DEFAULTS = AwsSettings()


def aws_settings(parsed: Mapping[str, Any]) -> AwsSettings:
    """Return the settings that parsed options, by Option.field, make."""
    fields = {option.field: option.field.removeprefix(PREFIX) for option in AMAZON}
    return AwsSettings(**{name: parsed[field] for field, name in fields.items()})


def _instance(value: str) -> str:
    if not _INSTANCE.fullmatch(value):
        raise ValueError("is no name: up to 16 lower-case letters, digits and hyphens")
    return value


def _list(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())


def _yes(value: str) -> bool:
    return one_of("false", "true")(value.lower()) == "true"


AMAZON = (
    Option("aws.region", "", "region; empty: as AWS's own tools find it"),
    Option(
        "aws.instance",
        _DEFAULTS.instance,
        "tells several wlcron of one account apart, in names and tags",
        _instance,
    ),
    Option("aws.tables", _DEFAULTS.tables, "prefix of the tables' names in DynamoDB"),
    Option(
        "aws.trigger",
        _DEFAULTS.trigger,
        "what says that a slot is due: EventBridge's rules or its scheduler;"
        " clock: the server itself",
        one_of("clock", "rules", "scheduler"),
        "clock|rules|scheduler",
    ),
    Option(
        "aws.patience",
        "2m",
        "a slot that EventBridge has not delivered by then is started without it",
        parse_duration,
        "DURATION",
    ),
    Option("aws.topic", "", "ARN of the SNS topic on which slots come"),
    Option("aws.trigger-role", "", "ARN of the role under which the scheduler publishes"),
    Option(
        "aws.signature",
        _DEFAULTS.signature,
        "the oldest version of SNS's signatures that is taken",
        one_of("1", "2"),
        "1|2",
    ),
    Option("aws.queue", "", "URL of the SQS queue on which ECS's events come"),
    Option("aws.cluster", _DEFAULTS.cluster, "ECS cluster in which tasks run"),
    Option(
        "aws.launch-type",
        _DEFAULTS.launch_type,
        "launch type of tasks",
        one_of("FARGATE", "EC2"),
        "FARGATE|EC2",
    ),
    Option(
        "aws.capacity-providers",
        "",
        "capacity providers, in place of a launch type, with commas between them",
        _list,
        several=True,
    ),
    Option("aws.subnets", "", "subnets of tasks, with commas between them", _list, several=True),
    Option("aws.security-groups", "", "security groups of tasks, with commas", _list, several=True),
    Option("aws.public-ip", "false", "whether tasks have a public address", _yes, "true|false"),
    Option("aws.execution-role", "", "ARN of the role that pulls images and writes logs"),
    Option("aws.task-role", "", "ARN of the role that jobs have themselves"),
    Option("aws.log-group", _DEFAULTS.log_group, "CloudWatch log group of jobs"),
    Option("aws.guard-image", _DEFAULTS.guard_image, "image of the guard's container in ECS"),
    Option(
        "aws.ecs-reads-per-minute",
        str(_DEFAULTS.ecs_reads_per_minute),
        "calls of ECS that only read, at most",
        number(1, MOST_READS),
        "NUMBER",
    ),
)
