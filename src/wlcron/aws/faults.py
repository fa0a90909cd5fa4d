"""What AWS answers when it does not do what was asked, in one sentence."""

from dataclasses import dataclass
from typing import Any

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
)
from botocore.parsers import ResponseParserError

# What a call may raise; the last is about an answer that is not AWS's, a proxy's for example.
FAULTS = (BotoCoreError, ClientError, OSError, TimeoutError, ResponseParserError)
_SERVER_ERROR = 500
_TEMPORARY = frozenset(
    {
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "LimitExceededException",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServerException",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
_CREDENTIALS = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "IncompleteSignature",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a call failed."""

    code: str  # AWS's own, or the error's class
    sentence: str
    is_temporary: bool  # the same call may succeed later, without anybody's doing


class AwsError(Exception):
    """A call failed; `fault` says why, `answer` is AWS's own where there was one."""

    def __init__(self, error: Exception) -> None:
        self.fault = fault_of(error)
        self.answer: dict[str, Any] = dict(getattr(error, "response", None) or {})
        super().__init__(self.fault.sentence)


def fault_of(error: Exception) -> Fault:
    """Return what a call's error (one of FAULTS) means."""
    if isinstance(error, ClientError):
        return _refusal(error)
    code = type(error).__name__
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        text = "AWS's credentials are missing: give the server a role, or AWS_ACCESS_KEY_ID"
        return Fault(code, text, is_temporary=False)
    if isinstance(error, NoRegionError):
        text = "AWS's region is not known: set aws.region or AWS_REGION"
        return Fault(code, text, is_temporary=False)
    return Fault(code, f"AWS does not answer ({_one_line(error)})", is_temporary=True)


def _refusal(error: ClientError) -> Fault:
    answer = error.response.get("Error", {})
    code = str(answer.get("Code", "Unknown"))
    said = _one_line(answer.get("Message") or answer.get("message") or error)
    operation = error.operation_name
    if code in _CREDENTIALS:
        text = f"AWS does not take these credentials ({code}): renew them"
        return Fault(code, text, is_temporary=False)
    if code in _DENIED:
        text = f"AWS does not allow {operation}: {said}"
        return Fault(code, text, is_temporary=False)
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    is_temporary = code in _TEMPORARY or status >= _SERVER_ERROR
    return Fault(code, f"{operation} was refused ({code}): {said}", is_temporary)


def _one_line(what: object) -> str:
    return " ".join(str(what).split())
