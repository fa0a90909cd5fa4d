"""The way of a request: from a server to the world and back, and what may happen to it."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from tests.simulation.journal import Journal
from tests.simulation.loop import Process, State, at_once, begin
from tests.simulation.plan import KIND, Effect, Strike
from tests.simulation.weather import Place, Weather
from wlcron.errors import WlcronError

Work = Callable[[], Coroutine[Any, Any, Any]]


@dataclass(frozen=True, slots=True)
class Sender:
    """A server, while it lives."""

    index: int
    process: Process


@dataclass(frozen=True, slots=True)
class Line:
    """Where requests go, and how it fails."""

    place: Place
    which: int
    fails_with: Callable[[str], Exception]


@dataclass(slots=True)
class Wire:
    """Carries requests out in the world's name: one that was sent is, whatever its sender does."""

    weather: Weather
    journal: Journal
    on_kill: Callable[[int], None]  # called with the server that dies of a strike

    async def ask(self, sender: Sender, line: Line, verb: str, work: Work, about: str = "") -> Any:  # noqa: ANN401 -- what the work returns
        """Send a request, wait for what becomes of it, and return that."""
        number, strike = self.weather.request(sender.index, verb)
        what = f"{verb}#{number}{about}"
        there = self.weather.takes(sender.index, verb, number, "there")
        if strike is not None:
            told = f"{sender.process.name} {what}: {strike.effect} {strike.seconds:g}"
            self.journal.fault(KIND[strike.effect], told)
            self.weather.upset(strike.seconds)
            there += strike.seconds if strike.effect is Effect.HANG else 0.0
            if strike.effect is Effect.KILL_BEFORE:
                self.on_kill(sender.index)
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[Any] = loop.create_future()
        if sender.process.state is not State.DEAD:
            request = _Request(self, sender, line, what, work, answer, strike)
            begin(None, request.travel(there, self.weather.takes(sender.index, verb, number)))
        return await answer


@dataclass(frozen=True, slots=True)
class _Request:
    wire: Wire
    sender: Sender
    line: Line
    what: str
    work: Work
    answer: "asyncio.Future[Any]"
    strike: Strike | None

    async def travel(self, there: float, back: float) -> None:
        """Go there, do it, and come back with the answer."""
        await asyncio.sleep(there)
        if self._is_struck(Effect.KILL_DURING):
            self.wire.on_kill(self.sender.index)
        result, error = self._land()
        if self._is_struck(Effect.FAIL_AFTER):
            error = self.line.fails_with("the answer was lost")
        await asyncio.sleep(back)
        if self._is_struck(Effect.KILL_AFTER):
            self.wire.on_kill(self.sender.index)
        if self.answer.done():
            return  # nobody waits for it any more
        if error is None:
            self.answer.set_result(result)
        else:
            self.answer.set_exception(error)

    def _land(self) -> tuple[Any, Exception | None]:
        wire, name = self.wire, self.sender.process.name
        is_away = wire.weather.is_away(self.line.place, self.line.which)
        if is_away or self._is_struck(Effect.FAIL_BEFORE):
            wire.journal.step(name, f"{self.what} -> not done")
            wire.weather.upset()
            return None, self.line.fails_with("the request was lost")
        try:
            result = at_once(self.work())
        except Exception as error:  # noqa: BLE001 -- the sender's to judge
            if not isinstance(error, WlcronError):
                wire.journal.broken("nothing fails by itself", f"{self.what}: {error!r}")
            wire.journal.step(name, f"{self.what} -> {type(error).__name__} {str(error)[:60]}")
            return None, error
        wire.journal.step(name, f"{self.what} -> {_told(result)}")
        return result, None

    def _is_struck(self, effect: Effect) -> bool:
        return self.strike is not None and self.strike.effect is effect


def _told(result: object) -> str:
    """Return a result in a few words that are always the same."""
    if isinstance(result, list):
        return str(len(result))
    if isinstance(result, bool | int | str | None):
        return str(result)
    return str(getattr(result, "kind", "")) or "ok"
