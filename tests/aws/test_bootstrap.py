"""What stands in the way of a bootstrap, what failed first, and what goes into wl.toml."""

import pytest

from tests.aws.test_stack import ID, CloudFormation, event, refusal, stack
from wlcron.aws.bootstrap import Outcome, bootstrap, first_failure, obstacle, option_name
from wlcron.aws.names import INSTANCE_TAG
from wlcron.errors import RefusedError

OURS = [{"Key": INSTANCE_TAG, "Value": "x"}]
PROPOSAL = {
    "ChangeSetId": "arn:change-set",
    "Status": "CREATE_COMPLETE",
    "Changes": [
        {
            "ResourceChange": {
                "Action": "Modify",
                "LogicalResourceId": "Topic",
                "ResourceType": "AWS::SNS::Topic",
                "Replacement": "True",
            }
        }
    ],
}
NOTHING = {
    "ChangeSetId": "arn:change-set",
    "Status": "FAILED",
    "StatusReason": "The submitted information didn't contain changes.",
}


def described(status: str = "CREATE_COMPLETE", **more: object) -> dict[str, object]:
    """Return a stack of ours as CloudFormation describes it."""
    return {"StackName": "wl-x", "StackId": ID, "StackStatus": status, "Tags": OURS, **more}


def cloud_of(there: object, proposal: object = PROPOSAL, *events: object) -> CloudFormation:
    """Return a CloudFormation with this stack; a change goes well unless these events are told."""
    events = events or (event(1, "UPDATE_COMPLETE", "wl-x"),)
    return CloudFormation(
        describe_stacks=[{"Stacks": [there]} if isinstance(there, dict) else there],
        describe_change_set=[proposal],
        describe_stack_events=[{"StackEvents": []}, {"StackEvents": list(reversed(events))}],
    )


async def run(cloud: CloudFormation, *, dry_run: bool = False, **given: str) -> Outcome:
    """Bootstrap the instance x, quietly."""
    return await bootstrap(stack(cloud)[0], "x", given, lambda _line: None, dry_run=dry_run)


@pytest.mark.parametrize(
    ("status", "words"),
    [
        ("ROLLBACK_COMPLETE", "delete-stack --stack-name wl-x"),
        ("ROLLBACK_FAILED", "delete-stack --stack-name wl-x"),
        ("DELETE_FAILED", "delete-stack --stack-name wl-x"),
        ("UPDATE_ROLLBACK_FAILED", "continue-update-rollback --stack-name wl-x"),
        ("UPDATE_IN_PROGRESS", "try again later"),
        ("DELETE_IN_PROGRESS", "try again later"),
    ],
)
def test_what_a_stack_needs_first_is_said(status: str, words: str) -> None:
    """With the command, where there is one."""
    assert words in obstacle(described(status), "wl-x", "x")


@pytest.mark.parametrize(
    "status",
    ["CREATE_COMPLETE", "UPDATE_COMPLETE", "UPDATE_ROLLBACK_COMPLETE", "REVIEW_IN_PROGRESS"],
)
def test_a_stack_of_ours_can_be_changed(status: str) -> None:
    """Also after a change that failed, and where only a change set was made."""
    assert obstacle(described(status), "wl-x", "x") == ""
    assert obstacle(None, "wl-x", "x") == ""


@pytest.mark.parametrize("tags", [[], [{"Key": INSTANCE_TAG, "Value": "y"}]])
@pytest.mark.parametrize("status", ["CREATE_COMPLETE", "REVIEW_IN_PROGRESS"])
async def test_a_stack_that_is_not_ours_is_never_touched(
    status: str, tags: list[dict[str, str]]
) -> None:
    """It is looked at, and nothing more."""
    cloud = cloud_of(described(status, Tags=tags))
    with pytest.raises(RefusedError, match="did not make"):
        await run(cloud)
    assert cloud.asked == ["describe_stacks"]


@pytest.mark.parametrize(
    ("there", "leaves"),
    [
        (described(), ["delete_change_set"]),
        (refusal("Stack with id wl-x does not exist"), ["delete_change_set", "delete_stack"]),
    ],
)
async def test_a_dry_run_leaves_nothing_behind(there: object, leaves: list[str]) -> None:
    """Not the change set, and not the empty stack that a first change set makes."""
    cloud = cloud_of(there)
    outcome = await run(cloud, dry_run=True)
    assert [change.resource for change in outcome.changes] == ["Topic"]
    assert cloud.asked[-len(leaves) :] == leaves
    assert "execute_change_set" not in cloud.asked


async def test_what_is_as_it_should_be_is_not_changed() -> None:
    """And its options are told all the same."""
    outputs = [{"OutputKey": "LogGroup", "OutputValue": "/wlcron/x"}]
    cloud = cloud_of(described(Outputs=outputs), NOTHING)
    outcome = await run(cloud)
    assert outcome == Outcome("wl-x", (), {"log-group": "/wlcron/x"}, {})
    assert "execute_change_set" not in cloud.asked
    assert "delete_stack" not in cloud.asked


async def test_a_change_set_that_cannot_be_made_says_why() -> None:
    """In CloudFormation's words."""
    failed = {**NOTHING, "StatusReason": "Resource X is in\n a bad state"}
    with pytest.raises(RefusedError, match="cannot do it: Resource X is in a bad state"):
        await run(cloud_of(described(), failed))


async def test_a_stack_that_failed_says_what_failed_first() -> None:
    """And that it has to be deleted, where it has to."""
    cloud = cloud_of(
        refusal("Stack with id wl-x does not exist"),
        PROPOSAL,
        event(1, "CREATE_FAILED", "Queue", ResourceStatusReason="Resource creation cancelled"),
        event(2, "CREATE_FAILED", "Topic", ResourceStatusReason="Rate\nexceeded"),
        event(3, "CREATE_FAILED", "Role", ResourceStatusReason="later"),
        event(4, "ROLLBACK_COMPLETE", "wl-x"),
    )
    with pytest.raises(RefusedError) as raised:
        await run(cloud)
    assert str(raised.value) == (
        "the stack wl-x could not be made and has to be deleted (ROLLBACK_COMPLETE),"
        " because of Topic (AWS::SNS::Topic): Rate exceeded"
    )


async def test_a_change_that_failed_leaves_the_stack_as_it_was() -> None:
    """It need not be deleted."""
    events = (
        event(1, "UPDATE_FAILED", ResourceStatusReason="no"),
        event(2, "UPDATE_ROLLBACK_COMPLETE", "wl-x"),
    )
    with pytest.raises(RefusedError, match=r"is as it was .*Topic .*: no"):
        await run(cloud_of(described(), PROPOSAL, *events))


async def test_a_parameter_that_is_misspelt_is_refused_before_anything_is_asked() -> None:
    """With the name that was probably meant."""
    cloud = cloud_of(described())
    with pytest.raises(RefusedError, match='did you mean "Endpoint"'):
        await run(cloud, Endpont="https://cron.example.com")
    with pytest.raises(RefusedError, match='no parameter "Instance"'):
        await run(cloud, Instance="y")
    assert cloud.asked == []


def test_a_failure_without_a_reason_is_said_to_have_none() -> None:
    """As happens when somebody cancels an update."""
    assert first_failure([event(1, "UPDATE_ROLLBACK_COMPLETE")]) == "CloudFormation gave no reason"


def test_outputs_that_are_options_are_known_by_their_names() -> None:
    """The others are for people."""
    names = {"TriggerRole": "trigger-role", "PublicIp": "public-ip", "ServerPolicy": ""}
    assert {output: option_name(output) for output in names} == names
