"""EventBridge's rules, and what is theirs alone."""

import json

import pytest

from tests.samples import NOON, make_cron
from tests.triggers.eventbridge.conftest import Bridge, rated
from wlcron.aws.names import tags_of
from wlcron.errors import RefusedError, RegistryUnavailableError
from wlcron.triggers.eventbridge.expression import Flavour
from wlcron.triggers.eventbridge.rule_calls import want_taken


@pytest.fixture
def flavour() -> Flavour:
    """Return the flavour of this module."""
    return Flavour.RULES


async def test_a_rule_carries_our_tags(bridge: Bridge) -> None:
    """By them alone it is known again."""
    parts = await bridge.trigger.register(make_cron())
    events = await bridge.clients.get("events")
    answer = await events.list_tags_for_resource(ResourceARN=parts["rule"])
    tags = {tag["Key"]: tag["Value"] for tag in answer["Tags"]}
    assert tags == tags_of(bridge.settings.instance, "tidy")


async def test_a_new_rule_costs_three_calls(bridge: Bridge) -> None:
    """One looks, one makes the rule, one its target."""
    await bridge.trigger.register(make_cron())
    assert bridge.calls() == 3


async def test_a_rule_that_is_not_ours_is_never_touched(bridge: Bridge) -> None:
    """Neither by making nor by removing nor by mending."""
    events = await bridge.clients.get("events")
    await events.put_rule(Name=bridge.name(), ScheduleExpression="rate(1 day)")
    with pytest.raises(RefusedError, match="wlcron did not make"):
        await bridge.trigger.register(make_cron())
    await bridge.trigger.unregister(make_cron())
    assert await bridge.trigger.survey({}, thorough=True) == []
    rule = await events.describe_rule(Name=bridge.name())
    assert rule["ScheduleExpression"] == "rate(1 day)"
    assert (await events.list_targets_by_rule(Rule=bridge.name()))["Targets"] == []


async def test_a_target_that_is_gone_or_wrong_is_made_again(bridge: Bridge) -> None:
    """The rest of the rule is as it should be."""
    cron = await bridge.register(make_cron())
    events = await bridge.clients.get("events")
    await events.remove_targets(Rule=bridge.name(), Ids=["wlcron"])
    assert len(await bridge.trigger.survey({"tidy": cron}, thorough=True)) == 1
    await bridge.register(cron)
    wrong = (await bridge.found())["Target"] | {"Arn": bridge.settings.topic + "x"}
    await events.put_targets(Rule=bridge.name(), Targets=[wrong])
    await bridge.register(cron)
    assert (await bridge.found())["Target"]["Arn"] == bridge.settings.topic


@pytest.mark.parametrize(("instance", "name"), [("{}-b", "b-tidy"), ("another", "tidy")])
async def test_a_rule_of_another_instance_is_not_ours(
    bridge: Bridge, instance: str, name: str
) -> None:
    """Its name may begin like ours: `wl-a-` is also how the rules of an instance `a-b` begin."""
    events = await bridge.clients.get("events")
    tags = tags_of(instance.format(bridge.settings.instance), "tidy")
    await events.put_rule(
        Name=bridge.name(name),
        ScheduleExpression="rate(1 day)",
        Tags=[{"Key": key, "Value": value} for key, value in tags.items()],
    )
    assert await bridge.trigger.survey({}, thorough=True) == []


def test_a_target_that_was_not_taken_is_said() -> None:
    """PutTargets answers 200 to what it did not do."""
    entry = {
        "ErrorCode": "ConcurrentModificationException",
        "ErrorMessage": "again",
        "TargetId": "",
    }
    with pytest.raises(RegistryUnavailableError, match="ConcurrentModification"):
        want_taken({"FailedEntryCount": 1, "FailedEntries": [entry]})
    want_taken({"FailedEntryCount": 0, "FailedEntries": []})


async def test_a_rule_without_its_target_is_completed(bridge: Bridge) -> None:
    """Whoever made it died, or was throttled, in between."""
    bridge.control.fault("events:PutTargets", code="ConcurrentModificationException")
    with pytest.raises(RegistryUnavailableError, match="ConcurrentModification"):
        await bridge.trigger.register(make_cron())
    await bridge.trigger.register(make_cron())
    assert (await bridge.found())["Target"]["Arn"] == bridge.settings.topic


async def test_a_rates_deliveries_say_that_the_rule_has_its_own_phase(bridge: Bridge) -> None:
    """It counts from when it was made."""
    await bridge.trigger.register(rated())
    template = (await bridge.found())["Target"]["InputTransformer"]["InputTemplate"]
    assert '"exact": false' in template


async def test_a_long_name_is_shortened(bridge: Bridge) -> None:
    """AWS takes 64 characters."""
    cron = make_cron("x" * 63)
    await bridge.register(cron)
    (name,) = await bridge.names()
    assert len(name) == 64
    assert await bridge.trigger.survey({cron.name: cron}, thorough=True) == []
    await bridge.trigger.unregister(cron)
    assert await bridge.names() == []


async def test_what_fires_is_read_as_the_slot(bridge: Bridge) -> None:
    """The laboratory fills in the template as EventBridge does."""
    from wlcron.triggers.eventbridge import read_delivery

    await bridge.trigger.register(make_cron())
    sqs, sns = await bridge.clients.get("sqs"), await bridge.clients.get("sns")
    queue = (await sqs.create_queue(QueueName="seen"))["QueueUrl"]
    topic = (await sns.create_topic(Name="slots"))["TopicArn"]
    arn = "arn:aws:sqs:us-east-1:123456789012:seen"
    await sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    bridge.control.fire(bridge.name(), NOON)
    answer = await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=10)
    delivery = read_delivery(json.loads(answer["Messages"][0]["Body"])["Message"])
    assert (delivery.cron, delivery.slot, delivery.is_exact) == ("tidy", NOON, True)
    await sqs.delete_queue(QueueUrl=queue)
    await sns.delete_topic(TopicArn=topic)
