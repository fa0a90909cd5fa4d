"""Bodies end where they would begin to hurt."""

from collections.abc import Mapping
from http import HTTPStatus

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from wlcron.api.problems import problem


class LimitBody:
    """Answers 413 to a request whose body is longer than a limit, however it is sent.

    `at` holds the limits of paths that have another one.
    """

    def __init__(self, app: ASGIApp, limit: int, at: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._limit = limit
        self._at = at or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body as far as the limit, then hand the request on or refuse it."""
        if scope["type"] != "http" or scope["method"] in {"GET", "HEAD", "DELETE"}:
            await self._app(scope, receive, send)
            return
        limit = self._at.get(scope["path"], self._limit)
        try:
            body = await _read(receive, limit)
        except ClientDisconnect:  # nobody is there to be answered, and half a body is none
            return
        if body is None:
            text = f"the body is larger than {limit // 1024} KiB, the most that is taken"
            refusal = problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text)
            await refusal(scope, receive, send)
            return
        await self._app(scope, _replay(body, receive), send)


async def _read(receive: Receive, limit: int) -> bytes | None:
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > limit:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def _replay(body: bytes, receive: Receive) -> Receive:
    rest = [body]

    async def replayed() -> Message:
        if rest:
            return {"type": "http.request", "body": rest.pop(), "more_body": False}
        return await receive()

    return replayed
