"""Why ECS starts nothing: what may pass is tried again, the rest is refused."""

import pytest

from wlcron.aws.faults import Fault
from wlcron.engines.ecs.failures import failure_by, failure_in, lacks_definition


@pytest.mark.parametrize(
    "reason",
    [
        "RESOURCE:MEMORY",
        "RESOURCE:CPU",
        "RESOURCE:ENI",
        "RESOURCE:FARGATE",
        "AGENT",
        "NO ACTIVE INSTANCES",
        "EMPTY CAPACITY PROVIDER",
        "Capacity is unavailable at this time. Please try again later",
        "SOMETHING NEW",
    ],
)
def test_what_may_pass_is_tried_again(reason: str) -> None:
    """With ECS's own words; and what is unknown may pass."""
    failure = failure_in({"tasks": [], "failures": [{"arn": "arn:…", "reason": reason}]})
    assert failure is not None
    assert not failure.is_lasting
    assert reason in failure.sentence


@pytest.mark.parametrize(
    "reason",
    ["ATTRIBUTE", "LOCATION", "MISSING", "INACTIVE", "MemberOf placement constraint unsatisfied."],
)
def test_what_does_not_pass_is_refused(reason: str) -> None:
    """However often it is asked, the answer is the same."""
    failure = failure_in({"tasks": [], "failures": [{"reason": reason, "detail": "why"}]})
    assert failure is not None
    assert failure.is_lasting
    assert failure.sentence == f"ECS could not start it: {reason} (why)"


@pytest.mark.parametrize("answer", [{}, {"tasks": []}, {"tasks": [], "failures": [{}]}])
def test_an_answer_without_anything_is_tried_again(answer: dict[str, object]) -> None:
    """Nobody knows what it means."""
    failure = failure_in(answer)
    assert failure is not None
    assert not failure.is_lasting


def test_a_task_is_no_failure() -> None:
    """Whatever stands beside it."""
    assert failure_in({"tasks": [{"taskArn": "arn:…"}], "failures": [{"reason": "x"}]}) is None


@pytest.mark.parametrize(
    ("code", "message", "is_lasting"),
    [
        ("ClientException", "Container.image repository should not be empty.", True),
        ("InvalidParameterException", "Subnets can not be empty.", True),
        ("UnsupportedFeatureException", "not here", True),
        ("PlatformUnknownException", "none", True),
        ("BlockedException", "the account is blocked", True),
        ("ClientException", "You've reached the limit on the number of tasks", False),
        ("ClientException", "The quota of tasks in the PROVISIONING state was reached", False),
        ("ClientException", "ECS was unable to assume the role 'arn:…'", False),
        ("ClusterNotFoundException", "Cluster not found.", False),
        ("AccessDeniedException", "not authorized", False),
        ("ExpiredTokenException", "expired", False),
        ("ThrottlingException", "Rate exceeded", False),
        ("ServerException", "Service Unavailable", False),
        ("ConnectTimeoutError", "AWS does not answer", False),
    ],
)
def test_an_error_is_lasting_when_the_request_is_to_blame(
    code: str, message: str, *, is_lasting: bool
) -> None:
    """What an operator or time may mend is tried again, as long as the slot is worth it."""
    failure = failure_by(Fault(code, message, is_temporary=False))
    assert failure.is_lasting is is_lasting
    assert failure.sentence == message


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        ("TaskDefinition is inactive", True),
        ("TaskDefinition not found.", True),
        ("Unable to describe task definition.", True),
        ("Cluster not found.", False),
        ("No Fargate configuration exists for given values.", False),
    ],
)
def test_a_task_definition_that_is_gone_is_known(message: str, *, expected: bool) -> None:
    """It is made again."""
    assert lacks_definition(Fault("ClientException", message, is_temporary=False)) is expected
