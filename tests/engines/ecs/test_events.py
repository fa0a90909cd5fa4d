"""A message of the queue is ours, or another's, or garbage; it never does harm."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.engines.ecs.tasks import EXECUTION, HOUSE, SETTINGS, names, ours, recorded, stopped
from tests.samples import NOON
from wlcron.core.execution import Observation
from wlcron.engines.ecs.events import Event, Passed, read_event
from wlcron.engines.ecs.house import house_of
from wlcron.engines.ecs.observation import observe
from wlcron.engines.ecs.task import read_task

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=10,
)


def read(event: object) -> Event | Passed:
    """Return what a message with this event says."""
    return read_event(json.dumps(event), HOUSE)


def changed(**envelope: object) -> dict[str, Any]:
    """Return an event of ours with another envelope."""
    return ours() | envelope


@pytest.mark.parametrize("name", names())
def test_what_others_do_is_foreign(name: str) -> None:
    """Services, deployments, other people's tasks: all that is documented, and none is ours."""
    assert read(recorded(name)) is Passed.FOREIGN


@pytest.mark.parametrize("name", [name for name in names() if "_other_" not in name])
def test_a_recorded_task_is_read_whatever_it_lacks(name: str) -> None:
    """Documented and real events, if they were of ours, say something."""
    task = read_task(recorded(name)["detail"])
    assert isinstance(observe(task, NOON), Observation)


@pytest.mark.parametrize("event", [ours(), stopped(), stopped(containers=[])])
def test_ours_is_ours(event: dict[str, Any]) -> None:
    """Our cluster, account, family, and an execution's id."""
    heard = read(event)
    assert isinstance(heard, Event)
    assert heard.task.execution_id == EXECUTION.id
    assert heard.version == event["detail"]["version"]


@pytest.mark.parametrize(
    "event",
    [
        changed(account="210987654321"),
        changed(source="aws.ec2"),
        {**changed(), "detail-type": "ECS Container Instance State Change"},
        ours(clusterArn="arn:aws:ecs:us-east-1:123456789012:cluster/other"),
        ours(clusterArn="arn:aws:ecs:us-east-1:210987654321:cluster/example-cluster"),
        ours(clusterArn=5),
        ours(taskDefinitionArn="arn:aws:ecs:us-east-1:123456789012:task-definition/web:1"),
        ours(
            taskDefinitionArn="arn:aws:ecs:us-east-1:123456789012:task-definition/wl-other-tidy:1"
        ),
        ours(taskDefinitionArn=None),
        ours(startedBy="ecs-svc/8646900195280463695"),
        ours(startedBy=EXECUTION.id.upper()),
        ours(startedBy=None),
        ours(startedBy=7),
    ],
)
def test_another_cluster_account_family_or_starter_is_foreign(event: dict[str, Any]) -> None:
    """Whatever else an account runs, it moves no row."""
    assert read(event) is Passed.FOREIGN


def test_an_account_that_is_not_known_is_any() -> None:
    """It stands in ARNs, or in the queue's address; where neither is set, the cluster decides."""
    house = house_of(replace(SETTINGS, queue="", execution_role=""))
    assert isinstance(read_event(json.dumps(changed(account="210987654321")), house), Event)


def test_the_statuses_in_between_are_needless() -> None:
    """Nothing in a row would change."""
    for status in ("PROVISIONING", "PENDING", "ACTIVATING", "STOPPING", "DEPROVISIONING"):
        assert read(ours(lastStatus=status)) is Passed.NEEDLESS


def test_a_status_that_ecs_invents_is_told_apart() -> None:
    """It is counted, so that somebody may learn of it."""
    assert read(ours(lastStatus="HIBERNATED")) is Passed.UNKNOWN


@pytest.mark.parametrize(
    "body",
    [
        "",
        "not JSON",
        "[]",
        "{}",
        "null",
        "7",
        '{"source": "aws.ecs"}',
        '{"source": 1, "detail-type": 2}',
        '{"Type": "Notification", "Message": "no"}',
        "[" * 100_000,
        json.dumps(changed(detail="text")),
        json.dumps(changed(detail=None)),
        json.dumps(ours(lastStatus=None)),
        json.dumps(ours(lastStatus=3)),
        json.dumps(ours(taskArn=None)),
    ],
)
def test_garbage_is_malformed(body: str) -> None:
    """It is left to the dead-letter queue, where somebody can look at it."""
    assert read_event(body, HOUSE) is Passed.MALFORMED


def test_an_event_may_come_through_sns() -> None:
    """A topic between EventBridge and the queue wraps it."""
    wrapped = {"Type": "Notification", "TopicArn": "arn:…", "Message": json.dumps(ours())}
    assert isinstance(read(wrapped), Event)


@pytest.mark.parametrize("version", [None, "7", 1.5, {}])
def test_a_version_that_is_none_is_not_told(version: object) -> None:
    """Order is a matter of economy: without it, the row decides."""
    heard = read(ours(version=version))
    assert isinstance(heard, Event)
    assert heard.version == 0


@given(detail=st.dictionaries(st.sampled_from(sorted(stopped()["detail"])), JSON))
def test_nothing_that_an_event_may_hold_does_harm(detail: dict[str, Any]) -> None:
    """Any value at any place is read, or passed over."""
    event = stopped()
    event["detail"] |= detail
    heard = read(event)
    if isinstance(heard, Event):
        assert isinstance(observe(heard.task, NOON), Observation)


@given(body=st.text(max_size=50) | JSON.map(json.dumps))
def test_nothing_that_a_message_may_hold_does_harm(body: str) -> None:
    """No message ends the worker."""
    assert isinstance(read_event(body, HOUSE), Passed)


def test_what_an_event_says_can_be_stored() -> None:
    """JSON may spell NUL and halves of characters, numbers without end, and the year 9999."""
    heard = read(
        stopped(
            10**40,
            stoppedReason="a\0b\ud83d",
            startedAt="9999-12-31T23:59:00Z",
            version=10**40,
        )
    )
    assert isinstance(heard, Event)
    seen = observe(heard.task, NOON)
    assert seen.reason.endswith("a\ufffdb\ufffd")
    assert (seen.exit_code, seen.started_at, seen.deadline) == (None, None, None)
    assert heard.version == 0
