"""What both flavours of EventBridge promise: one part for each cron, made and unmade at will."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.samples import HOUR, NOON, make_cron, make_definition
from tests.triggers.eventbridge.conftest import Bridge, rated
from wlcron.core.cron import Cron, Pause
from wlcron.errors import RefusedError, RegistryUnavailableError
from wlcron.registry import Difference, Divergence
from wlcron.triggers.eventbridge import eventbridge_trigger
from wlcron.triggers.eventbridge.expression import Flavour


@pytest.fixture(params=Flavour)
def flavour(request: pytest.FixtureRequest) -> Flavour:
    """Return each of the two."""
    return Flavour(request.param)


async def test_a_cron_has_one_part_that_says_when_and_where_to(bridge: Bridge) -> None:
    """Its ARN is told."""
    parts = await bridge.trigger.register(make_cron())
    found = await bridge.found()
    assert list(parts.values()) == [found["Arn"]]
    assert found["ScheduleExpression"] == "cron(0/10 * * * ? *)"
    assert found["State"] == "ENABLED"
    assert found["Target"]["Arn"] == bridge.settings.topic
    assert await bridge.names() == [bridge.name()]


async def test_registering_again_changes_nothing_and_costs_few_calls(bridge: Bridge) -> None:
    """Three requests find everything as it should be."""
    cron = await bridge.register(make_cron())
    before = await bridge.found()
    bridge.control.forget()
    await bridge.register(cron)
    assert bridge.calls() <= 3
    assert not any("Put" in call or "Update" in call for call in bridge.control.calls())
    after = await bridge.found()
    assert after | {"ResponseMetadata": None} == before | {"ResponseMetadata": None}


async def test_a_cron_registered_by_somebody_who_died_is_found_made(bridge: Bridge) -> None:
    """Crash between the making and the writing down: the store knows of no parts."""
    first = await bridge.trigger.register(make_cron())
    assert await bridge.trigger.register(make_cron()) == first


async def test_a_new_schedule_replaces_the_old_one(bridge: Bridge) -> None:
    """The part keeps its name."""
    cron = await bridge.register(make_cron())
    cron = replace(cron, definition=make_definition("0 9 * * 1-5"), version=2)
    await bridge.register(cron)
    assert (await bridge.found())["ScheduleExpression"] == "cron(0 9 ? * MON-FRI *)"
    assert await bridge.names() == [bridge.name()]


@pytest.mark.parametrize(
    ("pause", "state"),
    [
        (Pause(NOON, None, "for good"), "DISABLED"),
        (Pause(NOON, NOON + HOUR), "ENABLED"),
        (None, "ENABLED"),
    ],
)
async def test_its_state_follows_a_pause_without_an_end(
    bridge: Bridge, pause: Pause | None, state: str
) -> None:
    """One that ends needs nobody to enable anything: its slots are skipped as they come."""
    cron = await bridge.register(make_cron(pause=Pause(NOON) if state == "ENABLED" else None))
    await bridge.register(replace(cron, pause=pause))
    assert (await bridge.found())["State"] == state


async def test_a_part_is_removed_once_and_for_all(bridge: Bridge) -> None:
    """Nothing there is success."""
    cron = await bridge.register(make_cron())
    other = await bridge.register(make_cron("other"))
    for _ in range(2):
        await bridge.trigger.unregister(cron)
    assert await bridge.names() == [bridge.name(other.name)]


@pytest.mark.parametrize("leaves", [False, True])
async def test_who_changes_the_service_leaves_nothing_in_the_other(
    bridge: Bridge, *, leaves: bool
) -> None:
    """What was made there is on record; else each slot would be announced twice for ever."""
    cron = await bridge.register(make_cron())
    (now,) = set(Flavour) - {bridge.flavour}
    trigger = eventbridge_trigger(bridge.clients, replace(bridge.settings, trigger=now))
    if leaves:
        await trigger.unregister(cron)
    else:
        parts = await trigger.register(cron)
        assert list(parts) == ["schedule" if now is Flavour.SCHEDULER else "rule"]
    assert await bridge.names() == []


async def test_nothing_was_made_and_nothing_is_removed(bridge: Bridge) -> None:
    """Not even a group."""
    await bridge.trigger.unregister(make_cron())


async def test_what_was_removed_behind_our_back_is_made_again(bridge: Bridge) -> None:
    """By hand, in the console."""
    cron = await bridge.register(make_cron())
    await bridge.trigger.unregister(cron)
    await bridge.register(cron)
    assert await bridge.names() == [bridge.name()]


async def test_what_passes_is_worth_another_try(bridge: Bridge) -> None:
    """Two who write at once, for example; throttling takes the same way after some retries."""
    bridge.control.fault("*:*", code="ConcurrentModificationException")
    with pytest.raises(RegistryUnavailableError, match="ConcurrentModification"):
        await bridge.trigger.register(make_cron())


async def test_what_aws_does_not_allow_is_told_in_its_words(bridge: Bridge) -> None:
    """Asking again would change nothing."""
    bridge.control.fault("*:*", times=100, code="AccessDeniedException", message="not you")
    with pytest.raises(RefusedError, match="not you"):
        await bridge.trigger.register(make_cron())


async def test_what_cannot_be_said_is_refused_when_checked_and_when_registered(
    bridge: Bridge,
) -> None:
    """With the reason and the remedy."""
    definition = make_definition("0 0 13 * 5")
    verdict = bridge.trigger.check(definition)
    assert "make a cron of each" in verdict.refusals[0]
    with pytest.raises(RefusedError, match="make a cron of each"):
        await bridge.trigger.register(make_cron(schedule="0 0 13 * 5"))


def by_name(*crons: Cron) -> dict[str, Cron]:
    """Return crons by their names."""
    return {cron.name: cron for cron in crons}


@pytest.mark.parametrize("thorough", [True, False])
async def test_a_survey_of_what_is_as_it_should_be_finds_nothing(
    bridge: Bridge, *, thorough: bool
) -> None:
    """Also of a rate, whose phase goes on while time passes."""
    crons = by_name(make_cron(), rated(name="rated"))
    for cron in crons.values():
        await bridge.register(cron)
    bridge.now += timedelta(minutes=7)
    assert await bridge.trigger.survey(crons, thorough=thorough) == []


async def test_a_survey_names_what_is_missing_changed_or_extra(bridge: Bridge) -> None:
    """Whatever was done by hand."""
    missing, changed, extra = (make_cron(name) for name in ("missing", "changed", "extra"))
    for cron in (changed, extra):
        await bridge.register(cron)
    changed = replace(changed, pause=Pause(NOON))
    found = await bridge.trigger.survey(by_name(missing, changed), thorough=False)
    kind = "rule" if bridge.flavour is Flavour.RULES else "schedule"
    assert set(found) == {
        Difference(
            Divergence.MISSING, "eventbridge", "missing", f"{kind} {bridge.name('missing')}"
        ),
        Difference(
            Divergence.CHANGED, "eventbridge", "changed", f"{kind} {bridge.name('changed')}"
        ),
        Difference(Divergence.EXTRA, "eventbridge", "extra", f"{kind} {bridge.name('extra')}"),
    }
    (discarded,) = (each for each in found if each.what is Divergence.EXTRA)
    await bridge.trigger.discard(discarded)
    assert await bridge.names() == [bridge.name("changed")]


async def test_a_thorough_survey_looks_into_each_part(bridge: Bridge) -> None:
    """An expression is no longer the cron's."""
    await bridge.register(make_cron())
    other = by_name(make_cron(schedule="@daily"))
    (found,) = await bridge.trigger.survey(other, thorough=True)
    assert found.what is Divergence.CHANGED


