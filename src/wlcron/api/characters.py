"""Addresses that no database could be asked for."""

from http import HTTPStatus

from starlette.types import ASGIApp, Receive, Scope, Send

from wlcron.api.problems import problem

_NUL = b"%00"
REFUSAL = "the address holds a NUL character, which no name or id has: remove it"


class RefuseNul:
    """Answers 400 to a path or a query with a NUL: PostgreSQL takes none in any text."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand on what may be asked, and refuse the rest."""
        if scope["type"] == "http" and _NUL in scope["raw_path"] + scope["query_string"]:
            await problem(HTTPStatus.BAD_REQUEST, REFUSAL)(scope, receive, send)
        else:
            await self._app(scope, receive, send)
