"""What ECS's tests share."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.aws_lab.process import Lab, running_lab
from tests.engines.ecs.lab import EcsLab, as_environment, prepare


@pytest.fixture(scope="session")
def laboratory() -> Iterator[Lab]:
    """Return a laboratory that runs processes."""
    with running_lab("--engine", "host") as lab:
        yield lab


@pytest.fixture
async def lab(laboratory: Lab) -> AsyncIterator[EcsLab]:
    """Return an engine on the laboratory."""
    with as_environment(laboratory):
        lab = EcsLab(laboratory, prepare(laboratory))
        lab.control.forget()
        yield lab
        await lab.close()
        lab.control.ecs.events(copies=1, delay=0, shuffle=0, is_held=False, is_lost=False)
