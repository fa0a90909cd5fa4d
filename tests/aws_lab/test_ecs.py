"""Tasks run, end and are told of as ECS does, as processes of this machine."""

import json
from collections.abc import Iterator
from functools import partial
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from tests.aws_lab.conftest import Make, wait_until
from tests.aws_lab.control import Control
from tests.aws_lab.place import ACCOUNT, REGION
from tests.aws_lab.process import running_lab

STATES = [
    "PROVISIONING",
    "PENDING",
    "RUNNING",
    "DEACTIVATING",
    "STOPPING",
    "DEPROVISIONING",
    "STOPPED",
]
GUARD = 'trap "exit 0" TERM; sleep $WL_TIMEOUT & wait $! || exit 1; exit 124'
Clients = tuple[Any, Any, Any]


@pytest.fixture(scope="module")
def ecs_lab() -> Iterator[tuple[Make, Control]]:
    """Return a laboratory that runs processes: what makes its clients, and its commands."""
    with running_lab("--engine", "host") as lab:
        given = lab.environment()

        def make(service: str) -> Any:  # noqa: ANN401 -- boto3 makes its classes at run time
            return boto3.client(
                service,
                endpoint_url=lab.url,
                region_name=given["AWS_REGION"],
                aws_access_key_id="lab",
                aws_secret_access_key="lab",  # noqa: S106 -- not a secret
            )

        prepare(make)
        yield make, Control(lab.url)


@pytest.fixture
def aws(ecs_lab: tuple[Make, Control]) -> Make:
    """Return what makes a client of a service."""
    return ecs_lab[0]


@pytest.fixture
def control(ecs_lab: tuple[Make, Control]) -> Iterator[Control]:
    """Return the commands of the laboratory, which is then as it was."""
    control = ecs_lab[1]
    yield control
    control.ecs.events(copies=1, delay=0, shuffle=0, is_held=False, is_lost=False)
    control.ecs.tasks(pause=0, skips_running=False)


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
    log = {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": "/jobs",
            "awslogs-region": REGION,
            "awslogs-stream-prefix": "wl",
        },
    }
    job = {
        "name": "job",
        "image": image,
        "command": ["sh", "-c", script],
        "stopTimeout": 2,
        "dependsOn": [{"containerName": "guard", "condition": "START"}],
        "logConfiguration": log,
    } | more
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


def test_a_job_goes_through_all_states(aws: Make, control: Control) -> None:
    """Each state has a version and an event; the job's exit code, output and end are told."""
    definition = register(aws, 'echo "I am $WHO"; exit 3')
    names = {"environment": [{"name": "WHO", "value": "seven"}], "name": "job"}
    answer = run(aws, definition, "states", overrides={"containerOverrides": [names]})
    events = told(control, "states")
    assert [(one["lastStatus"], one["version"]) for one in events] == [
        (state, number) for number, state in enumerate(STATES, 1)
    ]
    end = events[-1]
    assert codes(end)["job"] == 3
    assert (end["stopCode"], end["desiredStatus"]) == ("EssentialContainerExited", "STOPPED")
    assert {"createdAt", "startedAt", "stoppingAt", "executionStoppedAt", "stoppedAt"} <= end.keys()
    arn = answer["tasks"][0]["taskArn"]
    stream = f"wl/job/{arn.rpartition('/')[2]}"
    logged = aws("logs").get_log_events(logGroupName="/jobs", logStreamName=stream)["events"]
    assert [one["message"] for one in logged] == ["I am seven"]
    [described] = aws("ecs").describe_tasks(cluster="crons", tasks=[arn])["tasks"]
    assert described["stoppedAt"].timestamp() > described["startedAt"].timestamp()
    assert [one["detail"]["lastStatus"] for one in received(aws, "states", 2)] == [
        "RUNNING",
        "STOPPED",
    ]


def test_the_guard_ends_the_job(aws: Make, control: Control) -> None:
    """One essential container's end is TERM, and KILL after stopTimeout, to the others."""
    script = 'trap "" TERM; while true; do sleep 0.1; done'
    run(aws, register(aws, script, timeout="0.3"), "guarded")
    assert codes(told(control, "guarded")[-1]) == {"job": 137, "guard": 124}


