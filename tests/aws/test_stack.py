"""A stack is waited for, listened to page by page, and never looked at more than is needed."""

from collections.abc import Callable
from typing import Any

import pytest
from botocore.exceptions import ClientError

from wlcron.aws.stack import Stack

ID = "arn:aws:cloudformation:eu-west-1:123456789012:stack/wl-x/1"


def event(number: int, status: str, resource: str = "Topic", **more: str) -> dict[str, Any]:
    """Return an event as CloudFormation tells it."""
    physical = ID if resource == "wl-x" else f"arn:{resource}"
    return {
        "StackId": ID,
        "EventId": str(number),
        "LogicalResourceId": resource,
        "PhysicalResourceId": physical,
        "ResourceType": "AWS::SNS::Topic",
        "ResourceStatus": status,
        **more,
    }


class CloudFormation:
    """Answers each operation as scripted; the last answer is repeated."""

    def __init__(self, **answers: list[Any]) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def get(self, service: str) -> "CloudFormation":
        """Be the client of the only service there is."""
        assert service == "cloudformation"
        return self

    def __getattr__(self, operation: str) -> Callable[..., Any]:
        async def answer(**_given: object) -> Any:  # noqa: ANN401 -- whatever was scripted
            self.asked.append(operation)
            answers = self.answers.get(operation, [{}])
            said = answers.pop(0) if len(answers) > 1 else answers[0]
            if isinstance(said, Exception):
                raise said
            return said

        return answer


def stack(cloud: CloudFormation) -> tuple[Stack, list[float]]:
    """Return a stack that does not wait, and how long it would have."""
    pauses: list[float] = []

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    return Stack(cloud, "wl-x", pause), pauses  # type: ignore[arg-type]  # a stand-in for clients


def refusal(message: str) -> ClientError:
    """Return a ValidationError, which CloudFormation answers to everything."""
    return ClientError({"Error": {"Code": "ValidationError", "Message": message}}, "Some")


async def test_a_change_set_is_waited_for_and_read_to_its_last_page() -> None:
    """A change set is worked out for some seconds, and told in pages of a hundred changes."""
    pages: list[Any] = [
        {"Status": "CREATE_PENDING", "Changes": []},
        {"Status": "CREATE_IN_PROGRESS", "Changes": []},
        {"Status": "CREATE_COMPLETE", "Changes": [1], "NextToken": "2"},
        {"Status": "CREATE_COMPLETE", "Changes": [2]},
    ]
    ours, pauses = stack(CloudFormation(describe_change_set=pages))
    proposal = await ours.propose({})
    assert (proposal["Status"], proposal["Changes"], len(pauses)) == ("CREATE_COMPLETE", [1, 2], 2)


async def test_events_are_told_once_oldest_first_until_the_stack_is_done() -> None:
    """Events come newest first and in pages; those before this change are not told."""
    old = event(1, "UPDATE_COMPLETE", "wl-x")
    told = [
        {"StackEvents": [old]},
        {"StackEvents": [old]},
        {
            "StackEvents": [
                event(3, "CREATE_IN_PROGRESS"),
                event(2, "UPDATE_IN_PROGRESS", "wl-x"),
                old,
            ]
        },
        {"StackEvents": [event(5, "UPDATE_COMPLETE", "wl-x")], "NextToken": "more"},
        {"StackEvents": [event(4, "CREATE_COMPLETE"), event(3, "CREATE_IN_PROGRESS")]},
    ]
    cloud = CloudFormation(describe_stack_events=told)
    ours, pauses = stack(cloud)
    assert [each["EventId"] async for each in ours.execute()] == ["2", "3", "4", "5"]
    assert len(pauses) == 2
    assert cloud.asked.count("execute_change_set") == 1


async def test_a_stack_that_does_not_exist_is_none() -> None:
    """CloudFormation has no error of its own for it; others are errors."""
    absent = refusal("Stack with id wl-x does not exist")
    assert await stack(CloudFormation(describe_stacks=[absent]))[0].describe() is None
    other = refusal("1 validation error detected")
    with pytest.raises(ClientError):
        await stack(CloudFormation(describe_stacks=[other]))[0].describe()


async def test_nothing_to_change_is_an_answer() -> None:
    """Whether it is said at once or by a change set that failed."""
    said = refusal("No updates are to be performed.")
    ours, _ = stack(CloudFormation(create_change_set=[said]))
    assert (await ours.propose({}))["Status"] == "FAILED"
    with pytest.raises(ClientError):
        await stack(CloudFormation(create_change_set=[refusal("no")]))[0].propose({})
