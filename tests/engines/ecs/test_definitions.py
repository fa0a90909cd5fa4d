"""Each version of a cron has one task definition, and no older ones."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.engines.ecs.executions import cron_of
from tests.engines.ecs.lab import EcsLab
from wlcron.core.cron import Cron
from wlcron.errors import RefusedError, RegistryUnavailableError


def active(lab: EcsLab, cron: Cron) -> list[str]:
    """Return the active task definitions of a cron."""
    family = f"wl-{lab.settings.instance}-{cron.name}"
    answer = lab.aws("ecs").list_task_definitions(familyPrefix=family, status="ACTIVE")
    return list(answer["taskDefinitionArns"])


def described(lab: EcsLab, arn: str) -> dict[str, Any]:
    """Return a task definition."""
    answer = lab.aws("ecs").describe_task_definition(taskDefinition=arn, include=["TAGS"])
    return dict(answer)


async def test_a_cron_gets_its_task_definition(lab: EcsLab) -> None:
    """With two containers and our tags; what was made is told."""
    cron = cron_of("exit 3")
    parts = await lab.engine.register(cron)
    assert parts["task-definition-version"] == "1"
    assert active(lab, cron) == [parts["task-definition"]]
    found = described(lab, parts["task-definition"])
    names = [one["name"] for one in found["taskDefinition"]["containerDefinitions"]]
    assert names == ["job", "guard"]
    assert {"key": "wlcron:cron", "value": cron.name} in found["tags"]


async def test_registering_again_makes_nothing(lab: EcsLab) -> None:
    """A server that died before it wrote down what it made finds it."""
    cron = cron_of()
    first = await lab.engine.register(cron)
    await lab.reopen()
    assert await lab.engine.register(cron) == first
    assert "ecs:RegisterTaskDefinition" not in lab.calls()


async def test_a_new_version_takes_the_place_of_the_older_one(lab: EcsLab) -> None:
    """Whatever was left of them."""
    cron = cron_of()
    await lab.engine.register(cron)
    parts = await lab.engine.register(replace(cron, version=2))
    assert parts["task-definition-version"] == "2"
    assert active(lab, cron) == [parts["task-definition"]]


async def test_other_settings_make_another_one(lab: EcsLab) -> None:
    """The same version of a cron, but with another role."""
    cron = cron_of()
    first = await lab.engine.register(cron)
    lab.settings = replace(lab.settings, task_role="arn:aws:iam::123456789012:role/job")
    await lab.reopen()
    second = await lab.engine.register(cron)
    assert first["task-definition"] != second["task-definition"]
    assert active(lab, cron) == [second["task-definition"]]


async def test_two_servers_at_once_leave_one_that_works(lab: EcsLab) -> None:
    """None takes away what the other has just made."""
    cron = cron_of()
    other = EcsLab(lab.lab, lab.settings)
    made = await asyncio.gather(lab.engine.register(cron), other.engine.register(cron))
    await other.close()
    left = active(lab, cron)
    assert left
    assert set(left) <= {parts["task-definition"] for parts in made}


async def test_who_leaves_takes_all_along(lab: EcsLab) -> None:
    """And may do so twice."""
    cron = cron_of()
    await lab.engine.register(cron)
    await lab.engine.unregister(cron)
    assert active(lab, cron) == []
    await lab.engine.unregister(cron)
    await lab.engine.unregister(cron_of())


async def test_a_longer_name_is_another_cron(lab: EcsLab) -> None:
    """ECS lists by prefix."""
    cron = cron_of()
    longer = replace(cron_of(), name=f"{cron.name}-weekly")
    await lab.engine.register(longer)
    await lab.engine.register(cron)
    await lab.engine.unregister(cron)
    assert len(active(lab, longer)) == 1


async def test_what_is_not_ours_is_never_touched(lab: EcsLab) -> None:
    """Somebody else's family of the same name: neither taken away nor added to."""
    cron = cron_of()
    family = f"wl-{lab.settings.instance}-{cron.name}"
    container = {"name": "theirs", "image": "web", "memory": 64}
    lab.aws("ecs").register_task_definition(family=family, containerDefinitions=[container])
    with pytest.raises(RefusedError, match="not ours"):
        await lab.engine.register(cron)
    await lab.engine.unregister(cron)
    assert len(active(lab, cron)) == 1


async def test_an_api_that_fails_is_asked_again(lab: EcsLab) -> None:
    """A registration that fails is not settled; a definition that ECS refuses never will be."""
    lab.control.fault("ecs:RegisterTaskDefinition", code="AccessDeniedException")
    with pytest.raises(RegistryUnavailableError, match="does not allow RegisterTaskDefinition"):
        await lab.engine.register(cron_of())
    said = "Container.image is not valid"
    lab.control.fault("ecs:RegisterTaskDefinition", code="ClientException", message=said)
    with pytest.raises(RefusedError, match=said):
        await lab.engine.register(cron_of())
