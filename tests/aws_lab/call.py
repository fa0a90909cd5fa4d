"""A call of AWS's API, as it comes over the wire."""

import json
import re
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import parse_qsl

_SCOPE = re.compile(r"Credential=[^/]+/[^/]+/[^/]+/([^/]+)/aws4_request")
_SCHEDULES = {
    "POST": "CreateSchedule",
    "GET": "GetSchedule",
    "PUT": "UpdateSchedule",
    "DELETE": "DeleteSchedule",
}
Environ: TypeAlias = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Call:
    """One request: which service's which operation, with what."""

    service: str  # as in the signature's scope: dynamodb, sns, scheduler
    operation: str  # PutItem
    parameters: dict[str, Any]
    environ: Environ = field(repr=False)
    body: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """Return what it is counted as: `dynamodb:PutItem`."""
        return f"{self.service}:{self.operation}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back."""

    status: int
    body: bytes
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "application/x-amz-json-1.1"),)

    @property
    def json(self) -> Any:  # noqa: ANN401 -- whatever AWS's JSON holds
        """Return the body as read from JSON."""
        return json.loads(self.body or b"{}")


def answer(value: object, status: int = 200) -> Answer:
    """Return a value as AWS's JSON services answer."""
    return Answer(status, json.dumps(value).encode())


def refusal(code: str, message: str, status: int = 400) -> Answer:
    """Return an error as AWS's JSON services answer."""
    headers = (
        ("Content-Type", "application/x-amz-json-1.1"),
        ("x-amzn-ErrorType", code),
    )
    body = {"__type": code, "message": message, "Message": message}
    return Answer(status, json.dumps(body).encode(), headers)


def read_call(environ: Environ, body: bytes) -> Call:
    """Return what a request asks for; what cannot be told is named by its method and path."""
    found = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    service = found[1] if found else "unsigned"
    target = environ.get("HTTP_X_AMZ_TARGET")
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    if target:
        return Call(service, target.rpartition(".")[2], _json(body), environ, body)
    if service == "scheduler" and path.startswith("/schedules/"):
        name = path.removeprefix("/schedules/")
        return Call(service, _SCHEDULES[method], {"Name": name, **_json(body)}, environ, body)
    form = dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))
    if "Action" in form:
        return Call(service, form["Action"], form, environ, body)
    return Call(service, f"{method} {path}", {}, environ, body)


def _json(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