def test_stop_task_stops_for_the_reason_given(aws: Make, control: Control) -> None:
    """StopTask is UserInitiated; TERM is heard, and the guard goes last."""
    script = 'trap "exit 7" TERM; while true; do sleep 0.05; done'
    arn = run(aws, register(aws, script), "stopped")["tasks"][0]["taskArn"]
    wait_until(lambda: len(control.ecs.told("stopped")) >= 3)
    listed = aws("ecs").list_tasks(cluster="crons", startedBy="stopped")
    assert listed["taskArns"] == [arn]
    said = aws("ecs").stop_task(cluster="crons", task=arn, reason="because")["task"]
    assert said["desiredStatus"] == "STOPPED"
    end = told(control, "stopped")[-1]
    assert (end["stopCode"], end["stoppedReason"]) == ("UserInitiated", "because")
    assert codes(end) == {"job": 7, "guard": 0}
    assert not aws("ecs").list_tasks(cluster="crons", startedBy="stopped")["taskArns"]


def test_the_same_token_makes_one_task(aws: Make, control: Control) -> None:
    """A repeat finds the task; other parameters with the same token conflict."""
    definition = register(aws, "exit 0")
    first = run(aws, definition, "token")["tasks"][0]
    again = run(aws, definition, "token")["tasks"][0]
    assert again["taskArn"] == first["taskArn"]
    told(control, "token")
    assert run(aws, definition, "token")["tasks"][0].keys() == {
        "taskArn",
        "lastStatus",
        "desiredStatus",
    }
    with pytest.raises(ClientError, match="ConflictException") as caught:
        run(aws, definition, "token", group="another")
    assert caught.value.response["resourceIds"] == [first["taskArn"]]
    assert len(control.ecs.told("token")) == len(STATES)


def test_capacity_is_refused_as_data_and_uses_no_token(aws: Make, control: Control) -> None:
    """`failures` is the ordinary way to fail, and the same request succeeds later."""
    control.ecs.refuse("RESOURCE:MEMORY", times=2)
    definition = register(aws, "exit 0")
    for _ in range(2):
        answer = run(aws, definition, "refused")
        assert not answer["tasks"]
        assert answer["failures"][0]["reason"] == "RESOURCE:MEMORY"
    assert len(run(aws, definition, "refused")["tasks"]) == 1
    told(control, "refused")


