"""Connections that say nothing, or not enough, are closed."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from wlcron.webserver import WebServer

MOMENT = timedelta(milliseconds=100)
HEAD = b"POST / HTTP/1.1\r\nHost: wl\r\nContent-Length: 3\r\n\r\n"


async def say(request: Request) -> PlainTextResponse:
    """Answer with the body, after a while that is longer than requests may take."""
    body = await request.body()
    if body == b"slo":
        await asyncio.sleep(3 * MOMENT.total_seconds())
    return PlainTextResponse(body)


@asynccontextmanager
async def connection() -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect to a server that is patient for a moment."""
    app = Starlette(routes=[Route("/", say, methods=["POST"])])
    server = WebServer(app, on_stop=lambda: None, patience=MOMENT)
    listening = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.create_task(server.serve([listening]))
    reader, writer = await asyncio.open_connection(*listening.getsockname()[:2])
    try:
        async with asyncio.timeout(30):
            yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        server.stop()
        await serving


@pytest.mark.parametrize("part", [b"", b"GE", HEAD[:-2], HEAD, HEAD + b"ab"])
async def test_a_request_that_does_not_come_to_its_end_is_not_waited_for(part: bytes) -> None:
    """Whatever of it came, the connection is closed."""
    async with connection() as (reader, writer):
        writer.write(part)
        assert await reader.read() == b""


async def test_the_second_request_of_a_connection_has_no_more_time() -> None:
    """Keeping a connection is no way around it."""
    async with connection() as (reader, writer):
        writer.write(HEAD + b"abc")
        await reader.readuntil(b"abc")
        writer.write(HEAD)
        assert await reader.read() == b""


async def test_an_answer_may_take_as_long_as_it_takes() -> None:
    """Only the request is in a hurry."""
    async with connection() as (reader, writer):
        writer.write(HEAD + b"slo")
        answer = await reader.readuntil(b"slo")
        assert answer.startswith(b"HTTP/1.1 200 ")
