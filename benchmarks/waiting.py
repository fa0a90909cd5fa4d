"""Waiting for what other processes do, of which nobody tells."""

import asyncio
from collections.abc import Awaitable, Callable

_PATIENCE = 120.0


async def until(
    holds: Callable[[], bool] | Callable[[], Awaitable[bool]],
    every: float = 0.05,
    within: float = _PATIENCE,
) -> None:
    """Return when a condition holds, which is looked at every so many seconds."""
    async with asyncio.timeout(within):
        while True:
            result = holds()
            if await result if isinstance(result, Awaitable) else result:
                return
            await asyncio.sleep(every)
