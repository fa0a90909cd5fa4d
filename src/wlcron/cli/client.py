"""The API as the command line uses it: a path in, an Answer out, refusals as plain sentences."""

import json
from collections.abc import Iterator, Mapping, Sequence

from wlcron.cli.access import Access
from wlcron.cli.answer import Answer, GarbledAnswerError, parse_answer
from wlcron.cli.response import Head
from wlcron.cli.wire import Conversation, Request, conversation
from wlcron.errors import DefinitionError, NotFoundError, RefusedError

PATIENCE_SECONDS = 30.0
LARGEST_ANSWER = 64 * 1024 * 1024
OK, REDIRECT, ERROR = 200, 300, 400
UNAUTHORIZED, NOT_FOUND = 401, 404

Headers = Sequence[tuple[str, str]]


class Client:
    """A client of one server; holds no connection between two requests."""

    def __init__(self, access: Access) -> None:
        self.access = access

    def get(self, target: str, *, patience: float = PATIENCE_SECONDS) -> Answer:
        """Ask for what stands at a path, which must be percent-encoded like every target here."""
        return self._ask(Request("GET", target, self._headers()), patience)

    def post(
        self,
        target: str,
        content: Mapping[str, object],
        headers: Headers = (),
        *,
        patience: float = PATIENCE_SECONDS,
    ) -> Answer:
        """Send a JSON object."""
        complete = self._headers(("Content-Type", "application/json"), *headers)
        return self._ask(Request("POST", target, complete, _encoded(content)), patience)

    def put(self, target: str, body: bytes, headers: Headers = ()) -> Answer:
        """Send a document as it is."""
        return self._ask(Request("PUT", target, self._headers(*headers), body), PATIENCE_SECONDS)

    def delete(self, target: str) -> Answer:
        """Have something deleted."""
        return self._ask(Request("DELETE", target, self._headers()), PATIENCE_SECONDS)

    def stream(self, target: str) -> Iterator[bytes]:
        """Yield the bytes at a path as they come, for as long as they come."""
        request = Request("GET", target, self._headers())
        with conversation(self.access.address, patience=None) as server:
            head = server.ask(request)
            if head.status >= REDIRECT:
                self._refuse(head, _whole(server, head))
            yield from server.body(head)

    def _ask(self, request: Request, patience: float) -> Answer:
        with conversation(self.access.address, patience=patience) as server:
            head = server.ask(request)
            body = _whole(server, head)
        if not OK <= head.status < REDIRECT:
            self._refuse(head, body)
        return parse_answer(body)

    def _headers(self, *further: tuple[str, str]) -> Headers:
        secret = self.access.token.secret
        opened = (("Authorization", f"Bearer {secret}"),) if secret else ()
        return (("Accept", "application/json"), *opened, *further)

    def _refuse(self, head: Head, body: bytes) -> None:
        """Raise what an answer that is no success means."""
        if head.status < ERROR:
            raise RefusedError(f"{self._url} redirects to another address; name that with --url.")
        if head.status == UNAUTHORIZED:
            raise RefusedError(self._unauthorized())
        problem = _problem(body)
        if problem is None:
            raise RefusedError(
                f"{self._url} answered with HTTP status {head.status} and no reason."
            )
        if mistakes := problem.texts("problems"):
            raise DefinitionError(mistakes)
        kind = NotFoundError if head.status == NOT_FOUND else RefusedError
        raise kind(problem.text("detail"))

    def _unauthorized(self) -> str:
        secret, source = self.access.token
        if secret is None:
            return (
                f"The server at {self._url} wants a token and {source} cannot be read: "
                "set WL_TOKEN, or run wl as the user who runs the server."
            )
        return (
            f"The server at {self._url} refused the token from {source}: "
            'set WL_TOKEN to what stands in the file "token" of the server\'s data directory.'
        )

    @property
    def _url(self) -> str:
        return self.access.address.url


def _encoded(content: Mapping[str, object]) -> bytes:
    try:
        return json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        # Python reads such bytes of the command line as surrogates, which no JSON may hold.
        raise RefusedError("What was given is not all UTF-8; write it in UTF-8.") from error


def _whole(server: Conversation, head: Head) -> bytes:
    parts, size = [], 0
    for part in server.body(head):
        parts.append(part)
        size += len(part)
        if size > LARGEST_ANSWER:
            raise GarbledAnswerError("The server's answer has no end; ask for less with -n.")
    return b"".join(parts)


def _problem(body: bytes) -> Answer | None:
    try:
        problem = parse_answer(body)
        problem.text("detail")
    except GarbledAnswerError:
        return None
    return problem
