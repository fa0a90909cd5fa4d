"""Tasks run, end and are told of as ECS does, as processes of this machine."""

from collections.abc import Iterator
from functools import partial

import pytest
from botocore.exceptions import ClientError

from tests.aws_lab.clients import Make, clients_of, wait_until
from tests.aws_lab.control import Control
from tests.aws_lab.jobs import codes, received, register, run, told
from tests.aws_lab.place import ACCOUNT, REGION
from tests.aws_lab.process import Lab

STATES = [
    "PROVISIONING",
    "PENDING",
    "RUNNING",
    "DEACTIVATING",
    "STOPPING",
    "DEPROVISIONING",
    "STOPPED",
]


@pytest.fixture
def aws(ecs_lab: Lab) -> Make:
    """Return what makes a client of a service."""
    return clients_of(ecs_lab)


@pytest.fixture
def control(ecs_lab: Lab) -> Iterator[Control]:
    """Return the commands of the laboratory, which is then as it was."""
    control = Control(ecs_lab.url)
    yield control
    control.ecs.events(copies=1, delay=0, shuffle=0, is_held=False, is_lost=False)
    control.ecs.tasks(pause=0, skips_running=False)


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


def test_the_job_is_stopped_before_its_guard(aws: Make, control: Control) -> None:
    """Containers stop in the reverse of the order in which they started."""
    script = 'trap "sleep 0.3; exit 0" TERM; while true; do sleep 0.05; done'
    arn = run(aws, register(aws, script), "ordered")["tasks"][0]["taskArn"]
    wait_until(lambda: len(control.ecs.told("ordered")) >= 3)
    ecs, seen = aws("ecs"), set[str]()
    ecs.stop_task(cluster="crons", task=arn)

    def job_has_ended() -> bool:
        [task] = ecs.describe_tasks(cluster="crons", tasks=[arn])["tasks"]
        states = {one["name"]: one["lastStatus"] for one in task["containers"]}
        if states["job"] == "RUNNING":
            seen.add(states["guard"])
        return bool(states["job"] == "STOPPED")

    wait_until(job_has_ended)
    assert seen == {"RUNNING"}


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
