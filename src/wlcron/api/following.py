"""Answers that go on for as long as something else does end when the server stops."""

import asyncio
from collections.abc import AsyncIterator

import structlog

from wlcron.errors import WlcronError

_log = structlog.get_logger("wlcron.api")


async def until(stopping: asyncio.Event, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yield chunks until there are no more, the server stops, or they cannot be had."""
    stopped = asyncio.create_task(stopping.wait())
    coming = asyncio.create_task(_next(chunks))
    try:
        while True:
            await asyncio.wait({coming, stopped}, return_when=asyncio.FIRST_COMPLETED)
            if not coming.done() or (chunk := coming.result()) is None:
                return
            yield chunk
            coming = asyncio.create_task(_next(chunks))
    except WlcronError as error:
        # The answer has begun, so its status can no longer say so.
        _log.warning("log cut off", problem=str(error))
    finally:
        stopped.cancel()
        coming.cancel()
        await asyncio.gather(stopped, coming, return_exceptions=True)


async def _next(chunks: AsyncIterator[bytes]) -> bytes | None:
    return await anext(chunks, None)
