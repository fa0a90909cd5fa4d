"""Who may ask: whoever has the token."""

import secrets
from http import HTTPStatus

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from wlcron.api import sns
from wlcron.api.problems import problem

# Whoever watches over the server has no token, and SNS has its signature.
OPEN = frozenset({"/healthz", "/readyz", sns.PATH})
REFUSAL = "the token is missing or wrong: set WL_TOKEN to what the server's data-dir/token holds"


class WantToken:
    """Answers 401 to a request without the server's token, before anything of it is read."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what may be asked, and refuse the rest."""
        if scope["type"] != "http" or scope["path"] in OPEN or self._is_shown(scope):
            await self._app(scope, receive, send)
            return
        await problem(HTTPStatus.UNAUTHORIZED, REFUSAL)(scope, receive, send)

    def _is_shown(self, scope: Scope) -> bool:
        # As HTTP has it, a header is Latin-1: each byte is one character, so none is impossible.
        given = Headers(scope=scope).get("authorization", "").encode("latin-1")
        kind, _, shown = given.partition(b" ")
        # Compared in constant time, so that answers do not tell how much of it was right.
        return kind.lower() == b"bearer" and secrets.compare_digest(shown.strip(), self._token)
