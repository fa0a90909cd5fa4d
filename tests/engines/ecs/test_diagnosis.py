"""The doctor looks at all that the engine needs."""

from dataclasses import replace

from tests.engines.ecs.lab import EcsLab


async def findings(lab: EcsLab) -> dict[str, tuple[bool, str]]:
    """Return what the doctor says of each subject."""
    return {one.subject: (one.good, one.says) for one in await lab.engine.doctor()}


async def test_all_is_well(lab: EcsLab) -> None:
    """Cluster, queue with its dead-letter queue, log group, and the reads that are left."""
    found = await findings(lab)
    assert all(good for good, _ in found.values())
    assert found.keys() == {"ecs", "events", "dead-letter queue", "logs", "reads of ECS's API"}


async def test_what_is_missing_is_named(lab: EcsLab) -> None:
    """Each with what to do about it."""
    missing = replace(
        lab.settings,
        cluster="none",
        queue=f"{lab.settings.queue}-none",
        log_group="/none",
        subnets=(),
        execution_role="",
    )
    lab.settings = missing
    await lab.reopen()
    found = await findings(lab)
    bad = {subject for subject, (good, _) in found.items() if not good}
    assert bad == {"ecs", "network", "role", "events", "logs"}
    assert "aws.cluster" in found["ecs"][1]


async def test_no_queue_is_said(lab: EcsLab) -> None:
    """Without it nothing is heard."""
    lab.settings = replace(lab.settings, queue="")
    await lab.reopen()
    assert "aws.queue" in (await findings(lab))["events"][1]
