"""An event loop on virtual time, in which processes can be stopped and killed at any await."""

import asyncio
import contextlib
import selectors
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context, ContextVar, copy_context
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeVar, TypeVarTuple, Unpack

T = TypeVar("T")
Ts = TypeVarTuple("Ts")
MOST_TURNS = 50_000  # of the loop without any time passing: somebody goes round in circles


class StandstillError(Exception):
    """Nothing can happen any more, or the same happens again and again and no time passes."""


class State(StrEnum):
    """Whether a process gets on with its work."""

    RUNNING = "running"
    FROZEN = "frozen"  # as by SIGSTOP: it goes on later, and knows nothing of it
    DEAD = "dead"  # as by SIGKILL: no `finally` of it is ever run


@dataclass(eq=False, slots=True)
class Process:
    """Whose tasks these are; what a task begins is its process's as well."""

    name: str
    state: State = State.RUNNING
    _parked: list["_Call"] = field(default_factory=list)

    def park(self, call: "_Call") -> None:
        """Keep what it would do now."""
        self._parked.append(call)

    def freeze(self) -> None:
        """Stop it where it is."""
        self.state = State.FROZEN

    def thaw(self) -> None:
        """Have it go on where it was stopped."""
        self.state = State.RUNNING
        parked, self._parked = self._parked, []
        for call in parked:
            call.again()

    def kill(self) -> None:
        """End it where it is, for ever."""
        self.state = State.DEAD


OWNER: ContextVar[Process | None] = ContextVar("OWNER", default=None)  # None: the world itself


_NOBODYS = Context()


class _Jump(selectors.SelectSelector):
    """Waits for nothing: the time that would pass has passed."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self._turns = 0

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        """Move the time on, in place of waiting."""
        if timeout is None:
            raise StandstillError("nothing can happen any more")
        self._turns = 0 if timeout > 0 else self._turns + 1
        if self._turns > MOST_TURNS:
            self._turns = 0
            raise StandstillError("somebody goes round in circles, and no time passes")
        self.now += timeout
        return []


@dataclass(eq=False, slots=True)
class _Call:
    """Something that a process will do, if it is running by then."""

    loop: "VirtualLoop"
    owner: Process
    callback: Callable[..., object]
    args: tuple[Any, ...]
    context: Context
    handle: asyncio.Handle | None = None

    def __call__(self) -> None:
        if self.owner.state is State.RUNNING:
            self.callback(*self.args)
        else:
            self.owner.park(self)

    def again(self) -> None:
        """Do it after all, if nobody took it back meanwhile."""
        before = self.handle
        # What is taken back while it waits here must not happen, as in any loop.
        self.handle = self.loop.call_soon(_unless_cancelled, before, self, context=self.context)


def _unless_cancelled(handle: asyncio.Handle | None, call: _Call) -> None:
    if handle is None or not handle.cancelled():
        call()


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs what is ready in asyncio's own order; what varies is how long everything takes."""

    def __init__(self) -> None:
        self._jump = _Jump()
        super().__init__(self._jump)
        # Held, since what is dead must not be collected: its `finally` blocks would run.
        self._tasks: set[asyncio.Task[Any]] = set()
        self.set_task_factory(self._hold)
        self.set_exception_handler(lambda *_: None)  # what the dead leave undone is no news

    def time(self) -> float:
        """Return the virtual seconds since the beginning."""
        return self._jump.now

    def call_soon(
        self,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.Handle:
        """Have it called, on behalf of the process whose context it is."""
        call = self._owned(callback, args, context)
        if call is None:
            return super().call_soon(callback, *args, context=context)
        call.handle = super().call_soon(call, context=call.context)
        return call.handle

    def call_at(
        self,
        when: float,
        callback: Callable[[Unpack[Ts]], object],
        *args: *Ts,
        context: Context | None = None,
    ) -> asyncio.TimerHandle:
        """Have it called at a time, on behalf of the process whose context it is."""
        call = self._owned(callback, args, context)
        if call is None:
            return super().call_at(when, callback, *args, context=context)
        handle = super().call_at(when, call, context=call.context)
        call.handle = handle
        return handle

    def bury(self) -> None:
        """End all tasks, those of the dead as well, and close."""
        for _ in range(100):
            for task in list(self._tasks):
                task.cancel()
            if not self._tasks:
                break
            with contextlib.suppress(StandstillError):
                self.run_until_complete(asyncio.sleep(1))
        self.close()

    def _hold(
        self,
        _: asyncio.AbstractEventLoop,
        work: Coroutine[Any, Any, Any] | Generator[Any, None, Any],
        context: Context | None = None,
    ) -> "asyncio.Task[Any]":
        task = asyncio.Task(work, loop=self, context=context)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard, context=_NOBODYS)
        return task

    def _owned(
        self, callback: Callable[..., object], args: tuple[Any, ...], context: Context | None
    ) -> _Call | None:
        owner = OWNER.get() if context is None else context.get(OWNER)
        if owner is None:
            return None
        return _Call(self, owner, callback, args, context or copy_context())


def begin(process: Process | None, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
    """Begin a task of a process, or (None) of the world itself."""
    context = copy_context()
    context.run(OWNER.set, process)
    return asyncio.get_running_loop().create_task(work, context=context)


def at_once(work: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine returns that waits for nothing; the world does it, in no time."""
    token = OWNER.set(None)
    try:
        work.send(None)
    except StopIteration as end:
        result: T = end.value
        return result
    finally:
        OWNER.reset(token)
    raise StandstillError(f"{work} waits for something: it was to be done at once")
