"""What AWS answers, in one sentence."""

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
)
from botocore.parsers import ResponseParserError

from wlcron.aws.faults import FAULTS, fault_of


def refusal(code: str, message: str = "no", status: int = 400) -> ClientError:
    """Return what botocore raises for an answer that refuses."""
    answer = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(answer, "RunTask")


@pytest.mark.parametrize(
    ("error", "says", "is_temporary"),
    [
        (refusal("ThrottlingException", "Rate exceeded"), "Rate exceeded", True),
        (refusal("Strange", status=503), "RunTask was refused (Strange): no", True),
        (refusal("ClientException", "two\nlines"), "two lines", False),
        (refusal("ExpiredTokenException"), "renew them", False),
        (refusal("AccessDeniedException", "not authorized"), "does not allow RunTask", False),
        (NoCredentialsError(), "give the server a role", False),
        (NoRegionError(), "set aws.region or AWS_REGION", False),
        (EndpointConnectionError(endpoint_url="http://x"), "AWS does not answer", True),
        (ConnectTimeoutError(endpoint_url="http://x"), "AWS does not answer", True),
        (ResponseParserError("a proxy's page"), "AWS does not answer", True),
        (TimeoutError("late"), "AWS does not answer (late)", True),
    ],
)
def test_a_fault_is_one_sentence(error: Exception, says: str, is_temporary: bool) -> None:  # noqa: FBT001 -- a case
    """It says what to do where somebody can do something, and whether to ask again."""
    assert isinstance(error, FAULTS)
    fault = fault_of(error)
    assert says in fault.sentence
    assert "\n" not in fault.sentence
    assert fault.is_temporary is is_temporary


def test_the_code_is_awss_own() -> None:
    """By it adapters tell what they can deal with themselves."""
    assert fault_of(refusal("ConflictException")).code == "ConflictException"
