"""What there is to tell, and the work aside that finds it out."""

import asyncio
from collections.abc import Coroutine, Iterable

from wlcron.core.execution import Observation


class News:
    """A queue of observations; a fault in the work that fills it comes out of it as well."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Observation | BaseException] = asyncio.Queue()
        self._tasks: set[asyncio.Task[None]] = set()

    def tell(self, seen: Observation) -> None:
        """Have an observation told."""
        self._queue.put_nowait(seen)

    async def next(self) -> Observation:
        """Return the next observation; raises what a work aside has raised."""
        news = await self._queue.get()
        if isinstance(news, BaseException):
            raise news
        return news

    def spawn(self, work: Coroutine[None, None, None]) -> asyncio.Task[None]:
        """Do a work aside."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._note_end)
        return task

    async def close(self) -> None:
        """End all work aside."""
        await end(list(self._tasks))

    def _note_end(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._queue.put_nowait(error)


async def end(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Cancel tasks and wait for their end."""
    waiting = list(tasks)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
