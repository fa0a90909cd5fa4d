"""What all tests share."""

import asyncio
from collections.abc import Awaitable, Callable

DEADLINE = 30.0


async def eventually(
    holds: Callable[[], Awaitable[bool] | bool], *, within: float = DEADLINE
) -> None:
    """Return as soon as a condition holds; fail when it does not within so many seconds."""
    async with asyncio.timeout(within):
        while True:
            result = holds()
            if await result if isinstance(result, Awaitable) else result:
                return
            await asyncio.sleep(0.01)
