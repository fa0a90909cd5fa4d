"""What stands before moto: one lock, so that no two calls are inside it at once."""

import io
import json
import sys
from collections.abc import Callable, Iterable
from http import HTTPStatus
from threading import RLock
from typing import Any, TypeAlias

from tests.aws_lab.call import Answer, Call, Environ, read_call
from tests.aws_lab.faults import Ledger, answer_of
from tests.aws_lab.inside import make_moto
from tests.aws_lab.place import REGION

StartResponse: TypeAlias = Callable[[str, list[tuple[str, str]]], object]
_TARGETS = {
    "ecs": "AmazonEC2ContainerServiceV20141113",
    "logs": "Logs_20140328",
    "secretsmanager": "secretsmanager",
    "sqs": "AmazonSQS",
    "ssm": "AmazonSSM",
}
Turn: TypeAlias = Callable[[Call], Answer | None]  # None: not mine


class Moto:
    """moto's own answers, one at a time."""

    def __init__(self) -> None:
        self.lock = RLock()
        self._application = make_moto()

    def __call__(self, call: Call, body: bytes | None = None) -> Answer:
        """Answer a call as moto does, or as if its body had been another."""
        said: list[tuple[int, tuple[tuple[str, str], ...]]] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_: object) -> None:
            said.append((int(status.split(maxsplit=1)[0]), tuple(headers)))

        content = call.body if body is None else body
        environ = call.environ | {
            "wsgi.input": io.BytesIO(content),
            "CONTENT_LENGTH": str(len(content)),
        }
        with self.lock:
            said_body = b"".join(self._application(environ, start_response))
        status, headers = said[-1]
        return Answer(status, said_body, headers)

    def ask(self, service: str, operation: str, parameters: object) -> dict[str, Any]:
        """Call an operation from inside the laboratory, uncounted; return its answer.

        Raises RefusedError with what moto says.
        """
        scope = f"Credential=lab/20260101/{REGION}/{service}/aws4_request"
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": "/",
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "HTTP_HOST": "127.0.0.1",
            "HTTP_AUTHORIZATION": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=x",
            "HTTP_X_AMZ_TARGET": f"{_TARGETS[service]}.{operation}",
            "CONTENT_TYPE": "application/x-amz-json-1.1",
            "wsgi.url_scheme": "http",
            "wsgi.errors": sys.stderr,
        }
        body = json.dumps(parameters).encode()
        result = self(Call(service, operation, {}, environ, body))
        if result.status != HTTPStatus.OK:
            raise RefusedError(result.body.decode())
        return dict(result.json)


class RefusedError(Exception):
    """moto did not do what the laboratory asked it."""


class Front:
    """The WSGI application: those who take turns are asked first, then moto."""

    def __init__(self, moto: Moto, ledger: Ledger, turns: Iterable[Turn] = ()) -> None:
        self._moto = moto
        self._ledger = ledger
        self._turns = tuple(turns)

    def __call__(self, environ: Environ, start_response: StartResponse) -> list[bytes]:
        """Answer one request."""
        result = self._answer(read_call(environ, _read(environ)))
        phrase = HTTPStatus(result.status).phrase
        length = ("Content-Length", str(len(result.body)))
        kept = [(k, v) for k, v in result.headers if k.lower() != "content-length"]
        start_response(f"{result.status} {phrase}", [*kept, length])
        return [result.body]

    def _answer(self, call: Call) -> Answer:
        fault = self._ledger.count(call) if call.is_signed else None
        if fault is not None and not fault.is_done:
            return answer_of(fault, call)
        results = (turn(call) for turn in self._turns)
        result = next((result for result in results if result is not None), None)
        if result is None:
            result = self._moto(call)
        return result if fault is None else answer_of(fault, call)


def _read(environ: Environ) -> bytes:
    source: Any = environ["wsgi.input"]
    if environ.get("wsgi.input_terminated"):
        return bytes(source.read())
    return bytes(source.read(int(environ.get("CONTENT_LENGTH") or 0)))
