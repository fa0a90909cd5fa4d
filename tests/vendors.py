"""A vendor for tests: a real HTTP server on this machine that notes requests and does as told."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from aiohttp import web


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked."""

    method: str
    target: str  # path and query, as they stood in the first line
    headers: Mapping[str, str]  # in any case
    body: bytes

    @property
    def path(self) -> str:
        """Return the path, still quoted."""
        return urlsplit(self.target).path

    @property
    def query(self) -> list[tuple[str, str]]:
        """Return the parameters in order."""
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def json(self) -> Any:  # noqa: ANN401 -- whatever was sent
        """Return the body as JSON."""
        return json.loads(self.body)


Answer = Callable[[web.BaseRequest], Awaitable[web.StreamResponse]]


def says(body: str | bytes = "", status: int = 200, **headers: str) -> Answer:
    """Answer with a status, a body and headers (`Retry_After` is written with a hyphen)."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    content = body.encode() if isinstance(body, str) else body

    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        return web.Response(status=status, body=content, headers=named)

    return answer


def writes(raw: bytes) -> Answer:
    """Write bytes, whether they are HTTP or not, and hang up; none: hang up at once."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.write(raw)
            request.transport.close()
        return web.Response()

    return answer


def resets() -> Answer:
    """Break the connection off."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    return answer


def hangs() -> Answer:
    """Never answer."""

    async def answer(_: web.BaseRequest) -> web.StreamResponse:
        await asyncio.Event().wait()
        return web.Response()

    return answer


def drips(raw: bytes, then: bytes = b" ") -> Answer:
    """Write bytes, and then the same few for ever, slowly: no single step of it takes long."""

    async def answer(request: web.BaseRequest) -> web.StreamResponse:
        transport = request.transport
        if transport is not None:
            transport.write(raw)
        while transport is not None and not transport.is_closing():
            transport.write(then)
            await asyncio.sleep(0.01)
        return web.Response()

    return answer


@dataclass(slots=True)
class Vendor:
    """The server: gives its answers in order, the last one again and again."""

    url: str = ""  # http://127.0.0.1:…, without a slash at its end
    requests: list[Request] = field(default_factory=list)
    _answers: deque[Answer] = field(default_factory=lambda: deque([says()]))

    def will(self, *answers: Answer) -> None:
        """Say how it answers from now on."""
        self._answers = deque(answers)

    async def handle(self, request: web.BaseRequest) -> web.StreamResponse:
        """Note a request, and answer."""
        body = await request.read()
        self.requests.append(Request(request.method, request.raw_path, request.headers, body))
        answer = self._answers.popleft() if len(self._answers) > 1 else self._answers[0]
        return await answer(request)


@asynccontextmanager
async def vendor(*answers: Answer) -> AsyncIterator[Vendor]:
    """Run a vendor that answers so; without a word about it, 200 with nothing in it."""
    there = Vendor()
    there.will(*(answers or (says(),)))
    # Without a log of its own: addresses are secrets, and tests look for them in all logs. Who
    # hangs is not waited for at the end.
    runner = web.ServerRunner(web.Server(there.handle, access_log=None), shutdown_timeout=0.01)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    there.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield there
    finally:
        await runner.cleanup()


@asynccontextmanager
async def nobody() -> AsyncIterator[str]:
    """Yield an address at which nobody listens."""
    async with vendor() as gone:
        url = gone.url
    yield url
