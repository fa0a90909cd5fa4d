"""Waiting for an execution to get on."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterator

from wlcron.api.context import Context
from wlcron.core.execution import Execution, Status
from wlcron.errors import NotFoundError

FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0  # seconds between two looks at a row


async def wait_for(
    here: Context,
    execution: Execution,
    is_enough: Callable[[Execution], bool],
    patience: float = float("inf"),
) -> Execution:
    """Return the row once it is enough, or as it is after `patience` seconds or at a stop.

    Raises NotFoundError when it is forgotten meanwhile.
    """
    time = asyncio.get_running_loop().time  # the wall clock may be set meanwhile
    end = time() + patience
    for pause in pauses():
        left = end - time()
        if is_enough(execution) or left <= 0 or here.stopping.is_set():
            break
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(pause, left)):
                await here.stopping.wait()
        execution = await _again(here, execution)
    return execution


async def log_of(here: Context, execution: Execution, *, follow: bool) -> AsyncIterator[bytes]:
    """Yield what it wrote; with `follow` from its start, which may be to come, until it is over."""
    if follow:
        execution = await wait_for(here, execution, _was_started)
    async for chunk in here.engine.logs(execution.id, follow=follow and not execution.is_final):
        yield chunk


def pauses() -> Iterator[float]:
    """Yield ever longer pauses in seconds: short waits end at once, many long ones cost little."""
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * 1.5, LONGEST_PAUSE)


def _was_started(execution: Execution) -> bool:
    return execution.status not in {Status.PENDING, Status.STARTING}


async def _again(here: Context, execution: Execution) -> Execution:
    row = await here.store.execution(execution.id)
    if row is None:
        raise NotFoundError(f"execution {execution.id[:8]} was forgotten meanwhile")
    return row
