"""A monitor's vendor of the tests' own: a real HTTP server that records, and answers as told."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web


@dataclass(frozen=True)
class Heard:
    """A request as it came."""

    method: str
    target: str  # path and query, as they stood in the first line
    headers: Mapping[str, str]
    body: bytes

    @property
    def path(self) -> str:
        """Return the path, still quoted."""
        return urlsplit(self.target).path

    @property
    def query(self) -> list[tuple[str, str]]:
        """Return the parameters in order."""
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True)


@dataclass(frozen=True)
class Reply:
    """An answer; `raw` goes onto the wire in its place, and an endless one has no end."""

    status: int = 200
    body: bytes = b"OK"
    headers: Mapping[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    is_endless: bool = False  # nothing more comes, and the connection stays open


OK, HANG, CLOSE = Reply(), Reply(is_endless=True), Reply(raw=b"")
GARBAGE = Reply(raw=b"\x00\xff SSH-2.0-nobody\r\n\r\n")
TORN = Reply(raw=b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
Answering = Callable[[Heard], Reply]


@dataclass
class Vendor:
    """What it heard, and what it says next: `replies` in turn, then `answer`."""

    url: str = ""
    heard: list[Heard] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    answer: Answering = lambda _: OK

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Hear one request."""
        heard = Heard(request.method, request.raw_path, request.headers, await request.read())
        self.heard.append(heard)
        reply = self.replies.pop(0) if self.replies else self.answer(heard)
        if reply.raw is not None:
            assert request.transport is not None
            request.transport.write(reply.raw)
        if reply.is_endless:
            await asyncio.Event().wait()
        if reply.raw is not None and request.transport is not None:
            request.transport.close()
        return web.Response(status=reply.status, body=reply.body, headers=reply.headers)


@asynccontextmanager
async def vendor(*replies: Reply, answer: Answering = lambda _: OK) -> AsyncIterator[Vendor]:
    """Serve on a port of this machine."""
    served = Vendor(replies=list(replies), answer=answer)
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", served.serve)
    # Handlers that hang are cancelled when their client goes; nobody is waited for at the end.
    runner = web.AppRunner(app, handler_cancellation=True, shutdown_timeout=0, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    served.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield served
    finally:
        await runner.cleanup()


@dataclass
class Shelf:
    """Cronitor's Monitor API, as far as it is documented: GET, PUT of a list, DELETE."""

    monitors: dict[str, dict[str, Any]] = field(default_factory=dict)

    def __call__(self, heard: Heard) -> Reply:
        """Answer one request."""
        key = heard.path.removeprefix("/api/monitors").strip("/")
        if heard.method == "PUT" and not key:
            return self._put(json.loads(heard.body)["monitors"])
        if key not in self.monitors:
            return Reply(404, b'{"detail": "Not found."}')
        if heard.method == "DELETE":
            del self.monitors[key]
            return Reply(204, b"")
        return Reply(200, json.dumps(self.monitors[key]).encode())

    def _put(self, given: list[dict[str, Any]]) -> Reply:
        for monitor in given:  # what is not named stays as it was
            self.monitors[monitor["key"]] = self.monitors.get(monitor["key"], {}) | monitor
        kept = [self.monitors[monitor["key"]] for monitor in given]
        return Reply(200, json.dumps({"monitors": kept}).encode())
