"""One cron's server on its stage, called at each instant at which it has something to do."""

from contextlib import suppress
from datetime import datetime, timedelta

from wlcron.errors import EngineUnavailableError, WlcronError
from wlcron.rehearsal.events import Event
from wlcron.rehearsal.keeping import put_down, take_up
from wlcron.rehearsal.parts import Part, Setting
from wlcron.rehearsal.stage import Stage
from wlcron.rehearsal.state import State
from wlcron.service import Service

_MOST_ROUNDS = 1000  # at one instant: each plans up to ten thousand slots


class World:
    """Leaps from event to event.

    The duties are called at no other instant: what they look for in between, in case another
    server has failed or an event was lost, cannot be here.
    """

    def __init__(self, part: Part, setting: Setting, now: datetime) -> None:
        self._stage = Stage(part, setting, now)
        self._service: Service | None = None  # None: the server is down
        self._ahead: datetime | None = None  # when something happens next

    async def begin(self) -> None:
        """Have the cron created, and the server started where it is up."""
        await self._stage.store.put_cron(self._stage.part.cron)
        await self._turn()

    async def resume(self, state: State) -> None:
        """Go on from a state that was put down, perhaps at another time."""
        await take_up(self._stage, state)
        await self._turn()

    async def play(self, until: datetime) -> None:
        """Let happen all that happens before an instant."""
        while self._ahead is not None and self._ahead < until:
            self._stage.now = self._ahead
            await self._turn()
        self._stage.now = until - timedelta(microseconds=1)

    async def put_down(self) -> State | None:
        """Return the state; None while something is on its way, or is down."""
        return await put_down(self._stage, self._service)

    def taken(self, base: datetime) -> tuple[tuple[Event, ...], tuple[datetime, ...]]:
        """Return the events since the last call, counted from `base`, and the slots."""
        return self._stage.witness.taken(base)

    @property
    def is_running(self) -> bool:
        """Whether the engine runs an execution."""
        return self._stage.is_running

    async def _turn(self) -> None:
        """Do all that there is to do at this instant."""
        now, server = self._stage.now, self._stage.setting.server
        if server.covers(now):
            self._service, self._ahead = None, server.next_edge(now)
            return
        is_new = self._service is None
        service = self._service = self._service or self._stage.serve()
        if is_new:
            await _first_look(service, now)
        for _ in range(_MOST_ROUNDS):
            await self._round(service, is_new=is_new)
            self._ahead = await self._next(service)
            if self._ahead is None or self._ahead > now:
                return
            is_new = False
        raise WlcronError(f"{self._stage.part.cron.name} does not come to rest at {now}")

    async def _round(self, service: Service, *, is_new: bool) -> None:
        """Call each duty that has something to do once, in the order in which a server does."""
        stage, now = self._stage, self._stage.now
        for seen in stage.engine.runs.news():
            await service.observer.hear(seen)
        if is_new or _is_due(await stage.store.next_due(), now):
            await service.scheduler.tick(now)
        if is_new or await stage.is_waiting():
            await service.launcher.tick(now)
        await service.launcher.drain()
        await service.notifier.tick(now)
        if is_new or _is_due(service.watcher.timers.next, now):
            await service.watcher.tick(now)
        if await stage.store.untold_incidents(now, 1):
            await service.teller.tick(now)
            await service.teller.drain()

    async def _next(self, service: Service) -> datetime | None:
        """Return when something happens next."""
        now, setting = self._stage.now, self._stage.setting
        edges = (setting.server.next_edge(now), setting.engine.next_edge(now))
        times = (*edges, await self._stage.next_event(service))
        return min((each for each in times if each is not None), default=None)


def _is_due(at: datetime | None, now: datetime) -> bool:
    return at is not None and at <= now


async def _first_look(service: Service, now: datetime) -> None:
    """Ask for everything that was active when the server went down, as one that starts does."""
    with suppress(EngineUnavailableError):
        await service.observer.tick(now)
