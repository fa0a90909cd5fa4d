"""What the routes work with."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Annotated

from fastapi import Depends, Request

from wlcron.api.sns import SnsEndpoint
from wlcron.commands import Desk
from wlcron.core.routing import Routing
from wlcron.engine import Engine
from wlcron.monitor import Watching
from wlcron.outlet import Outlet
from wlcron.registry import Registry
from wlcron.starting import NOBODY, Starter
from wlcron.store import Store
from wlcron.trigger import Trigger

STORE_WITHIN = timedelta(seconds=5)  # whoever asks after health waits for ten, as a rule


@dataclass(frozen=True, slots=True)
class Context:
    """The parts of the service that the API meets."""

    store: Store
    engine: Engine
    trigger: Trigger
    clock: Callable[[], datetime]
    wake: Callable[..., None]  # names of duties
    problems: Callable[[], Mapping[str, str]]  # of duties that do not get on now
    metrics: Callable[[bool], Awaitable[bytes]]  # in Prometheus' text format; told: is it ready?
    token: str
    default_timeout: timedelta
    starter: Starter = NOBODY
    registries: Sequence[Registry] = ()  # where something is made for each cron outside
    outlets: Mapping[str, Outlet] = field(default_factory=dict)  # by channel
    routing: Routing = field(default_factory=Routing)
    monitors: Sequence[Watching] = ()
    away: Callable[[], Mapping[str, str]] = dict  # monitors that do not answer: why
    source: str = "wlcron"  # what alerts call this server
    store_within: timedelta = STORE_WITHIN  # for one question; else it is said to be away
    sns: SnsEndpoint | None = None  # None: nobody announces slots here
    stopping: asyncio.Event = field(default_factory=asyncio.Event)  # set when the server stops

    @property
    def desk(self) -> Desk:
        """Return who takes requests."""
        registers = bool(self.registries)
        return Desk(
            self.store,
            self.engine,
            self.trigger,
            self.starter,
            self.routing,
            self.monitors,
            registers,
        )


async def _context(request: Request) -> Context:  # async: FastAPI calls others in a thread
    context: Context = request.app.state.context
    return context


Here = Annotated[Context, Depends(_context)]
