"""Answers that go on for as long as something else does."""

import asyncio
from collections.abc import AsyncIterator

from wlcron.api.following import until
from wlcron.errors import EngineUnavailableError


async def lines(*given: bytes, then: BaseException | None = None) -> AsyncIterator[bytes]:
    """Yield some lines, then fail, or else go on without a word."""
    for line in given:
        yield line
    if then is not None:
        raise then
    await asyncio.Event().wait()


async def test_what_has_no_end_ends_when_the_server_stops() -> None:
    """What came by then was told."""
    stopping = asyncio.Event()
    told = []
    async for line in until(stopping, lines(b"one", b"two")):
        told.append(line)
        if line == b"two":
            stopping.set()
    assert told == [b"one", b"two"]


async def test_an_engine_that_falls_silent_ends_the_answer() -> None:
    """Its head is long sent: there is nobody to raise an error for."""
    silent = EngineUnavailableError("no Docker daemon answers")
    told = [line async for line in until(asyncio.Event(), lines(b"one", then=silent))]
    assert told == [b"one"]
