"""An account as `wl aws bootstrap` leaves it: what a server needs in AWS, made in a laboratory."""

import json
from typing import Any

import boto3

from tests.aws_lab.place import ACCOUNT, REGION
from tests.aws_lab.process import Lab
from wlcron.stores.dynamodb import table_definitions

_ROLE = f"arn:aws:iam::{ACCOUNT}:role/wl"


def client_of(lab: Lab, service: str) -> Any:  # noqa: ANN401 -- boto3 makes its classes at run time
    """Return a client of the laboratory."""
    given = lab.environment()
    return boto3.client(
        service,
        endpoint_url=lab.url,
        region_name=given["AWS_REGION"],
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
    )


def prepare_account(lab: Lab, instance: str, trigger: str) -> dict[str, str]:
    """Make what an instance needs; return the environment of its server.

    `trigger` is one of clock, rules and scheduler. SNS asks the server to confirm the
    subscription, which `subscribe` makes once it runs.
    """
    topic = client_of(lab, "sns").create_topic(
        Name=f"wl-{instance}-slots", Attributes={"SignatureVersion": "2"}
    )["TopicArn"]
    queue = _events(lab, instance)
    client_of(lab, "ecs").create_cluster(clusterName=f"wl-{instance}")
    client_of(lab, "logs").create_log_group(logGroupName=f"/wlcron/{instance}")
    for definition in table_definitions(f"wl-{instance}"):
        client_of(lab, "dynamodb").create_table(**definition)
    return {
        **lab.environment(),
        "WL_DATABASE": "dynamodb",
        "WL_ENGINE": "ecs",
        "WL_AWS_INSTANCE": instance,
        "WL_AWS_TRIGGER": trigger,
        "WL_AWS_TRIGGER_ROLE": _ROLE,
        "WL_AWS_TOPIC": topic,
        "WL_AWS_QUEUE": queue,
        "WL_AWS_CLUSTER": f"wl-{instance}",
        "WL_AWS_TABLES": f"wl-{instance}",
        "WL_AWS_SUBNETS": "subnet-1",
        "WL_AWS_EXECUTION_ROLE": _ROLE,
        "WL_AWS_LOG_GROUP": f"/wlcron/{instance}",
        "WL_AWS_GUARD_IMAGE": "wlcron-test/busybox",
    }


def subscribe(lab: Lab, topic: str, endpoint: str) -> None:
    """Have a topic's messages delivered to a server that runs."""
    client_of(lab, "sns").subscribe(
        TopicArn=topic, Protocol="http", Endpoint=f"{endpoint}/v1/aws/sns"
    )


def _events(lab: Lab, instance: str) -> str:
    """Make the queue of ECS's events, with its dead letters; return its URL."""
    sqs, events = client_of(lab, "sqs"), client_of(lab, "events")
    dead = f"wl-{instance}-events-dead"
    sqs.create_queue(QueueName=dead)
    redrive = {
        "deadLetterTargetArn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:{dead}",
        "maxReceiveCount": "10",
    }
    url = sqs.create_queue(
        QueueName=f"wl-{instance}-events", Attributes={"RedrivePolicy": json.dumps(redrive)}
    )["QueueUrl"]
    pattern = {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": {
            "clusterArn": [f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/wl-{instance}"],
            "lastStatus": ["RUNNING", "STOPPED"],
        },
    }
    rule = f"wlcron-{instance}-task-events"
    events.put_rule(Name=rule, EventPattern=json.dumps(pattern))
    target = f"arn:aws:sqs:{REGION}:{ACCOUNT}:wl-{instance}-events"
    events.put_targets(Rule=rule, Targets=[{"Id": "queue", "Arn": target}])
    return str(url)
