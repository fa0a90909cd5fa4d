"""The end of an execution's log, for those who are told of it."""

import asyncio

from wlcron.core.execution import Execution
from wlcron.core.logtail import Tail
from wlcron.engine import Engine
from wlcron.errors import WlcronError

_WITHIN = 5.0  # seconds


async def last_words(engine: Engine, execution: Execution) -> str:
    """Return the last lines that an execution wrote, with its secrets; empty if it never ran.

    Raises nothing: where the log cannot be read, the text says so.
    """
    if execution.started_at is None:
        return ""
    tail = Tail()
    try:
        async with asyncio.timeout(_WITHIN):
            async for chunk in engine.logs(execution):
                tail.take(chunk)
    except TimeoutError:
        return f"{tail.text()}\n(its log could not be read to its end in time)"
    except (WlcronError, OSError) as error:
        return f"(its log could not be read: {error})"
    return tail.text()
