"""Has duties woken by what other servers write, where a store tells of it."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import structlog

from wlcron.store import News, Store

_log = structlog.get_logger("wlcron.news")


@contextlib.asynccontextmanager
async def passed_on(store: Store, wake: Callable[[str], None]) -> AsyncIterator[None]:
    """Wake the duties that a store names, inside the block; a store without news names none."""
    if not isinstance(store, News):
        yield
        return
    task = asyncio.create_task(_pass_on(store, wake), name="news")
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _pass_on(store: News, wake: Callable[[str], None]) -> None:
    try:
        async with contextlib.aclosing(store.news()) as news:
            async for duty in news:
                wake(duty)
    except Exception:  # noqa: BLE001 -- duties look by themselves, so the server goes on
        _log.exception("no more news of other servers")
