"""What Docker's tests share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.engines.docker.lab import Lab


@pytest.fixture
async def lab(tmp_path: Path) -> AsyncIterator[Lab]:
    """Return an engine on a real daemon; skip where there is none."""
    lab = Lab(tmp_path)
    yield lab
    await lab.close()
