"""The ECS agent: a thread with an event loop in which tasks live."""

import asyncio
import threading
import traceback
from collections import deque
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from tests.aws_lab.front import Moto
from tests.aws_lab.life import Life, Manner
from tests.aws_lab.news import News
from tests.aws_lab.running import Runner
from tests.aws_lab.tasks import Ending, Task

_WITHIN = 15.0  # seconds


@dataclass
class Agent:
    """Runs tasks; may be called from any thread."""

    moto: Moto
    news: News
    make_runner: Callable[[], Runner]  # called within the event loop
    manner: Manner = field(default_factory=Manner)
    mishaps: deque[Ending] = field(default_factory=deque)
    _lives: dict[str, Life] = field(default_factory=dict)
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)

    def start(self) -> None:
        """Begin; without a runner there is no agent."""
        threading.Thread(target=self._loop.run_forever, daemon=True).start()
        self._runner = self._wait(self._make())

    def begin(self, task: Task) -> None:
        """Let a task live."""
        mishap = self.mishaps.popleft() if self.mishaps else None
        asyncio.run_coroutine_threadsafe(self._live(task, mishap), self._loop)

    def stop(self, task: Task, ending: Ending) -> None:
        """Ask a task to end; returns when it has been told."""
        self._wait(self._stop(task, ending))

    def close(self) -> None:
        """Remove all that runs."""
        self._wait(self._runner.close())

    async def _make(self) -> Runner:
        return self.make_runner()

    async def _live(self, task: Task, mishap: Ending | None) -> None:
        life = Life(task, self.moto, self._runner, self.news.tell, self.manner, mishap)
        self._lives[task.id] = life
        try:
            await life.run()
        except Exception:  # noqa: BLE001 -- a mistake of the laboratory: seen, and the rest goes on
            traceback.print_exc()
        finally:
            del self._lives[task.id]

    async def _stop(self, task: Task, ending: Ending) -> None:
        life = self._lives.get(task.id)
        if life is not None:
            life.stop(ending)

    def _wait(self, work: Coroutine[Any, Any, Any]) -> Any:  # noqa: ANN401 -- whatever it returns
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(_WITHIN)
