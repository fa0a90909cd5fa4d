"""What the laboratory's own tests share."""

import time
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest

from tests.aws_lab.control import Control
from tests.aws_lab.endpoint import Endpoint
from tests.aws_lab.process import Lab, running_lab

Make = Callable[[str], Any]


_WITHIN = 30.0  # seconds


def wait_until(holds: Callable[[], object]) -> None:
    """Return as soon as a condition holds; fail when it never does."""
    end = time.monotonic() + _WITHIN
    while not holds():
        assert time.monotonic() < end, "it did not come to hold"
        time.sleep(0.02)


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """Return a laboratory whose minutes last a second."""
    with running_lab("--minute", "1") as lab:
        yield lab


@pytest.fixture(scope="session")
def aws(lab: Lab) -> Make:
    """Return what makes a client of a service."""
    given = lab.environment()
    return lambda service: boto3.client(
        service,
        endpoint_url=lab.url,
        region_name=given["AWS_REGION"],
        aws_access_key_id=given["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=given["AWS_SECRET_ACCESS_KEY"],
    )


@pytest.fixture(scope="session")
def control(lab: Lab) -> Control:
    """Return the commands of the laboratory."""
    return Control(lab.url)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """Return an HTTP endpoint that takes what it is sent."""
    with Endpoint() as endpoint:
        yield endpoint