def test_a_task_that_cannot_start_says_why(aws: Make, control: Control) -> None:
    """Pull errors on demand; commands, logs and secrets that are missing by themselves."""
    control.ecs.fail("CannotPullContainerError: pull access denied")
    run(aws, register(aws, "exit 0"), "unpulled")
    no_stream = {"logDriver": "awslogs", "options": {"awslogs-group": "/none"}}
    secret = {"name": "KEY", "valueFrom": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/none"}
    run(aws, register(aws, "", command=["/no/such/program"]), "unknown")
    run(aws, register(aws, "exit 0", logConfiguration=no_stream), "unlogged")
    run(aws, register(aws, "exit 0", secrets=[secret]), "secretless")
    ends = {
        name: told(control, name)[-1] for name in ("unpulled", "unknown", "unlogged", "secretless")
    }
    assert {end["stopCode"] for end in ends.values()} == {"TaskFailedToStart"}
    assert ends["unpulled"]["stoppedReason"].startswith("CannotPullContainerError")
    assert ends["unknown"]["containers"][0]["reason"].startswith("CannotStartContainerError")
    assert "failed to validate logger args" in ends["unlogged"]["stoppedReason"]
    assert "unable to pull secrets" in ends["secretless"]["stoppedReason"]


def test_secrets_come_from_where_they_are(aws: Make, control: Control) -> None:
    """Parameters of SSM and keys of secrets become variables."""
    aws("ssm").put_parameter(Name="/app/one", Value="first", Type="SecureString")
    made = aws("secretsmanager").create_secret(Name="two", SecretString='{"key": "second"}')
    secrets = [
        {"name": "ONE", "valueFrom": f"arn:aws:ssm:{REGION}:{ACCOUNT}:parameter/app/one"},
        {"name": "TWO", "valueFrom": f"{made['ARN']}:key::"},
    ]
    script = '[ "$ONE$TWO" = firstsecond ]'
    run(aws, register(aws, script, secrets=secrets), "secrets")
    assert codes(told(control, "secrets")[-1])["job"] == 0


def test_a_lost_host_leaves_no_exit_code(aws: Make, control: Control) -> None:
    """Its tasks are STOPPED for InfrastructureHealth; silently, only DescribeTasks says so."""
    definition = register(aws, "sleep 60")
    arns = [run(aws, definition, name)["tasks"][0]["taskArn"] for name in ("lost", "unheard")]
    wait_until(lambda: all(len(control.ecs.told(name)) == 3 for name in ("lost", "unheard")))
    control.ecs.lose("lost")
    control.ecs.lose("unheard", is_silent=True)
    end = told(control, "lost")[-1]
    assert (end["stopCode"], codes(end)) == ("InfrastructureHealth", {"job": None, "guard": None})
    describe = partial(aws("ecs").describe_tasks, cluster="crons", tasks=arns)
    wait_until(lambda: all(one["lastStatus"] == "STOPPED" for one in describe()["tasks"]))
    assert len(control.ecs.told("unheard")) == 3
    control.ecs.hide()
    assert [one["reason"] for one in describe()["failures"]] == ["MISSING", "MISSING"]
    control.ecs.forget("lost")
    assert [one["taskArn"] for one in describe()["tasks"]] == arns[1:]


def test_events_are_held_repeated_and_turned_around(aws: Make, control: Control) -> None:
    """What EventBridge and SQS may do to events happens on demand."""
    control.ecs.events(is_held=True)
    run(aws, register(aws, "exit 0"), "held")
    told(control, "held")
    assert control.ecs.release("reversed", copies=2) == 2 * len(STATES)
    got = received(aws, "held", 4)
    assert [one["detail"]["lastStatus"] for one in got] == ["STOPPED"] * 2 + ["RUNNING"] * 2
    assert got[0] == got[1]


def test_a_quick_job_may_never_be_seen_running(aws: Make, control: Control) -> None:
    """With skips_running a task whose job has ended has no startedAt."""
    control.ecs.tasks(skips_running=True, pause=0.2)
    run(aws, register(aws, "exit 0"), "quick")
    events = told(control, "quick")
    states = [one["lastStatus"] for one in events]
    assert ("RUNNING" in states) == ("startedAt" in events[-1])


@pytest.mark.parametrize(
    ("more", "problem"),
    [
        ({"cluster": "none"}, "ClusterNotFoundException"),
        ({"startedBy": "a b"}, "startedBy"),
        ({"clientToken": "x" * 65}, "clientToken"),
        ({"count": 11}, "count"),
        ({"networkConfiguration": {}}, "Network Configuration must be provided"),
        ({"launchType": "EC2"}, "does not support launch_type EC2"),
        ({"capacityProviderStrategy": [{"capacityProvider": "x"}]}, "but not both"),
        ({"overrides": {"containerOverrides": [{"name": "nobody"}]}}, "named nobody"),
        ({"taskDefinition": "none"}, "ClientException"),
    ],
)
def test_requests_that_ecs_refuses_are_refused(
    aws: Make, more: dict[str, Any], problem: str
) -> None:
    """Moto takes nearly anything; ECS does not."""
    definition = str(more.get("taskDefinition") or register(aws, "exit 0"))
    rest = {key: value for key, value in more.items() if key != "taskDefinition"}
    with pytest.raises(ClientError, match=problem):
        run(aws, definition, "bad", **rest)


def test_a_size_that_fargate_does_not_have_is_refused(aws: Make) -> None:
    """Of CPU and memory only certain pairs exist."""
    with pytest.raises(ClientError, match="No Fargate configuration exists"):
        aws("ecs").register_task_definition(
            family="odd",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="700",
            containerDefinitions=[{"name": "job", "image": "x"}],
        )
