"""Each version of a cron has one task definition, and no older ones."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from tests.engines.ecs.executions import cron_of
from tests.engines.ecs.lab import EcsLab
from wlcron.core.cron import Cron
from wlcron.errors import RefusedError, RegistryUnavailableError
from wlcron.registry import Divergence


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
    parts = await lab.engine.definitions.register(cron)
    assert parts["task-definition-version"] == "1"
    assert active(lab, cron) == [parts["task-definition"]]
    found = described(lab, parts["task-definition"])
    names = [one["name"] for one in found["taskDefinition"]["containerDefinitions"]]
    assert names == ["job", "guard"]
    assert {"key": "wlcron:cron", "value": cron.name} in found["tags"]


async def test_registering_again_makes_nothing(lab: EcsLab) -> None:
    """A server that died before it wrote down what it made finds it."""
    cron = cron_of()
    first = await lab.engine.definitions.register(cron)
    await lab.reopen()
    assert await lab.engine.definitions.register(cron) == first
    assert "ecs:RegisterTaskDefinition" not in lab.calls()


async def test_a_new_version_takes_the_place_of_the_older_one(lab: EcsLab) -> None:
    """Whatever was left of them."""
    cron = cron_of()
    await lab.engine.definitions.register(cron)
    parts = await lab.engine.definitions.register(replace(cron, version=2))
    assert parts["task-definition-version"] == "2"
    assert active(lab, cron) == [parts["task-definition"]]


async def test_other_settings_make_another_one(lab: EcsLab) -> None:
    """The same version of a cron, but with another role."""
    cron = cron_of()
    first = await lab.engine.definitions.register(cron)
    lab.settings = replace(lab.settings, task_role="arn:aws:iam::123456789012:role/job")
    await lab.reopen()
    second = await lab.engine.definitions.register(cron)
    assert first["task-definition"] != second["task-definition"]
    assert active(lab, cron) == [second["task-definition"]]


async def test_two_servers_at_once_leave_one_that_works(lab: EcsLab) -> None:
    """None takes away what the other has just made."""
    cron = cron_of()
    other = EcsLab(lab.lab, lab.settings)
    made = await asyncio.gather(
        lab.engine.definitions.register(cron), other.engine.definitions.register(cron)
    )
    await other.close()
    left = active(lab, cron)
    assert left
    assert set(left) <= {parts["task-definition"] for parts in made}


async def test_who_leaves_takes_all_along(lab: EcsLab) -> None:
    """And may do so twice."""
    cron = cron_of()
    await lab.engine.definitions.register(cron)
    await lab.engine.definitions.unregister(cron)
    assert active(lab, cron) == []
    await lab.engine.definitions.unregister(cron)
    await lab.engine.definitions.unregister(cron_of())


async def test_a_longer_name_is_another_cron(lab: EcsLab) -> None:
    """ECS lists by prefix."""
    cron = cron_of()
    longer = replace(cron_of(), name=f"{cron.name}-weekly")
    await lab.engine.definitions.register(longer)
    await lab.engine.definitions.register(cron)
    await lab.engine.definitions.unregister(cron)
    assert len(active(lab, longer)) == 1


async def test_what_is_not_ours_is_never_touched(lab: EcsLab) -> None:
    """Somebody else's family of the same name: neither taken away nor added to."""
    cron = cron_of()
    family = f"wl-{lab.settings.instance}-{cron.name}"
    container = {"name": "theirs", "image": "web", "memory": 64}
    lab.aws("ecs").register_task_definition(family=family, containerDefinitions=[container])
    with pytest.raises(RefusedError, match="not ours"):
        await lab.engine.definitions.register(cron)
    await lab.engine.definitions.unregister(cron)
    assert len(active(lab, cron)) == 1


async def test_an_api_that_fails_is_asked_again(lab: EcsLab) -> None:
    """A registration that fails is not settled; a definition that ECS refuses never will be."""
    lab.control.fault("ecs:RegisterTaskDefinition", code="AccessDeniedException")
    with pytest.raises(RegistryUnavailableError, match="does not allow RegisterTaskDefinition"):
        await lab.engine.definitions.register(cron_of())
    said = "Container.image is not valid"
    lab.control.fault("ecs:RegisterTaskDefinition", code="ClientException", message=said)
    with pytest.raises(RefusedError, match=said):
        await lab.engine.definitions.register(cron_of())


async def survey(lab: EcsLab, *crons: Cron, thorough: bool = True) -> list[tuple[Divergence, str]]:
    """Return how ECS differs from these crons, of those that this test made."""
    found = await lab.engine.definitions.survey(
        {cron.name: cron for cron in crons}, thorough=thorough
    )
    return [(each.what, each.cron) for each in found]


async def test_what_differs_is_found(lab: EcsLab) -> None:
    """Taken away by hand, changed by other settings, left of a cron that is no more."""
    kept, gone, left = cron_of("exit 1"), cron_of("exit 2"), cron_of("exit 3")
    for cron in (kept, gone, left):
        await lab.engine.definitions.register(cron)
    lab.aws("ecs").deregister_task_definition(taskDefinition=active(lab, gone)[0])
    differences = [(Divergence.EXTRA, left.name), (Divergence.MISSING, gone.name)]
    assert await survey(lab, kept, gone) == differences
    changed = replace(kept, version=2)
    assert await survey(lab, changed, gone, thorough=False) == differences
    assert (Divergence.CHANGED, kept.name) in await survey(lab, changed, gone)


async def test_what_is_extra_is_taken_away_and_what_is_not_ours_is_not_seen(lab: EcsLab) -> None:
    """Another's family may begin as ours do."""
    left = cron_of()
    await lab.engine.definitions.register(left)
    container = {"name": "theirs", "image": "web", "memory": 64}
    theirs = f"wl-{lab.settings.instance}-theirs"
    lab.aws("ecs").register_task_definition(family=theirs, containerDefinitions=[container])
    (found,) = await lab.engine.definitions.survey({}, thorough=True)
    assert found.part == f"task-definition wl-{lab.settings.instance}-{left.name}"
    await lab.engine.definitions.discard(found)
    assert active(lab, left) == []
    assert await survey(lab) == []


async def test_a_survey_without_a_difference_asks_once_for_a_hundred(lab: EcsLab) -> None:
    """The doctor comes often; thoroughness costs a request for each cron."""
    cron = cron_of()
    await lab.engine.definitions.register(cron)
    await lab.reopen()
    assert await survey(lab, cron, thorough=False) == []
    assert lab.calls() == {"ecs:ListTaskDefinitionFamilies": 1}
    assert await survey(lab, cron) == []
    assert lab.calls() == {
        "ecs:ListTaskDefinitionFamilies": 2,
        "ecs:DescribeTaskDefinition": 1,
    }