async def test_a_survey_of_nothing_is_no_error(bridge: Bridge) -> None:
    """A new account."""
    assert await bridge.trigger.survey({}, thorough=True) == []


async def test_a_cron_that_can_no_longer_be_said_is_changed(bridge: Bridge) -> None:
    """The registrar then says why."""
    await bridge.register(make_cron())
    other = by_name(make_cron(schedule="0 0 13 * 5"))
    (found,) = await bridge.trigger.survey(other, thorough=True)
    assert found.what is Divergence.CHANGED


async def test_the_doctor_looks_at_the_topic_and_the_role(bridge: Bridge) -> None:
    """Each is named with what is wrong with it."""
    findings = await bridge.trigger.doctor()
    assert not any(finding.good for finding in findings)
    sns, iam = await bridge.clients.get("sns"), await bridge.clients.get("iam")
    await sns.create_topic(Name="slots")
    await iam.create_role(RoleName="wl-trigger", AssumeRolePolicyDocument="{}")
    findings = await bridge.trigger.doctor()
    bad = [finding.says for finding in findings if not finding.good]
    expected = 1 if bridge.flavour is Flavour.RULES else 0
    assert len(bad) == expected, bad
    policy = (
        '{"Statement": [{"Effect": "Allow", "Action": "sns:Publish", "Resource": "*",'
        ' "Principal": {"Service": "events.amazonaws.com"}}]}'
    )
    topic = bridge.settings.topic
    await sns.set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
    assert all(finding.good for finding in await bridge.trigger.doctor())
    await sns.delete_topic(TopicArn=topic)
    await iam.delete_role(RoleName="wl-trigger")
