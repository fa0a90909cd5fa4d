"""An HTTP endpoint that a test can look into."""

import json
from collections import deque
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue
from threading import Thread
from typing import Any, Self

_WITHIN = 20.0  # seconds


@dataclass(frozen=True, slots=True)
class Received:
    """A request."""

    headers: dict[str, str]  # names in lower case
    body: str

    @property
    def json(self) -> dict[str, Any]:
        """Return the body as a message."""
        return dict(json.loads(self.body))


class Endpoint:
    """Keeps requests, and answers with the statuses that it was given, then 200."""

    def __init__(self) -> None:
        self.statuses: deque[int] = deque()
        self._received: Queue[Received] = Queue()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        """Return the address to post to."""
        return f"http://127.0.0.1:{self._server.server_port}/hook?from=sns"

    def next(self) -> Received:
        """Return the next request, oldest first; fails if none comes."""
        return self._received.get(timeout=_WITHIN)

    @property
    def is_quiet(self) -> bool:
        """Whether nothing was received that was not asked for."""
        return self._received.empty()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                status = endpoint.statuses.popleft() if endpoint.statuses else 200
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()
                headers = {name.lower(): value for name, value in self.headers.items()}
                endpoint._received.put(Received(headers, body))

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        return Handler
