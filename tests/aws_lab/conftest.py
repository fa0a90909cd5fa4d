"""What the laboratory's own tests share."""

from collections.abc import Iterator

import pytest

from tests.aws_lab.clients import Make, clients_of
from tests.aws_lab.control import Control
from tests.aws_lab.endpoint import Endpoint
from tests.aws_lab.jobs import prepare
from tests.aws_lab.process import Lab, running_lab


@pytest.fixture(scope="session")
def lab() -> Iterator[Lab]:
    """Return a laboratory whose minutes last a second."""
    with running_lab("--minute", "1") as lab:
        yield lab


@pytest.fixture(scope="session")
def ecs_lab() -> Iterator[Lab]:
    """Return a laboratory whose tasks are processes of this machine, and what they need."""
    with running_lab("--engine", "host") as lab:
        prepare(clients_of(lab))
        yield lab


@pytest.fixture(scope="session")
def aws(lab: Lab) -> Make:
    """Return what makes a client of a service."""
    return clients_of(lab)


@pytest.fixture(scope="session")
def control(lab: Lab) -> Control:
    """Return the commands of the laboratory."""
    return Control(lab.url)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    """Return an HTTP endpoint that takes what it is sent."""
    with Endpoint() as endpoint:
        yield endpoint
