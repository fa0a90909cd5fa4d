"""The laboratory's process can be relied upon."""

import asyncio
import os

from aiobotocore.session import get_session

from tests.aws_lab.process import Lab, running_lab


def client(lab: Lab, service: str) -> object:
    """Return a client of one of the laboratory's services, to be entered."""
    given = lab.environment()
    return get_session().create_client(
        service,
        endpoint_url=lab.url,
        region_name=given["AWS_REGION"],
        aws_access_key_id="lab",
        aws_secret_access_key="lab",  # noqa: S106 -- not a secret
    )


async def test_a_long_poll_stops_nobody_and_gets_the_message() -> None:
    """ReceiveMessage's wait leaves the others their turn, and ends with what they send."""
    with running_lab() as lab:
        async with client(lab, "sqs") as sqs, client(lab, "sqs") as other:  # type: ignore[attr-defined]  # botocore
            url = (await sqs.create_queue(QueueName="events"))["QueueUrl"]
            waiting = asyncio.create_task(sqs.receive_message(QueueUrl=url, WaitTimeSeconds=20))
            await other.list_queues()
            await other.send_message(QueueUrl=url, MessageBody="hello")
            [message] = (await waiting)["Messages"]
    assert message["Body"] == "hello"


def test_the_environment_is_enough() -> None:
    """A process with the laboratory's environment needs nothing else."""
    assert {"AWS_ENDPOINT_URL", "AWS_REGION"} <= Lab("http://x").environment().keys()
    assert os.environ.get("AWS_ENDPOINT_URL") is None
