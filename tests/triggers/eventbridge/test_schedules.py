"""EventBridge Scheduler's schedules, and what is theirs alone."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.samples import MINUTE, NOON, make_cron, make_definition
from tests.triggers.eventbridge.conftest import Bridge, rated
from wlcron.aws.names import INSTANCE_TAG
from wlcron.errors import RefusedError
from wlcron.triggers.eventbridge import read_delivery

WINDOW = {"Mode": "OFF"}


async def test_a_schedule_keeps_the_crons_own_zone(bridge: Bridge) -> None:
    """And fires at no other minute."""
    await bridge.trigger.register(make_cron(schedule="0 9 * * *", timezone="Europe/Berlin"))
    found = await bridge.found()
    assert found["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert found["FlexibleTimeWindow"] == WINDOW
    assert found["ActionAfterCompletion"] == "NONE"
    assert found["Target"]["RoleArn"] == bridge.settings.trigger_role


async def test_the_group_is_made_once_and_carries_our_tags(bridge: Bridge) -> None:
    """Schedules themselves have none."""
    await bridge.register(make_cron())
    bridge.control.forget()
    await bridge.register(make_cron("second"))
    assert bridge.control.calls() == {"scheduler:CreateSchedule": 1}
    scheduler = await bridge.clients.get("scheduler")
    group = await scheduler.get_schedule_group(Name=f"wl-{bridge.settings.instance}")
    tags = (await scheduler.list_tags_for_resource(ResourceArn=group["Arn"]))["Tags"]
    assert tags == [{"Key": INSTANCE_TAG, "Value": bridge.settings.instance}]


async def test_a_group_that_is_not_ours_is_never_touched(bridge: Bridge) -> None:
    """Nothing is put into it."""
    scheduler = await bridge.clients.get("scheduler")
    await scheduler.create_schedule_group(Name=f"wl-{bridge.settings.instance}")
    with pytest.raises(RefusedError, match="wlcron did not make"):
        await bridge.trigger.register(make_cron())
    assert await bridge.names() == []


async def test_a_schedule_that_is_not_ours_is_never_touched(bridge: Bridge) -> None:
    """It has our name, but says nothing of us."""
    cron = await bridge.register(make_cron())
    scheduler = await bridge.clients.get("scheduler")
    found = await bridge.found()
    foreign = {"Arn": found["Target"]["Arn"], "RoleArn": found["Target"]["RoleArn"], "Input": "{}"}
    await scheduler.update_schedule(
        GroupName=found["GroupName"],
        Name=found["Name"],
        ScheduleExpression="rate(1 day)",
        FlexibleTimeWindow=WINDOW,
        Target=foreign,
    )
    for known in (cron, make_cron()):
        with pytest.raises(RefusedError, match="wlcron did not make"):
            await bridge.trigger.register(known)
    await bridge.trigger.unregister(cron)
    assert await bridge.trigger.survey({}, thorough=True) == []
    assert (await bridge.found())["ScheduleExpression"] == "rate(1 day)"


async def test_a_rate_begins_with_our_next_slot(bridge: Bridge) -> None:
    """To the second: what was created within a second counts from its beginning."""
    await bridge.trigger.register(rated())
    assert (await bridge.found())["StartDate"] == NOON.replace(minute=2, second=37)


async def test_a_rate_registered_late_begins_with_the_slot_to_come(bridge: Bridge) -> None:
    """AWS refuses a beginning that is more than five minutes past."""
    bridge.now = NOON + 63 * MINUTE
    await bridge.trigger.register(rated())
    assert (await bridge.found())["StartDate"] == NOON.replace(hour=13, minute=7, second=37)


async def test_a_rate_in_our_phase_is_left_as_it_is(bridge: Bridge) -> None:
    """Time passes, its slots remain ours."""
    cron = await bridge.register(rated())
    bridge.now += 17 * MINUTE
    await bridge.register(replace(cron, next_due=NOON.replace(minute=17, second=37)))
    assert (await bridge.found())["StartDate"] == NOON.replace(minute=2, second=37)


async def test_a_rate_out_of_phase_is_mended(bridge: Bridge) -> None:
    """Another period, or other slots."""
    cron = await bridge.register(rated())
    due = NOON.replace(minute=3)
    await bridge.register(replace(cron, next_due=due))
    assert (await bridge.found())["StartDate"] == due
    definition = make_definition("rate(7 minutes)")
    await bridge.register(replace(cron, definition=definition, next_due=due + timedelta(hours=1)))
    assert (await bridge.found())["StartDate"] == due + timedelta(hours=1)


async def test_a_rate_that_becomes_a_cron_has_no_beginning(bridge: Bridge) -> None:
    """An update resets what it does not name."""
    cron = await bridge.register(rated())
    await bridge.register(replace(cron, definition=make_definition()))
    assert (await bridge.found()).get("StartDate") is None


async def test_without_a_role_nothing_is_asked_for(bridge: Bridge) -> None:
    """The option is named."""
    from wlcron.triggers.eventbridge import eventbridge_trigger

    settings = replace(bridge.settings, trigger_role="")
    with pytest.raises(RefusedError, match=r"aws\.trigger-role"):
        await eventbridge_trigger(bridge.clients, settings).register(make_cron())
    assert bridge.calls() == 0


async def test_a_group_removed_behind_our_back_is_made_again(bridge: Bridge) -> None:
    """With all that was in it."""
    cron = await bridge.register(make_cron())
    scheduler = await bridge.clients.get("scheduler")
    await scheduler.delete_schedule_group(Name=f"wl-{bridge.settings.instance}")
    bridge.control.fault("scheduler:CreateSchedule", code="ResourceNotFoundException", status=404)
    await bridge.register(cron)
    assert await bridge.names() == [bridge.name()]


async def test_what_fires_is_read_as_the_slot(bridge: Bridge) -> None:
    """The laboratory fills in the attributes as Scheduler does."""
    await bridge.trigger.register(rated())
    sqs, sns = await bridge.clients.get("sqs"), await bridge.clients.get("sns")
    queue = (await sqs.create_queue(QueueName="seen"))["QueueUrl"]
    topic = (await sns.create_topic(Name="slots"))["TopicArn"]
    arn = "arn:aws:sqs:us-east-1:123456789012:seen"
    await sns.subscribe(TopicArn=topic, Protocol="sqs", Endpoint=arn)
    slot = NOON.replace(minute=2, second=37)
    bridge.control.fire(bridge.name(), slot)
    answer = await sqs.receive_message(QueueUrl=queue, WaitTimeSeconds=10)
    delivery = read_delivery(json.loads(answer["Messages"][0]["Body"])["Message"])
    assert (delivery.cron, delivery.slot, delivery.is_exact) == ("tidy", slot, False)
    await sqs.delete_queue(QueueUrl=queue)
    await sns.delete_topic(TopicArn=topic)
