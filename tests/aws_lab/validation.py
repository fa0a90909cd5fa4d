"""What moto takes and AWS refuses: expressions that are none, sizes that are too large."""

import re
from collections.abc import Mapping
from typing import Any

from tests.aws_lab.call import Answer, Call, refusal
from wlcron.schedule import ScheduleError, parse_schedule

_PLURAL = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_FARGATE = {  # CPU units -> MiB, as the developer guide's "Task CPU and memory" lists them
    256: (512, 1024, 2048),
    512: tuple(range(1024, 4097, 1024)),
    1024: tuple(range(2048, 8193, 1024)),
    2048: tuple(range(4096, 16385, 1024)),
    4096: tuple(range(8192, 30721, 1024)),
    8192: tuple(range(16384, 61441, 4096)),
    16384: tuple(range(32768, 122881, 8192)),
}
_LONGEST_STOP = 120  # seconds, on Fargate
_LONGEST_EXPRESSION = 256
_MOST_TAGS = 50


def validate(call: Call) -> Answer | None:
    """Refuse what AWS refuses, in its words; None: nothing to say."""
    given = call.parameters
    if call.name == "events:PutRule" and "ScheduleExpression" in given:
        return _rule(given["ScheduleExpression"])
    if call.name in {"scheduler:CreateSchedule", "scheduler:UpdateSchedule"}:
        return _schedule(given)
    if call.name == "ecs:RegisterTaskDefinition":
        return _definition(given)
    return None


def _rule(expression: str) -> Answer | None:
    if expression.startswith(("cron(", "rate(")) and _is_valid(expression, "UTC"):
        return None
    return refusal("ValidationException", "Parameter ScheduleExpression is not valid.")


def _schedule(given: Mapping[str, Any]) -> Answer | None:
    expression = given.get("ScheduleExpression", "")
    zone = given.get("ScheduleExpressionTimezone", "UTC")
    if not _is_valid("rate(1 minute)", zone):
        return refusal("ValidationException", f"Invalid Schedule Expression Timezone {zone}.")
    # Scheduler's documentation itself writes rate(1 days).
    read = _PLURAL.sub(lambda m: f"rate({m[1]} {m[2]}{'' if m[1] == '1' else 's'})", expression)
    is_known = expression.startswith(("cron(", "rate(", "at("))
    if is_known and _is_valid(read, zone):
        return None
    return refusal("ValidationException", f"Invalid Schedule Expression {expression}.")


def _is_valid(expression: str, zone: str) -> bool:
    if len(expression) > _LONGEST_EXPRESSION or expression != expression.strip():
        return False
    try:
        parse_schedule(expression, zone)
    except ScheduleError:
        return False
    return True


def _definition(given: Mapping[str, Any]) -> Answer | None:
    containers = given.get("containerDefinitions", [])
    problem = None
    if not any(container.get("essential", True) for container in containers):
        problem = "Invalid setting for container. At least one container must be essential."
    elif len({container.get("name") for container in containers}) < len(containers):
        problem = "Container names must be unique."
    elif len(given.get("tags", ())) > _MOST_TAGS:
        problem = "Too many tags."
    elif "FARGATE" in given.get("requiresCompatibilities", ()):
        problem = _fargate(given)
    return None if problem is None else refusal("ClientException", problem)


def _fargate(given: Mapping[str, Any]) -> str | None:
    if given.get("networkMode") != "awsvpc":
        return "Fargate only supports network mode 'awsvpc'."
    cpu, memory = given.get("cpu"), given.get("memory")
    if cpu is None or memory is None:
        return "Fargate requires that 'cpu' and 'memory' be defined at the task level."
    if int(memory) not in _FARGATE.get(int(cpu), ()):
        return "No Fargate configuration exists for given values."
    longest = max(c.get("stopTimeout", 0) for c in given["containerDefinitions"])
    if longest > _LONGEST_STOP:
        return f"Invalid stopTimeout: it must not exceed {_LONGEST_STOP} seconds on Fargate."
    return None
