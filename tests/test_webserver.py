"""Connections that say nothing, or not enough, or are too many, are closed."""

import asyncio
import contextlib
import logging
import resource
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, StreamingResponse
from starlette.routing import Route
from structlog.testing import capture_logs

from tests.conftest import eventually
from wlcron.webserver import MOST_FILES, WebServer, raise_file_limit

HOUR = timedelta(hours=1)
MOMENT = timedelta(milliseconds=100)
HEAD = b"POST / HTTP/1.1\r\nHost: wl\r\nContent-Length: 3\r\n\r\n"


async def say(request: Request) -> PlainTextResponse:
    """Answer with the body, after a while that is longer than requests may take."""
    body = await request.body()
    if body == b"slo":
        await asyncio.sleep(3 * MOMENT.total_seconds())
    return PlainTextResponse(body)


async def endless(_: Request) -> StreamingResponse:
    """Answer without end."""

    async def more() -> AsyncIterator[bytes]:
        yield b"more"
        await asyncio.Event().wait()

    return StreamingResponse(more())


async def deaf(_: Request) -> PlainTextResponse:
    """Answer without a look at the body."""
    return PlainTextResponse("no")


@asynccontextmanager
async def server(patience: timedelta, most: int = 10) -> AsyncIterator[tuple[str, int]]:
    """Serve so many connections, and yield the address."""
    places = {"/": say, "/deaf": deaf, "/endless": endless}
    app = Starlette(routes=[Route(path, do, methods=["POST"]) for path, do in places.items()])
    serves = WebServer(app, on_stop=lambda: None, patience=patience, most=most)
    listening = socket.create_server(("127.0.0.1", 0))
    serving = asyncio.create_task(serves.serve([listening]))
    try:
        async with asyncio.timeout(30):
            yield listening.getsockname()[:2]
    finally:
        serves.stop()
        await serving


@asynccontextmanager
async def connected(
    address: tuple[str, int],
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect to a server."""
    reader, writer = await asyncio.open_connection(*address)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


@asynccontextmanager
async def connection() -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """Connect to a server that is patient for a moment."""
    async with server(MOMENT) as address, connected(address) as streams:
        yield streams


async def is_turned_away(address: tuple[str, int]) -> bool:
    """Whether a connection that asks something is closed without an answer."""
    async with connected(address) as (reader, writer):
        writer.write(HEAD + b"abc")
        try:
            return await reader.read(1) == b""
        except OSError:
            return True


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


@pytest.mark.parametrize("path", [b"/deaf", b"/endless"])
async def test_a_request_that_turns_into_garbage_is_over(
    path: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    """Whether its answer has begun or not; nobody's composure is lost."""
    async with connection() as (reader, writer):
        head = b"POST %s HTTP/1.1\r\nHost: wl\r\nTransfer-Encoding: chunked\r\n\r\n" % path
        writer.write(head + (b"zz\r\n" if path == b"/deaf" else b""))
        if path == b"/endless":
            await reader.readuntil(b"more")
            writer.write(b"zz\r\n")
        rest = await reader.read()
        assert rest == b"" or rest.startswith((b"HTTP/1.1 400 ", b"\r\n"))
    assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []


async def test_connections_beyond_the_limit_are_refused_until_one_leaves() -> None:
    """Those that are there are still answered, and the log says it once, not for each."""
    with capture_logs() as logs:
        async with server(HOUR, most=2) as address:
            async with connected(address) as (reader, writer), connected(address):
                writer.write(HEAD + b"abc")
                await reader.readuntil(b"abc")
                assert [await is_turned_away(address) for _ in range(3)] == [True] * 3
                writer.write(HEAD + b"def")
                await reader.readuntil(b"def")
            await eventually(lambda: _is_let_in(address))
    refusals = [line for line in logs if "refused" in line["event"]]
    assert [(line["most"], line["log_level"]) for line in refusals] == [(2, "warning")]


async def _is_let_in(address: tuple[str, int]) -> bool:
    return not await is_turned_away(address)


async def test_the_limit_of_open_files_is_raised_as_far_as_it_may_be() -> None:
    """Many machines begin with 1024, which a few hundred jobs and clients would use up."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(soft, 256), hard))
    try:
        assert raise_file_limit() == resource.getrlimit(resource.RLIMIT_NOFILE)[0]
        assert raise_file_limit() == min(hard, MOST_FILES) >= 256
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
