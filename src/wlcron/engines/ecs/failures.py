"""Why ECS did not start a task: what may succeed later, and what never will."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wlcron.aws.faults import Fault

# Actions, resources: "API failure reasons" of the developer guide. What is not here may pass.
_LASTING = re.compile(
    r"ATTRIBUTE|LOCATION|MISSING|INACTIVE|.*placement constraint unsatisfied\.?", re.IGNORECASE
)
_REFUSALS = frozenset(
    {
        "BlockedException",
        "ClientException",
        "InvalidParameterException",
        "PlatformTaskDefinitionIncompatibilityException",
        "PlatformUnknownException",
        "UnsupportedFeatureException",
        "ValidationException",
    }
)
# What ECS also calls a ClientException: no place, and roles that are not known everywhere yet.
_PASSING = re.compile(
    r"capacity|limit on the number|concurrently|PROVISIONING|rate exceeded|try again"
    r"|unable to assume",
    re.IGNORECASE,
)
_NO_DEFINITION = re.compile(
    r"task ?definition.*(inactive|not (found|exist)|does not)|(unable|could not).*"
    r"(describe|find).*task ?definition",
    re.IGNORECASE,
)
_NO_CAPACITY = re.compile(r"capacity (is|was) (currently )?unavailable|RESOURCE:", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Failure:
    """Why nothing was started."""

    sentence: str
    is_lasting: bool  # the same request will not succeed, however often it is repeated


def failure_in(answer: Mapping[str, Any]) -> Failure | None:
    """Return why RunTask's answer holds no task, or None when it holds one."""
    if answer.get("tasks"):
        return None
    failures = answer.get("failures") or [{}]
    reason = str(failures[0].get("reason") or "it gave no reason")
    detail = failures[0].get("detail")
    said = f"{reason} ({detail})" if detail else reason
    return Failure(f"ECS could not start it: {said}", bool(_LASTING.fullmatch(reason)))


def failure_by(fault: Fault) -> Failure:
    """Return what an error of RunTask means for the execution."""
    is_lasting = fault.code in _REFUSALS and not _PASSING.search(fault.sentence)
    return Failure(fault.sentence, is_lasting)


def lacks_definition(fault: Fault) -> bool:
    """Whether the task definition is not there (any more), so that another one is needed."""
    return fault.code in _REFUSALS and bool(_NO_DEFINITION.search(fault.sentence))


def lacks_capacity(stopped_reason: str) -> bool:
    """Whether a task ended before it ran because there was no place for it."""
    return bool(_NO_CAPACITY.search(stopped_reason))
