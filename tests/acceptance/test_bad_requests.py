"""What a network can do to a server: garbage, strangers, and clients that leave or never finish."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from tests.acceptance.crons import begun, create, cron_file, over, run
from tests.acceptance.program import Server, ended
from tests.acceptance.user import PATIENCE, User
from tests.conftest import eventually

WRONG = "a-token-that-is-wrong"
Streams = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@asynccontextmanager
async def connected(server: Server) -> AsyncIterator[Streams]:
    """Connect to the port of a server."""
    reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()


async def answer_to(server: Server, request: bytes) -> bytes:
    """Send bytes and return all that comes until the connection ends."""
    async with connected(server) as (reader, writer), asyncio.timeout(PATIENCE):
        with contextlib.suppress(OSError):  # it may hang up before it has read everything
            writer.write(request)
            await writer.drain()
        answer = bytearray()
        with contextlib.suppress(ConnectionResetError):
            while chunk := await reader.read(65536):
                answer += chunk
        return bytes(answer)


def get(path: str, *headers: str) -> bytes:
    """Write a request."""
    lines = [f"GET {path} HTTP/1.1", "Host: wl", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode()


@pytest.mark.parametrize(
    "header",
    ["X: y", f"Authorization: Bearer {WRONG}", "Authorization: Basic d2w6d2w=", "Authorization: é"],
)
@pytest.mark.parametrize("path", ["/v1/crons", "/metrics", "/v1/doctor", "/v1/executions/0"])
async def test_nobody_is_told_anything_without_the_token(
    host: Server, path: str, header: str
) -> None:
    """401 as a problem document, which repeats nothing of what was tried."""
    answer = await answer_to(host, get(path, header))
    assert answer.startswith(b"HTTP/1.1 401 ")
    assert b"application/problem+json" in answer
    assert WRONG.encode() not in answer


async def test_a_wrong_token_is_one_sentence_that_says_where_the_right_one_is(
    host: Server,
) -> None:
    """It names where the wrong one is from, and never repeats it."""
    stranger = User(host.data, host.home, environ={"WL_TOKEN": WRONG}, port=host.port)
    refused = await stranger.wl("cron", "list")
    assert refused.code == 1
    assert "WL_TOKEN" in refused.err
    assert refused.err.count("\n") == 1
    assert WRONG not in refused.err


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100_000),  # TLS
        b"hello?\r\n\r\n",
        b"GET / HTTP/9.9\r\nConnection: close\r\n\r\n",
        b"GET /v1/crons HTTP/1.1\r\nHost: wl\r\nContent-Length: -5\r\n\r\n",
        b"PUT /v1/crons/x HTTP/1.1\r\nHost: wl\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"GET /" + b"a" * 1_000_000 + b" HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * 100_000 + b"\r\n",
        b"GET /v1/crons/%00%ff%2e%2e HTTP/1.1\r\nHost: wl\r\nConnection: close\r\n\r\n",
        bytes(range(256)) * 100,
    ],
    ids=["tls", "words", "version", "length", "chunk", "path", "header", "headers", "path2", "all"],
)
async def test_garbage_is_refused_and_hurts_nobody(host: Server, garbage: bytes) -> None:
    """4xx or a connection that ends; the server goes on."""
    answer = await answer_to(host, garbage)
    assert answer == b"" or answer.startswith(b"HTTP/1.1 4"), answer[:200]
    assert (await host.wl("cron", "list")).code == 0


async def test_a_request_that_never_ends_holds_nobody_up(host: Server) -> None:
    """Hundreds of them, each a byte short of its end, and others are still answered."""
    async with contextlib.AsyncExitStack() as stack:
        for _ in range(300):
            _, writer = await stack.enter_async_context(connected(host))
            writer.write(
                b"PUT /v1/crons/slow HTTP/1.1\r\nHost: wl\r\nContent-Length: 10\r\n\r\n123"
            )
        answer = await host.wl("cron", "list")
        assert answer.code == 0, answer.err


async def test_a_client_that_leaves_while_it_follows_a_log_is_no_fault(
    host: Server, name: str
) -> None:
    """Nothing is logged as an error, and the execution goes on to its end."""
    before = len(list(host.events()))
    await create(host, name, cron_file("echo early; sleep 2; seq 100000"))
    execution = await run(host, name)
    await begun(host, name)
    async with connected(host) as (reader, writer):
        path = f"/v1/executions/{execution}/logs?follow=true"
        writer.write(get(path, f"Authorization: Bearer {host.token}"))
        await reader.readuntil(b"early")
        # Hang up as a machine that fails does: with a reset.
        linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
    assert (await over(host, name))["status"] == "SUCCESS"
    since = list(host.events())[before:]
    assert [event for event in since if event["level"] in {"error", "critical"}] == []


async def test_sigterm_ends_a_server_whose_logs_are_being_followed(
    fresh: Server, name: str
) -> None:
    """It does not wait for the job; the one who follows is told in one sentence."""
    await fresh.start()
    await create(fresh, name, cron_file("echo early; sleep 60"))
    await run(fresh, name)
    shown = fresh.home / "followed"
    following = fresh.begin("cron", "logs", name, "-f", output=shown)
    await eventually(lambda: b"early" in shown.read_bytes())
    assert await fresh.stop() == 0
    assert await ended(following) == 3
    early, sentence = shown.read_text().splitlines()
    assert early == "early"
    assert sentence.startswith("wl: ")
    assert [event for event in fresh.events() if event["level"] in {"error", "critical"}] == []


async def test_a_body_beyond_the_limit_is_refused_before_it_is_read(host: Server) -> None:
    """413, though the client would send a gigabyte."""
    head = (
        f"PUT /v1/crons/x HTTP/1.1\r\nHost: wl\r\nAuthorization: Bearer {host.token}\r\n"
        "Connection: close\r\nContent-Length: 1000000000\r\n\r\n"
    )
    async with connected(host) as (reader, writer), asyncio.timeout(PATIENCE):
        writer.write(head.encode() + b"x" * 2_000_000)
        assert (await reader.readline()).startswith(b"HTTP/1.1 413 ")


async def test_the_same_order_sent_twice_is_one_execution(host: Server, name: str) -> None:
    """The `Idempotency-Key` makes a repeated request harmless."""
    await create(host, name, cron_file())
    order = (
        f"POST /v1/crons/{name}/executions HTTP/1.1\r\nHost: wl\r\nContent-Length: 0\r\n"
        f"Authorization: Bearer {host.token}\r\nIdempotency-Key: once\r\nConnection: close\r\n\r\n"
    ).encode()
    answers = await asyncio.gather(*(answer_to(host, order) for _ in range(5)))
    codes = sorted(answer.split()[1] for answer in answers)
    assert codes == [b"200"] * 4 + [b"201"]
