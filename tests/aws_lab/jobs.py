"""Jobs with their guards, as tests run them in the laboratory's ECS."""

import json
from typing import Any

from tests.aws_lab.clients import Make, wait_until
from tests.aws_lab.control import Control
from tests.aws_lab.place import ACCOUNT, REGION

GUARD = 'trap "exit 0" TERM; sleep $WL_TIMEOUT & wait $! || exit 1; exit 124'


def prepare(aws: Make) -> None:
    """Make a cluster, a log group, and a queue with the state changes of the cluster's tasks."""
    aws("ecs").create_cluster(clusterName="crons")
    aws("logs").create_log_group(logGroupName="/jobs")
    aws("sqs").create_queue(QueueName="states")
    pattern = {
        "source": ["aws.ecs"],
        "detail-type": ["ECS Task State Change"],
        "detail": {
            "clusterArn": [f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/crons"],
            "lastStatus": ["RUNNING", "STOPPED"],
        },
    }
    aws("events").put_rule(Name="states", EventPattern=json.dumps(pattern))
    target = {"Id": "1", "Arn": f"arn:aws:sqs:{REGION}:{ACCOUNT}:states"}
    aws("events").put_targets(Rule="states", Targets=[target])


def register(
    aws: Make, script: str, *, timeout: str = "60", image: str = "busybox", **more: object
) -> str:
    """Register a job with its guard; return the task definition's ARN."""
    job = _job(script, image) | more
    guard = {
        "name": "guard",
        "image": image,
        "entryPoint": ["sh", "-c"],
        "command": [GUARD],
        "environment": [{"name": "WL_TIMEOUT", "value": timeout}],
    }
    made = aws("ecs").register_task_definition(
        family="job",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[job, guard],
    )
    return str(made["taskDefinition"]["taskDefinitionArn"])


def _job(script: str, image: str) -> dict[str, Any]:
    log = {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": "/jobs",
            "awslogs-region": REGION,
            "awslogs-stream-prefix": "wl",
        },
    }
    return {
        "name": "job",
        "image": image,
        "command": ["sh", "-c", script],
        "stopTimeout": 2,
        "dependsOn": [{"containerName": "guard", "condition": "START"}],
        "logConfiguration": log,
    }


def run(aws: Make, definition: str, started_by: str, **more: object) -> dict[str, Any]:
    """Run a task; return RunTask's answer."""
    given = {
        "cluster": "crons",
        "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
        "startedBy": started_by,
        "clientToken": started_by,
    }
    return dict(aws("ecs").run_task(taskDefinition=definition, **(given | more)))


def told(control: Control, started_by: str) -> list[dict[str, Any]]:
    """Return the details of all events of a task that has stopped."""
    details: list[dict[str, Any]] = []

    def is_over() -> bool:
        details[:] = [event["detail"] for event in control.ecs.told(started_by)]
        return bool(details) and details[-1]["lastStatus"] == "STOPPED"

    wait_until(is_over)
    return details


def codes(task: dict[str, Any]) -> dict[str, int | None]:
    """Return the containers' exit codes."""
    return {one["name"]: one.get("exitCode") for one in task["containers"]}


def received(aws: Make, started_by: str, wanted: int) -> list[dict[str, Any]]:
    """Receive so many events of one task from the queue, in their order there."""
    sqs, events = aws("sqs"), list[dict[str, Any]]()
    url = sqs.get_queue_url(QueueName="states")["QueueUrl"]
    while len(events) < wanted:
        answer = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=10)
        assert answer.get("Messages"), f"{len(events)} of {wanted} events came"
        for message in answer["Messages"]:
            event = json.loads(message["Body"])
            if event["detail"]["startedBy"] == started_by:
                events.append(event)
            sqs.delete_message(QueueUrl=url, ReceiptHandle=message["ReceiptHandle"])
    return events
