"""`wl aws bootstrap`: the template made a stack `wl-<instance>`, and its outputs our options."""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from difflib import get_close_matches
from typing import Any, NamedTuple

from wlcron.aws.names import INSTANCE_TAG
from wlcron.aws.settings import AwsSettings
from wlcron.aws.stack import Described, Stack, is_without_changes
from wlcron.aws.template import template_parameters, template_text
from wlcron.errors import RefusedError

Tell = Callable[[str], object]  # takes a line about what goes on

_UNDONE = ("ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED")
_CONSEQUENCE = re.compile("cancelled|canceled", re.IGNORECASE)  # of another failure


class Change(NamedTuple):
    """What CloudFormation would do, or has done, to one resource."""

    action: str  # Add, Modify, Remove, Import, Dynamic
    resource: str
    type: str
    replacement: str  # True, False, Conditional; empty where it does not apply


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it."""

    stack: str
    changes: tuple[Change, ...]
    options: Mapping[str, str]  # by their names in the table [aws]; empty after a dry run
    outputs: Mapping[str, str]  # the stack's others


async def bootstrap(
    stack: Stack, instance: str, given: Mapping[str, str], tell: Tell, *, dry_run: bool
) -> Outcome:
    """Make or change the stack of an instance; with `dry_run` only say what would change.

    `given` are values of the template's parameters; those that are not given stay as they are.
    Raises RefusedError with one sentence, and what `wlcron.aws.faults.FAULTS` lists.
    """
    _check_names(given)
    there = await stack.describe()
    if reason := obstacle(there, stack.name, instance):
        raise RefusedError(reason)
    proposal = await stack.propose(_request(there, instance, given))
    changes = _changes(proposal)
    has_changes = proposal["Status"] != "FAILED"
    if "ChangeSetId" in proposal and (dry_run or not has_changes):
        await stack.withdraw(with_stack=there is None or _is_empty(there))
    if not has_changes and not is_without_changes(proposal["StatusReason"]):
        raise RefusedError(f"CloudFormation cannot do it: {_one_line(proposal['StatusReason'])}")
    if dry_run:
        return Outcome(stack.name, changes, {}, {})
    if has_changes:
        await _carry_out(stack, tell)
    return await _outcome(stack, changes)


def obstacle(there: Described | None, name: str, instance: str) -> str:
    """Return why a stack cannot be changed now; empty: it can."""
    if there is None:
        return ""
    tags = {tag["Key"]: tag["Value"] for tag in there.get("Tags", [])}
    status = str(there["StackStatus"])
    delete = f"delete it (`aws cloudformation delete-stack --stack-name {name}`) and try again"
    if tags.get(INSTANCE_TAG) != instance:
        return (
            f"there is a stack {name} that wlcron did not make, which is left as it is:"
            " choose another instance"
        )
    if status in _UNDONE:
        return f"an earlier attempt to make the stack {name} was undone ({status}): {delete}"
    if status == "UPDATE_ROLLBACK_FAILED":
        command = f"aws cloudformation continue-update-rollback --stack-name {name}"
        return f"the stack {name} is stuck on the way back ({status}): run `{command}` first"
    if status.endswith("_IN_PROGRESS") and not _is_empty(there):
        return f"the stack {name} is being changed by somebody else ({status}): try again later"
    return ""


def first_failure(events: Iterable[Described]) -> str:
    """Return what failed first, and why; later failures follow from it."""
    for event in events:
        reason = _one_line(event.get("ResourceStatusReason", ""))
        if event["ResourceStatus"].endswith("_FAILED") and not _CONSEQUENCE.search(reason):
            return f"{event['LogicalResourceId']} ({event['ResourceType']}): {reason}"
    return "CloudFormation gave no reason"


def option_name(output: str) -> str:
    """Return the option that an output is the value of: `LogGroup` is `log-group`, or empty."""
    name = re.sub("(?<=[a-z])(?=[A-Z])", "_", output).lower()
    return name.replace("_", "-") if name in {field.name for field in fields(AwsSettings)} else ""


def _check_names(given: Mapping[str, str]) -> None:
    known = [name for name in template_parameters() if name != "Instance"]
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=1)
            meant = f'did you mean "{near[0]}"?' if near else f"there are {', '.join(known)}"
            raise RefusedError(f'the template has no parameter "{name}": {meant}')


def _request(there: Described | None, instance: str, given: Mapping[str, str]) -> dict[str, Any]:
    kept = {each["ParameterKey"] for each in there.get("Parameters", [])} if there else set()
    values = {**given, "Instance": instance}
    return {
        "ChangeSetType": "CREATE" if there is None or _is_empty(there) else "UPDATE",
        "TemplateBody": template_text(),
        "Capabilities": ["CAPABILITY_IAM"],
        "Tags": [{"Key": INSTANCE_TAG, "Value": instance}],
        "Parameters": [
            {"ParameterKey": name, "ParameterValue": values[name]}
            if name in values
            else {"ParameterKey": name, "UsePreviousValue": True}
            for name in template_parameters()
            if name in values or name in kept
        ],
    }


def _changes(proposal: Described) -> tuple[Change, ...]:
    resources = [each["ResourceChange"] for each in proposal.get("Changes", [])]
    return tuple(
        Change(
            each["Action"],
            each["LogicalResourceId"],
            each["ResourceType"],
            each.get("Replacement", ""),
        )
        for each in resources
    )


async def _carry_out(stack: Stack, tell: Tell) -> None:
    events: list[Described] = []
    async for event in stack.execute():
        events.append(event)
        tell(f"{event['ResourceStatus']:<20} {event['LogicalResourceId']}")
    last = events[-1]["ResourceStatus"]
    if last not in {"CREATE_COMPLETE", "UPDATE_COMPLETE"}:
        raise RefusedError(f"{_undone(stack.name, last)}, because of {first_failure(events)}")


def _undone(name: str, status: str) -> str:
    if status in _UNDONE:
        return f"the stack {name} could not be made and has to be deleted ({status})"
    return f"the stack {name} could not be changed and is as it was ({status})"


async def _outcome(stack: Stack, changes: Sequence[Change]) -> Outcome:
    described = await stack.describe() or {}
    outputs = {each["OutputKey"]: each["OutputValue"] for each in described.get("Outputs", [])}
    options = {option: outputs.pop(key) for key in list(outputs) if (option := option_name(key))}
    return Outcome(stack.name, tuple(changes), options, outputs)


def _is_empty(there: Described) -> bool:
    return bool(there["StackStatus"] == "REVIEW_IN_PROGRESS")  # change sets, and nothing made yet


def _one_line(what: object) -> str:
    return " ".join(str(what).split())
