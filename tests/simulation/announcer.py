"""The trigger outside, EventBridge and SNS: announces slots at least once, late, or never."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime

from tests.simulation.book import Book
from tests.simulation.journal import Journal
from tests.simulation.loop import begin
from tests.simulation.plan import Habit
from tests.simulation.server import Body, Server
from tests.simulation.weather import Weather
from wlcron.clock import Clock
from wlcron.core.cron import Cron
from wlcron.deliveries import Delivered
from wlcron.errors import WlcronError
from wlcron.stores.memory import MemoryStore
from wlcron.trigger import Delivery

_LOOK = 5.0  # seconds between two looks at what is due
_LATE = (2.0, 20.0, 90.0, 200.0)  # seconds
_TRIES = 6
_AGAIN = 20.0  # seconds between two tries
_ANSWERED = frozenset({Delivered.RECORDED, Delivered.DUPLICATE, Delivered.UNKNOWN})


@dataclass(slots=True)
class Announcer:
    """Tells some server of each slot, and again until one says that it is on record."""

    servers: list[Server]
    store: MemoryStore
    book: Book
    weather: Weather
    journal: Journal
    clock: Clock
    _told: int = field(default=0)

    async def announce(self) -> None:
        """Look what is due, for ever."""
        since = self.clock()
        while True:
            await asyncio.sleep(_LOOK)
            now = self.clock()
            for cron in await self.store.crons():
                self._announce(cron, since, now)
            since = now

    def _announce(self, cron: Cron, since: datetime, now: datetime) -> None:
        slot = cron.schedule().next(since)
        while slot is not None and slot <= now:
            of = cron.name, slot
            copies = 2 if self.weather.has(Habit.TRIGGER_REPEATS, *of) else 1
            for copy in range(0 if self.weather.has(Habit.TRIGGER_LOSES, *of) else copies):
                is_late = self.weather.has(Habit.TRIGGER_LATE, *of, copy)
                late = self.weather.pick(_LATE, "trigger", *of, copy) if is_late else 0.0
                begin(None, self._deliver(Delivery("default", cron.name, slot, True, ""), late))  # noqa: FBT003 -- exact
            slot = cron.schedule().next(slot)

    async def _deliver(self, delivery: Delivery, late: float) -> None:
        await asyncio.sleep(late)
        for _ in range(_TRIES):
            up = [server for server in self.servers if server.is_up]
            if up:
                self._told += 1
                server = up[self.weather.chance.whole(0, 7, "to", self._told) % len(up)]
                if server.body is not None and await self._ask(server.body, delivery):
                    return
            await asyncio.sleep(_AGAIN)

    async def _ask(self, body: Body, delivery: Delivery) -> bool:
        """Have a server take it; False when it does not answer, or wants it again."""
        answer: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        begin(body.process, self._take(body, delivery, answer))
        done, _ = await asyncio.wait([answer], timeout=15)
        return bool(done) and answer.result()

    async def _take(self, body: Body, delivery: Delivery, answer: "asyncio.Future[bool]") -> None:
        about = f"{delivery.cron} {delivery.slot:%H:%M:%S}"
        try:
            outcome = await body.deliveries.deliver(delivery, body.service.launcher.clock())
        except WlcronError as error:
            self.journal.note(f"{body.process.name} does not take {about}: {str(error)[:50]}")
            outcome = Delivered.BUSY
        except Exception as error:  # noqa: BLE001 -- nothing of the kind is promised
            self.journal.broken("nothing fails by itself", f"delivery of {about}: {error!r}")
            return
        self.journal.note(f"{body.process.name} takes {about}: {outcome}")
        if outcome in {Delivered.RECORDED, Delivered.DUPLICATE}:
            await self._check(delivery)
        if not answer.done():
            answer.set_result(outcome in _ANSWERED)

    async def _check(self, delivery: Delivery) -> None:
        cron = await self.store.cron(delivery.cron)
        # Of a cron that was edited, or made anew, since the slot nothing is on record.
        if cron is not None and delivery.slot in self.book.eras.due(cron.id, delivery.slot):
            self.book.delivered(cron.id, delivery.slot)
