"""A cron -> what EventBridge is asked to keep for it, whole and ready to be compared.

Names of parameters are those of the API references of EventBridge and EventBridge Scheduler.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from wlcron.aws.names import resource_name, tags_of
from wlcron.aws.settings import AwsSettings
from wlcron.core.cron import LONGEST_START_WITHIN, Cron
from wlcron.errors import RefusedError
from wlcron.triggers.eventbridge.delivery import rule_input, schedule_input
from wlcron.triggers.eventbridge.expression import Expression, Flavour, Refusal, translate

NAME = "eventbridge"  # of the registry
TARGET = "wlcron"  # the target's id within its rule
# What comes later than this is not worth starting; EventBridge itself would try for a day.
_RETRIES = {
    "MaximumEventAgeInSeconds": int(LONGEST_START_WITHIN.total_seconds()),
    "MaximumRetryAttempts": 185,
}


@dataclass(frozen=True, slots=True)
class RuleRequest:
    """A rule, its target and its tags."""

    rule: dict[str, Any]  # of PutRule
    target: dict[str, Any]  # of PutTargets
    tags: list[dict[str, str]]


def rule_request(cron: Cron, settings: AwsSettings) -> RuleRequest:
    """Return the rule for a cron; raises RefusedError where rules cannot say its schedule."""
    expression = expression_of(cron, Flavour.RULES)
    _want(settings.topic, "aws.topic")
    rule = {
        "Name": resource_name(settings.instance, cron.name),
        "ScheduleExpression": expression.text,
        "State": _state(cron),
        "Description": _description(settings.instance, cron.name),
    }
    words = rule_input(settings.instance, cron.name, is_exact=expression.is_exact)
    target = {
        "Id": TARGET,
        "Arn": settings.topic,
        "InputTransformer": words,
        "RetryPolicy": _RETRIES,
    }
    return RuleRequest(rule, target, tag_list(tags_of(settings.instance, cron.name)))


def schedule_request(cron: Cron, settings: AwsSettings, now: datetime) -> dict[str, Any]:
    """Return the parameters of CreateSchedule and UpdateSchedule for a cron.

    Raises RefusedError where Scheduler cannot say its schedule.
    """
    expression = expression_of(cron, Flavour.SCHEDULER)
    _want(settings.topic, "aws.topic")
    _want(settings.trigger_role, "aws.trigger-role")
    request = {
        "GroupName": group_name(settings.instance),
        "Name": resource_name(settings.instance, cron.name),
        "Description": _description(settings.instance, cron.name),
        "ScheduleExpression": expression.text,
        "ScheduleExpressionTimezone": expression.timezone,
        "State": _state(cron),
        "FlexibleTimeWindow": {"Mode": "OFF"},
        "ActionAfterCompletion": "NONE",
        "Target": {
            "Arn": settings.topic,
            "RoleArn": settings.trigger_role,
            "Input": schedule_input(settings.instance, cron.name, is_exact=expression.is_exact),
            "RetryPolicy": _RETRIES,
        },
    }
    start = None if expression.is_exact else _first_slot(cron, now)
    return request if start is None else request | {"StartDate": start}


def schedule_differs(wanted: dict[str, Any], found: dict[str, Any], cron: Cron) -> bool:
    """Whether a schedule, as GetSchedule returns it, has to be updated."""
    start = wanted.get("StartDate")
    fixed = {key: value for key, value in wanted.items() if key != "StartDate"}
    return not has_all(found, fixed) or _is_out_of_phase(start, found.get("StartDate"), cron)


def has_all(found: object, wanted: object) -> bool:
    """Whether AWS has what is wanted; what it adds of its own makes no difference."""
    if isinstance(wanted, dict) and isinstance(found, dict):
        return all(has_all(found.get(key), value) for key, value in wanted.items())
    return found == wanted


def expression_of(cron: Cron, flavour: Flavour) -> Expression:
    """Return what AWS is told of a cron's schedule; raises RefusedError."""
    said = translate(cron.definition, flavour)
    if isinstance(said, Refusal):
        raise RefusedError(said.reason)
    return said


def group_name(instance: str) -> str:
    """Return the name of the schedule group that holds an instance's schedules."""
    return f"wl-{instance}"


def tag_list(tags: dict[str, str]) -> list[dict[str, str]]:
    """Return tags as most of AWS's services want them."""
    return [{"Key": key, "Value": value} for key, value in tags.items()]


def _state(cron: Cron) -> str:
    """Return ENABLED but for a pause without an end.

    What is delivered within a pause that has one becomes a SKIPPED row, and nobody has to think
    of enabling anything when it is over.
    """
    is_open = cron.pause is not None and cron.pause.until is None
    return "DISABLED" if is_open else "ENABLED"


def _description(instance: str, cron: str) -> str:
    return f"Says when the cron {cron} of wlcron's instance {instance} is due; made by wlcron."


def _first_slot(cron: Cron, now: datetime) -> datetime | None:
    """Return the slot from which Scheduler is to count a rate, so that its slots are ours.

    It fires first at its StartDate, and refuses one that is more than five minutes past. Slots
    lie on whole seconds, which is as exact as the API takes a StartDate.
    """
    due = cron.next_due
    if due is not None and due > now:
        return due
    return cron.schedule(anchor=due).next(now)


def _is_out_of_phase(wanted: datetime | None, found: datetime | None, cron: Cron) -> bool:
    if wanted is None or found is None:
        return wanted is not found
    period = cron.schedule().period(wanted)
    return found > wanted or (period is not None and bool((wanted - found) % period))


def _want(value: str, option: str) -> None:
    if not value:
        raise RefusedError(f"EventBridge cannot be told where to: set {option}")
