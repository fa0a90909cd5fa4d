"""The ecs engine on the laboratory: a cluster, a queue, a rule and a log group of its own."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from itertools import count
from typing import Any

import boto3

from tests.aws_lab.control import Control
from tests.aws_lab.place import ACCOUNT, REGION
from tests.aws_lab.process import Lab
from wlcron.aws.clients import AwsClients
from wlcron.aws.settings import AwsSettings
from wlcron.clock import system_clock
from wlcron.engines.ecs import EcsEngine

_LOG_GROUP = "/wlcron"
_numbers = count()


@dataclass
class EcsLab:
    """An engine, and AWS behind it; its environment has to be set (`as_environment`)."""

    lab: Lab
    settings: AwsSettings
    clock: Callable[[], datetime] = system_clock
    clients: AwsClients = field(init=False)
    engine: EcsEngine = field(init=False)

    def __post_init__(self) -> None:
        self.open()

    @property
    def control(self) -> Control:
        """Return the commands of the laboratory."""
        return Control(self.lab.url)

    def open(self) -> None:
        """Make the engine, as a server does that begins."""
        self.clients = AwsClients()
        self.engine = EcsEngine(self.clients, self.settings, lambda: self.clock())  # noqa: PLW0108 -- tests change it

    async def reopen(self) -> None:
        """Replace the engine by one that remembers nothing."""
        await self.close()
        self.open()

    async def close(self) -> None:
        """Let go of AWS."""
        await self.engine.close()
        await self.clients.close()

    def calls(self, service: str = "ecs") -> dict[str, int]:
        """Return what was called of a service, and how often."""
        calls = self.clients.calls
        return {name: calls[name] for name in calls if name.startswith(f"{service}:")}

    def aws(self, service: str) -> Any:  # noqa: ANN401 -- boto3 makes its classes at run time
        """Return a client of the test's own."""
        return client(self.lab.url, service)

    def waiting(self, queue: str | None = None) -> int:
        """Return how many messages are in the queue, seen or not."""
        url = self.settings.queue if queue is None else queue
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        answer = self.aws("sqs").get_queue_attributes(QueueUrl=url, AttributeNames=names)
        return sum(int(answer["Attributes"][name]) for name in names)

    def send(self, body: str) -> None:
        """Put a message into the queue."""
        self.aws("sqs").send_message(QueueUrl=self.settings.queue, MessageBody=body)


@contextmanager
def as_environment(lab: Lab) -> Iterator[None]:
    """Have this process take the laboratory for AWS."""
    before = {name: os.environ.get(name) for name in lab.environment()}
    os.environ.update(lab.environment())
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def prepare(lab: Lab) -> AwsSettings:
    """Make what an engine needs, and nobody else uses; return the settings that name it."""
    cluster = f"crons-{next(_numbers)}"
    client(lab.url, "ecs").create_cluster(clusterName=cluster)
    _make_log_group(lab.url)
    queue, arn = _queue(lab.url, f"{cluster}-events", _queue(lab.url, f"{cluster}-dead")[1])
    pattern = {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": {
            "clusterArn": [f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/{cluster}"],
            "lastStatus": ["RUNNING", "STOPPED"],
        },
    }
    events = client(lab.url, "events")
    events.put_rule(Name=cluster, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=cluster, Targets=[{"Id": "1", "Arn": arn}])
    return AwsSettings(
        instance=cluster,
        cluster=cluster,
        queue=queue,
        log_group=_LOG_GROUP,
        subnets=("subnet-1",),
        execution_role=f"arn:aws:iam::{ACCOUNT}:role/wl-execution",
        ecs_reads_per_minute=60_000,
    )


@cache
def client(url: str, service: str) -> Any:  # noqa: ANN401 -- boto3 makes its classes at run time
    """Return a client that is not the product's."""
    return boto3.client(
        service,
        endpoint_url=url,
        region_name=REGION,
        aws_access_key_id="test",
        aws_secret_access_key="test",  # noqa: S106 -- not a secret
    )


@cache
def _make_log_group(url: str) -> None:
    client(url, "logs").create_log_group(logGroupName=_LOG_GROUP)


def _queue(url: str, name: str, dead_letters: str = "") -> tuple[str, str]:
    policy = {"deadLetterTargetArn": dead_letters, "maxReceiveCount": "3"}
    attributes = {"RedrivePolicy": json.dumps(policy)} if dead_letters else {}
    made = client(url, "sqs").create_queue(QueueName=name, Attributes=attributes)
    return made["QueueUrl"], f"arn:aws:sqs:{REGION}:{ACCOUNT}:{name}"
