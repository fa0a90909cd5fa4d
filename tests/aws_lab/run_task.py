"""What ECS checks of a RunTask before it looks for a place."""

import json
import re
from collections.abc import Iterator

from tests.aws_lab.place import Json

_STARTED_BY = re.compile(r"[A-Za-z0-9_/-]{1,128}")
_TOKEN = re.compile(r"[\x21-\x7e]{1,64}")
_MOST_TASKS = 10
_MOST_TAGS = 50
_LONGEST_OVERRIDES = 8192  # characters


def token_of(given: Json) -> tuple[str, str]:
    """Return what is asked for, to be compared, and the clientToken; empty: there is none."""
    rest = {key: value for key, value in given.items() if key != "clientToken"}
    return json.dumps(rest, sort_keys=True), given.get("clientToken", "")


def problem_of(given: Json, definition: Json) -> tuple[str, str]:
    """Return the exception and the words with which ECS refuses; empty: it does not."""
    if definition.get("status", "ACTIVE") != "ACTIVE":
        return "ClientException", "TaskDefinition is inactive"
    return "InvalidParameterException", next(_problems(given, definition), "")


def _problems(given: Json, definition: Json) -> Iterator[str]:
    if not 1 <= given.get("count", 1) <= _MOST_TASKS:
        yield "count must be between 1 and 10."
    if "startedBy" in given and not _STARTED_BY.fullmatch(given["startedBy"]):
        yield "startedBy is not valid."
    if "clientToken" in given and not _TOKEN.fullmatch(given["clientToken"]):
        yield "clientToken is not valid."
    if len(given.get("tags") or ()) > _MOST_TAGS:
        yield "Too many tags."
    yield from _about_overrides(given, definition)
    yield from _about_place(given, definition)


def _about_overrides(given: Json, definition: Json) -> Iterator[str]:
    overrides = given.get("overrides") or {}
    if len(json.dumps(overrides)) > _LONGEST_OVERRIDES:
        yield "Container Overrides length must be at most 8192"
    names = {one["name"] for one in definition["containerDefinitions"]}
    for one in overrides.get("containerOverrides") or ():
        if one.get("name") not in names:
            yield (
                f"Override for container named {one.get('name')} is not a container in the"
                " TaskDefinition."
            )


def _about_place(given: Json, definition: Json) -> Iterator[str]:
    launch_type, strategy = given.get("launchType"), given.get("capacityProviderStrategy")
    if launch_type and strategy:
        yield "Specify either Launch Type or Capacity Provider Strategy, but not both."
    compatible = definition.get("requiresCompatibilities") or ["EC2"]
    if launch_type and launch_type not in compatible:
        yield f"Task definition does not support launch_type {launch_type}."
    network = (given.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    if definition.get("networkMode") != "awsvpc":
        if network:
            yield (
                "Network Configuration is not valid for the given networkMode of this task"
                " definition."
            )
        return
    if not network:
        yield "Network Configuration must be provided when networkMode 'awsvpc' is specified."
    elif not network.get("subnets"):
        yield "subnets can not be empty."
    elif launch_type == "EC2" and network.get("assignPublicIp") == "ENABLED":
        yield "Assign public IP is not supported for this launch type."
