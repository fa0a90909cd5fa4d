"""AWS as it is on a bad day, and accounts on which a server cannot stand."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.amazon import an_aws_server
from tests.acceptance.crons import begun, create, cron_file, history, over, run
from tests.acceptance.program import Server, refused
from tests.acceptance.user import free_port
from tests.aws_lab.account import client_of, prepare_account
from tests.aws_lab.control import Control
from tests.aws_lab.process import Lab, running_lab
from tests.conftest import eventually

FOR_EVER = 1_000_000  # calls


@pytest.fixture(scope="module")
def bad_lab() -> Iterator[Lab]:
    """Return a laboratory that only these tests use: its faults are everybody's."""
    with running_lab("--engine", "host") as lab:
        yield lab


@pytest.fixture
def control(bad_lab: Lab) -> Iterator[Control]:
    """Return its commands; faults end with the test."""
    control = Control(bad_lab.url)
    yield control
    control.forget()


@pytest.fixture
async def server(bad_lab: Lab, tmp_path: Path) -> AsyncIterator[Server]:
    """Return a server over AWS of the test's own."""
    async with an_aws_server(tmp_path, bad_lab) as made:
        yield made


def told(server: Server) -> list[dict[str, Any]]:
    """Return what the server's log says of what went wrong."""
    return [event for event in server.events() if "problem" in event]


async def works(server: Server, name: str) -> None:
    """See that a cron runs from end to end."""
    done = await server.wl("cron", "run", name, "--wait")
    assert (done.code, done.err) == (0, "")


async def test_throttling_is_waited_out(server: Server, control: Control, name: str) -> None:
    """By every service at once; nobody sees more than a delay."""
    await create(server, name, cron_file("exit 0"))
    for call in ("dynamodb:*", "ecs:*", "sqs:*"):
        control.fault(call, times=3)
    await works(server, name)
    assert [row["status"] for row in await history(server, name)] == ["SUCCESS"]


@pytest.mark.parametrize("code", ["ExpiredTokenException", "AccessDeniedException"])
async def test_ecs_takes_the_credentials_no_more(
    server: Server, control: Control, name: str, code: str
) -> None:
    """The execution waits, its reason says for what, and it starts when they are renewed."""
    await create(server, name, cron_file("exit 0"))
    control.fault("ecs:*", times=FOR_EVER, code=code, message="The token is expired")
    await run(server, name)

    async def is_said() -> bool:
        (row,) = await history(server, name)
        return "credentials" in (row["reason"] or "") or "allow" in (row["reason"] or "")

    await eventually(is_said)
    doctor = await server.wl("doctor")
    assert doctor.code != 0
    assert "credentials" in doctor.out or "does not allow" in doctor.out
    control.forget()
    assert (await over(server, name))["status"] == "SUCCESS"


async def test_dynamodb_takes_the_credentials_no_more(
    server: Server, control: Control, name: str
) -> None:
    """Whoever asks is told in a sentence; nothing is lost, and SNS keeps what it brings."""
    await create(server, name, cron_file("sleep 2; exit 4"))
    await run(server, name)
    await begun(server, name)
    control.fault("dynamodb:*", times=FOR_EVER, code="ExpiredTokenException")
    answer = await server.wl("cron", "status", name)
    assert answer.code == 1
    assert answer.err.count("\n") == 1
    assert "renew them" in answer.err
    await eventually(lambda: any("renew them" in each["problem"] for each in told(server)))
    control.forget()
    row = await over(server, name)
    assert (row["status"], row["exit_code"]) == ("FAILED", 4)


async def test_a_queue_that_is_gone_is_told(server: Server, bad_lab: Lab, name: str) -> None:
    """And no longer than it is gone."""
    await create(server, name, cron_file("exit 0"))
    sqs, url = client_of(bad_lab, "sqs"), server.preload["WL_AWS_QUEUE"]
    sqs.delete_queue(QueueUrl=url)
    await eventually(lambda: any("the queue of ECS" in each["problem"] for each in told(server)))
    doctor = await server.wl("doctor")
    assert doctor.code != 0
    assert "the queue of ECS's events" in doctor.out
    sqs.create_queue(QueueName=url.rpartition("/")[2])
    await works(server, name)


async def test_a_table_that_is_gone_is_told(server: Server, bad_lab: Lab, name: str) -> None:
    """By whatever needs it, and by a server that starts."""
    await create(server, name, cron_file())
    dynamodb = client_of(bad_lab, "dynamodb")
    prefix = server.preload["WL_AWS_TABLES"]
    tables = [each for each in dynamodb.list_tables()["TableNames"] if each.startswith(prefix)]
    for table in tables:
        dynamodb.delete_table(TableName=table)
    answer = await server.wl("cron", "status", name)
    assert answer.code == 1
    assert answer.err.count("\n") == 1
    assert prefix in answer.err
    assert (await server.wl("doctor")).code != 0
    await server.kill()
    sentence = refused(await server.refuse())
    assert prefix in sentence
    assert "wl aws bootstrap" in sentence


async def test_a_region_that_does_not_answer_is_told_at_the_start(
    bad_lab: Lab, tmp_path: Path
) -> None:
    """After some tries."""
    variables = await asyncio.to_thread(prepare_account, bad_lab, "dead", "scheduler")
    variables["AWS_ENDPOINT_URL"] = f"http://127.0.0.1:{free_port()}"
    server = Server(tmp_path / "data", tmp_path, engine="ecs", preload=variables)
    assert "AWS does not answer" in refused(await server.refuse())


async def test_an_account_that_goes_away_and_comes_back(
    server: Server, control: Control, name: str
) -> None:
    """Every service answers 503 for a while; what was asked for is done afterwards."""
    await create(server, name, cron_file("exit 0"))
    control.fault("*:*", times=FOR_EVER, code="ServiceUnavailable", status=503)
    answer = await server.wl("cron", "run", name)
    assert answer.code == 1
    assert answer.err.count("\n") == 1
    control.forget()
    await works(server, name)
    assert [row["status"] for row in await history(server, name)] == ["SUCCESS"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (cron_file(description={"env": {"LONG": "x" * 70_000}}), "task definition"),
        (cron_file(description={"memory": "500G"}), "Fargate"),
        (cron_file() + " # " + "x" * 500_000, "DynamoDB"),
    ],
    ids=["a task definition", "a task", "an item"],
)
async def test_a_definition_that_aws_cannot_hold_is_refused(
    server: Server, name: str, text: str, said: str
) -> None:
    """By a sentence that says what is too large; nothing is kept of it."""
    answer = await server.wl("cron", "create", name, "-f", "-", stdin=text)
    assert answer.code == 1
    assert said in answer.err
    assert (await server.wl("cron", "status", name)).code != 0
