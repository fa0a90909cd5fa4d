"""What schemathesis is told of this API: names that are there, cron files that are some.

Without it nearly every question would be after a cron that there is not.
"""

import json
import os
from typing import Any

import schemathesis

KNOWN = {
    "name": os.environ.get("WL_FUZZ_CRONS", "").split(),
    "execution_id": os.environ.get("WL_FUZZ_EXECUTIONS", "").split(),
}
CHANNEL = "nobody"
_SCHEDULES = ("rate(5 minutes)", "@daily", "cron(0 9 ? * MON-FRI *)", "at(2030-01-01T00:00:00)")


def map_path_parameters(context: Any, parameters: Any) -> Any:  # noqa: ANN401 -- schemathesis'
    """Put a known name or id in place of most of those that were made up."""
    operation = context.operation
    is_channel = operation is not None and operation.path.startswith("/v1/channels")
    for key, names in KNOWN.items():
        known = [CHANNEL] if is_channel else names
        made_up = parameters.get(key) if isinstance(parameters, dict) else None
        if known and isinstance(made_up, str) and (chosen := _dice(made_up)) % 4:
            parameters[key] = known[chosen % len(known)]
    return parameters


def map_body(context: Any, body: Any) -> Any:  # noqa: ANN401 -- schemathesis'
    """Lay a cron file under most of the objects that were made up for one."""
    operation = context.operation
    is_cron_file = operation is not None and operation.method.upper() == "PUT"
    if not is_cron_file or not isinstance(body, dict):
        return body
    chosen = _dice(json.dumps(body, default=str))
    if chosen % 4 == 0:
        return body
    schedule = _SCHEDULES[chosen % len(_SCHEDULES)]
    return {"schedule": schedule, "description": {"arguments": ["true"]}, **_half(body, chosen)}


def _half(body: dict[str, Any], chosen: int) -> dict[str, Any]:
    return body if chosen % 2 else {}


def _dice(text: str) -> int:
    """Return a number that is the same for the same text, in every process."""
    return sum(text.encode(errors="replace")) + len(text)


for hook in (map_path_parameters, map_body):  # its decorator has no types
    schemathesis.hook(hook)
