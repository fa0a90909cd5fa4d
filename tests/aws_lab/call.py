"""A call of AWS's API, as it comes over the wire."""

import json
import re
import uuid
from dataclasses import dataclass, field
from typing import Any, TypeAlias
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

_SCOPE = re.compile(r"Credential=([^/]+)/[^/]+/[^/]+/([^/]+)/aws4_request")
_SCHEDULES = {
    "POST": "CreateSchedule",
    "GET": "GetSchedule",
    "PUT": "UpdateSchedule",
    "DELETE": "DeleteSchedule",
}
_XML = (("Content-Type", "text/xml"),)
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
    def caller(self) -> str:
        """Return the access key of whoever calls; empty if it is not signed."""
        found = _SCOPE.search(self.environ.get("HTTP_AUTHORIZATION", ""))
        return found[1] if found else ""

    @property
    def is_signed(self) -> bool:
        """Whether it is a call of AWS's API, and not of the laboratory's own."""
        return bool(self.caller)

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

    def replacing(self, old: str, new: str) -> "Answer":
        """Return the answer with another text in place of one."""
        return Answer(self.status, self.body.replace(old.encode(), new.encode()), self.headers)

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


def xml_answer(operation: str, result: dict[str, str]) -> Answer:
    """Return an answer of SNS, whose JSON is XML."""
    fields = "".join(f"<{key}>{escape(value)}</{key}>" for key, value in result.items())
    text = (
        f'<{operation}Response xmlns="http://sns.amazonaws.com/doc/2010-03-31/">'
        f"<{operation}Result>{fields}</{operation}Result>"
        f"<ResponseMetadata><RequestId>{uuid.uuid4()}</RequestId></ResponseMetadata>"
        f"</{operation}Response>"
    )
    return Answer(200, text.encode(), _XML)


def xml_refusal(code: str, message: str, status: int = 400) -> Answer:
    """Return an error of SNS."""
    text = (
        '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type>'
        f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message></Error>"
        f"<RequestId>{uuid.uuid4()}</RequestId></ErrorResponse>"
    )
    return Answer(status, text.encode(), _XML)


def read_call(environ: Environ, body: bytes) -> Call:
    """Return what a request asks for; what cannot be told is named by its method and path."""
    found = _SCOPE.search(environ.get("HTTP_AUTHORIZATION", ""))
    service = found[2] if found else "unsigned"
    target = environ.get("HTTP_X_AMZ_TARGET")
    method, path = environ["REQUEST_METHOD"], environ["PATH_INFO"]
    if target:
        return Call(service, target.rpartition(".")[2], _json(body), environ, body)
    if service == "scheduler" and path.startswith("/schedules/"):
        name = path.removeprefix("/schedules/")
        return Call(service, _SCHEDULES[method], {"Name": name, **_json(body)}, environ, body)
    given = body.decode("utf-8", "replace") or environ.get("QUERY_STRING", "")
    form = dict(parse_qsl(given, keep_blank_values=True))
    if "Action" in form:
        return Call(service, form["Action"], form, environ, body)
    return Call(service, f"{method} {path}", {}, environ, body)


def _json(body: bytes) -> dict[str, Any]:
    try:
        value = json.loads(body or b"{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
