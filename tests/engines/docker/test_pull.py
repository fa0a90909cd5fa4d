"""Images that are not here are pulled."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from tests.conftest import eventually
from tests.docker_daemon import BUSYBOX, remove_containers
from tests.engines.docker.lab import Lab, cron_with, execution_of, remove_image, watching
from tests.engines.docker.registry import Registry, serving
from tests.samples import HOUR, MINUTE
from wlcron.core.execution import Kind
from wlcron.engines.docker.connection import DaemonError
from wlcron.engines.docker.images import pull

pytestmark = pytest.mark.docker


@pytest.fixture
async def registry(lab: Lab) -> AsyncIterator[Registry]:
    """Return a registry that has one image."""
    async with serving(lab.connection, BUSYBOX) as registry:
        yield registry


@pytest.fixture
async def image(lab: Lab, registry: Registry) -> AsyncIterator[str]:
    """Return the name of an image that is in the registry and not here."""
    image = f"{registry.host}/test/{uuid4().hex[:8]}:1"
    yield image
    await lab.engine.close()
    await remove_containers(lab.instance)
    await remove_image(lab.url, image)


async def test_a_missing_image_is_pulled_and_then_started(lab: Lab, image: str) -> None:
    """The row says so meanwhile, and the deadline begins after it."""
    async with watching(lab.engine) as told:
        execution, seen = await lab.start(cron_with("true", image=image))
        await eventually(lambda: any(one.kind is Kind.EXITED for one in told))
    assert seen.kind is Kind.STARTED
    assert (told[0].execution_id, told[0].reason) == (execution.id, f"pulling {image}")
    assert seen.deadline is not None
    assert seen.deadline >= told[0].at + HOUR


async def test_what_came_too_late_is_not_started(lab: Lab, image: str) -> None:
    """A slot that ceased to be worth starting during the pull is MISSED."""
    cron = cron_with("true", image=image)
    execution = execution_of(cron)
    late = replace(execution, start_by=datetime.now(UTC) - MINUTE)
    seen = await lab.engine.start(late, cron)
    assert seen.kind is Kind.OVERDUE
    assert await lab.is_empty()


async def test_credentials_of_the_docker_configuration_open_the_registry(
    lab: Lab, registry: Registry, image: str, tmp_path: Path
) -> None:
    """With them the image comes; without, the registry's reason does."""
    registry.login = b64encode(b"me:secret").decode()
    config = {"auths": {registry.host: {"auth": registry.login}}}
    (tmp_path / "config.json").write_text(json.dumps(config))
    with pytest.raises(DaemonError, match="no basic auth credentials"):
        _ = [sentence async for sentence in pull(lab.connection, image, {"DOCKER_CONFIG": "/no"})]
    environ = {"DOCKER_CONFIG": str(tmp_path)}
    sentences = [sentence async for sentence in pull(lab.connection, image, environ)]
    assert sentences[0] == f"pulling {image}"
    assert await lab.connection.has_image(image)
