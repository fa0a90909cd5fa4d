"""Waiting for an execution to get on, and for the world outside to follow a cron."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from typing import TypeVar

from wlcron.api.context import Context
from wlcron.core.cron import Cron
from wlcron.core.execution import Execution, Status
from wlcron.errors import NotFoundError

FIRST_PAUSE, LONGEST_PAUSE = 0.05, 1.0  # seconds between two looks at a row
SETTLING = 5.0  # seconds
Row = TypeVar("Row")


async def wait_for(
    here: Context,
    execution: Execution,
    is_enough: Callable[[Execution], bool],
    patience: float = float("inf"),
) -> Execution:
    """Return the row once it is enough, or as it is after `patience` seconds or at a stop.

    Raises NotFoundError when it is forgotten meanwhile.
    """

    async def again() -> Execution:
        row = await here.store.execution(execution.id)
        if row is None:
            raise NotFoundError(f"execution {execution.id[:8]} was forgotten meanwhile")
        return row

    return await _look_until(here, is_enough, execution, again, patience)


async def wait_settled(here: Context, cron: Cron) -> Cron:
    """Return a cron as it is when what has to be made or unmade outside is, or is in trouble.

    As it is after a few seconds at the latest; one that is gone has no registration any more.
    """

    async def again() -> Cron:
        known = await here.store.cron(cron.name)
        is_there = known is not None and known.id == cron.id
        return known if known and is_there else replace(cron, registration=None)

    def is_enough(known: Cron) -> bool:
        return (
            known.registration is None
            or known.registration.settled
            or bool(known.registration.problem)
        )

    return await _look_until(here, is_enough, cron, again, SETTLING)


async def _look_until(
    here: Context,
    is_enough: Callable[[Row], bool],
    row: Row,
    again: Callable[[], Awaitable[Row]],
    patience: float,
) -> Row:
    time = asyncio.get_running_loop().time  # the wall clock may be set meanwhile
    end = time() + patience
    for pause in pauses():
        left = end - time()
        if is_enough(row) or left <= 0 or here.stopping.is_set():
            break
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(min(pause, left)):
                await here.stopping.wait()
        row = await again()
    return row


async def log_of(here: Context, execution: Execution, *, follow: bool) -> AsyncIterator[bytes]:
    """Yield what it wrote; with `follow` from its start, which may be to come, until it is over."""
    if follow:
        execution = await wait_for(here, execution, _was_started)
    async for chunk in here.engine.logs(execution, follow=follow and not execution.is_final):
        yield chunk


def pauses() -> Iterator[float]:
    """Yield ever longer pauses in seconds: short waits end at once, many long ones cost little."""
    pause = FIRST_PAUSE
    while True:
        yield pause
        pause = min(pause * 1.5, LONGEST_PAUSE)


def _was_started(execution: Execution) -> bool:
    return execution.status not in {Status.PENDING, Status.STARTING}
