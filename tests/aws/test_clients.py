"""Clients are made once, and what they ask is counted."""

from collections.abc import Iterator

import pytest

from tests.aws_lab.process import Lab, running_lab
from wlcron.aws.clients import AwsClients


@pytest.fixture(scope="module")
def lab() -> Iterator[Lab]:
    """Return what stands in for AWS."""
    with running_lab("--engine", "host") as lab:
        yield lab


async def test_calls_are_counted_by_operation(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    """`/metrics` shows what the server asks of AWS."""
    for name, value in lab.environment().items():
        monkeypatch.setenv(name, value)
    clients = AwsClients()
    sqs = await clients.get("sqs")
    assert await clients.get("sqs") is sqs
    await sqs.list_queues()
    await sqs.list_queues()
    assert clients.calls == {"sqs:ListQueues": 2}
    await clients.close()
