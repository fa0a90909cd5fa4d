"""One thread that writes: whoever waits for a commit at the same time shares one."""

import asyncio
import contextlib
import itertools
import queue
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from wlcron.stores.sql.faults import as_store_error, is_fault_of_all

T = TypeVar("T")
Work = Callable[[sa.Connection], T]
_TOGETHER = 500


@dataclass(frozen=True, slots=True)
class _Job:
    work: Work[Any]
    future: asyncio.Future[Any]


@dataclass(frozen=True, slots=True)
class _Outcome:
    job: _Job
    result: Any = None
    error: Exception | None = None

    def deliver(self) -> None:
        """Hand the outcome to who waits for it; runs in the event loop."""
        if self.job.future.done():  # nobody waits any more
            return
        if self.error is None:
            self.job.future.set_result(self.result)
        else:
            self.job.future.set_exception(self.error)


class Writer:
    """Runs functions that write, in order, each in a transaction that may hold others' as well.

    A durable commit costs far more than the writing itself. Functions that wait while a commit
    goes on are therefore put together into the next one. When one of them fails, all are rolled
    back and each is run again on its own, so a function may run more than once: it must do
    nothing but use the connection.
    """

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._serve, name="store-writer", daemon=True)
        self._thread.start()

    async def run(self, work: Work[T]) -> T:
        """Return what a function returned, after its transaction was committed."""
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.put(_Job(work, future))
        return await future

    async def close(self) -> None:
        """Finish what was begun; `run` must not be called any more."""
        self._jobs.put(None)
        await asyncio.to_thread(self._thread.join)

    def _serve(self) -> None:
        while (first := self._jobs.get()) is not None:
            jobs, is_last = self._waiting(first)
            _deliver(self._together(jobs))
            if is_last:
                return

    def _waiting(self, first: _Job) -> tuple[list[_Job], bool]:
        jobs = [first]
        while len(jobs) < _TOGETHER and not self._jobs.empty():
            job = self._jobs.get()
            if job is None:
                return jobs, True
            jobs.append(job)
        return jobs, False

    def _together(self, jobs: list[_Job]) -> Iterable[_Outcome]:
        try:
            with self._engine.begin() as connection:
                return [_Outcome(job, job.work(connection)) for job in jobs]
        except Exception as error:  # noqa: BLE001 -- whatever it is belongs to who waits for it
            if is_fault_of_all(error):
                return [
                    _Outcome(job, error=as_store_error(error, self._engine.url)) for job in jobs
                ]
        return map(self._alone, jobs)

    def _alone(self, job: _Job) -> _Outcome:
        try:
            with self._engine.begin() as connection:
                return _Outcome(job, job.work(connection))
        except Exception as error:  # noqa: BLE001 -- whatever it is belongs to who waits for it
            return _Outcome(job, error=as_store_error(error, self._engine.url))


def _deliver(outcomes: Iterable[_Outcome]) -> None:
    for loop, group in itertools.groupby(outcomes, lambda outcome: outcome.job.future.get_loop()):
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(_hand_over, list(group))


def _hand_over(outcomes: Iterable[_Outcome]) -> None:
    for outcome in outcomes:
        outcome.deliver()
