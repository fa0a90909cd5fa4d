"""What stands before moto: one lock, so that no two calls are inside it at once."""

import io
from collections.abc import Callable, Iterable
from http import HTTPStatus
from threading import RLock
from typing import Any, TypeAlias

from tests.aws_lab.call import Answer, Call, Environ, read_call
from tests.aws_lab.inside import make_moto

StartResponse: TypeAlias = Callable[[str, list[tuple[str, str]]], object]
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


class Front:
    """The WSGI application: those who take turns are asked first, then moto."""

    def __init__(self, moto: Moto, turns: Iterable[Turn] = ()) -> None:
        self._moto = moto
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
        for turn in self._turns:
            result = turn(call)
            if result is not None:
                return result
        return self._moto(call)


def _read(environ: Environ) -> bytes:
    source: Any = environ["wsgi.input"]
    if environ.get("wsgi.input_terminated"):
        return bytes(source.read())
    return bytes(source.read(int(environ.get("CONTENT_LENGTH") or 0)))
