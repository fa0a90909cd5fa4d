"""Tasks run in real containers: essential semantics, signals, memory, images, logs."""

import os
from collections.abc import Iterator

import pytest
from aiodocker import Docker

from tests.aws_lab.clients import Make, clients_of, wait_until
from tests.aws_lab.containers import LABEL
from tests.aws_lab.control import Control
from tests.aws_lab.jobs import codes, prepare, register, run, told
from tests.aws_lab.process import Lab, running_lab

pytestmark = pytest.mark.docker
IMAGE = "wlcron-test/busybox"


@pytest.fixture(scope="module")
def docker_lab() -> Iterator[Lab]:
    """Return a laboratory whose tasks are containers."""
    with running_lab("--engine", "docker") as lab:
        prepare(clients_of(lab))
        yield lab


@pytest.fixture
def aws(docker_lab: Lab) -> Make:
    """Return what makes a client of a service."""
    return clients_of(docker_lab)


@pytest.fixture
def control(docker_lab: Lab) -> Control:
    """Return the commands of the laboratory."""
    return Control(docker_lab.url)


def test_a_container_ends_with_its_code_and_its_words(aws: Make, control: Control) -> None:
    """Exit code and output come from the container; the guard's is told to end."""
    definition = register(aws, "echo one; echo two >&2; printf three; exit 3", image=IMAGE)
    arn = run(aws, definition, "ended")["tasks"][0]["taskArn"]
    end = told(control, "ended")[-1]
    assert codes(end) == {"job": 3, "guard": 0}
    stream = f"wl/job/{arn.rpartition('/')[2]}"
    logged = aws("logs").get_log_events(logGroupName="/jobs", logStreamName=stream)["events"]
    assert sorted(one["message"] for one in logged) == ["one", "three", "two"]


def test_the_guard_ends_a_container_that_ignores_term(aws: Make, control: Control) -> None:
    """At the deadline the guard exits 124; the job gets TERM, then KILL after its stopTimeout."""
    script = 'trap "" TERM; while true; do sleep 0.1; done'
    run(aws, register(aws, script, image=IMAGE, timeout="0.5"), "deadline")
    assert codes(told(control, "deadline")[-1]) == {"job": 137, "guard": 124}


def test_stop_task_is_heard_by_the_container(aws: Make, control: Control) -> None:
    """With an init a job that says nothing of TERM ends by it."""
    definition = register(
        aws, "exec sleep 60", image=IMAGE, linuxParameters={"initProcessEnabled": True}
    )
    arn = run(aws, definition, "stopped")["tasks"][0]["taskArn"]
    wait_until(lambda: len(control.ecs.told("stopped")) == 3)
    aws("ecs").stop_task(cluster="crons", task=arn)
    end = told(control, "stopped")[-1]
    assert (codes(end)["job"], end["stoppedReason"]) == (143, "Task stopped by user")


def test_an_image_that_is_not_there_cannot_be_pulled(aws: Make, control: Control) -> None:
    """Nothing is pulled; the reason is ECS's, and what had been started is stopped."""
    guard_runs = register(aws, "exit 0", image=IMAGE, name="job")
    definition = aws("ecs").describe_task_definition(taskDefinition=guard_runs)["taskDefinition"]
    job, guard = definition["containerDefinitions"]
    made = aws("ecs").register_task_definition(
        family="no-image",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[job | {"image": "no/such:image"}, guard],
    )
    run(aws, made["taskDefinition"]["taskDefinitionArn"], "unpulled")
    end = told(control, "unpulled")[-1]
    assert end["stopCode"] == "TaskFailedToStart"
    assert end["stoppedReason"].startswith("CannotPullContainerError")
    assert codes(end) == {"job": None, "guard": 0}


def test_too_little_memory_is_said(aws: Make, control: Control) -> None:
    """A container over its limit is killed, and ECS says why."""
    definition = register(aws, "exec tail /dev/zero", image=IMAGE, memory=16)
    run(aws, definition, "greedy")
    job = next(one for one in told(control, "greedy")[-1]["containers"] if one["name"] == "job")
    assert job["exitCode"] == 137
    assert job["reason"].startswith("OutOfMemoryError")


async def test_nothing_is_left_behind() -> None:
    """A laboratory that ends removes its containers, also those that run."""
    with running_lab("--engine", "docker") as lab:
        aws, control = clients_of(lab), Control(lab.url)
        prepare(aws)
        arn = run(aws, register(aws, "sleep 60", image=IMAGE), "left")["tasks"][0]["taskArn"]
        wait_until(lambda: len(control.ecs.told("left")) == 3)
    async with Docker(os.environ["DOCKER_HOST"]) as docker:
        every = await docker.containers.list(all=True, filters=f'{{"label": ["{LABEL}"]}}')
    name = f"lab-{arn.rpartition('/')[2][:12]}"
    assert not [one for one in every if any(name in each for each in one["Names"])]
