"""The one store of a simulation, as each server reaches it, and what is noted of every write."""

from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, cast

from tests.simulation.book import Book
from tests.simulation.incidents import Incidents
from tests.simulation.leases import Leases
from tests.simulation.told import Told
from tests.simulation.weather import Place
from tests.simulation.wire import Line, Sender, Wire
from wlcron.core.cron import Cron
from wlcron.core.execution import Change, Execution
from wlcron.core.incident import Incident
from wlcron.core.planning import Plan
from wlcron.errors import StoreError
from wlcron.store import Claim, Store
from wlcron.stores.memory import MemoryStore


@dataclass(frozen=True, slots=True)
class Audit:
    """Called with what each verb that writes has returned, and was asked."""

    store: MemoryStore
    book: Book
    told: Told
    leases: Leases
    incidents: Incidents

    async def commit(self, made: list[Execution], plans: Sequence[Plan], *_: object) -> None:
        """Note rows, and crons that moved on."""
        self.book.planned(plans, made)
        for plan in plans:
            self.book.look(await self.store.cron(plan.cron.name))

    async def claim(self, claims: list[Claim], *_: object, **__: object) -> None:
        """Note rows that were taken."""
        for claim in claims:
            self.leases.taken(claim.execution)
            self.book.wrote(claim.execution)

    async def apply(self, is_done: bool, change: Change) -> None:  # noqa: FBT001 -- the answer
        """Note a row that moved."""
        if is_done:
            self.book.wrote(await self.store.execution(change.execution.id))

    async def renew(self, _: None, execution_id: str, *__: object) -> None:
        """Note a row whose lease moved."""
        self.book.wrote(await self.store.execution(execution_id))

    async def ask_stop(self, _: bool, execution_id: str, *__: object) -> None:  # noqa: FBT001 -- the answer
        """Note a row that has to end."""
        self.book.wrote(await self.store.execution(execution_id))

    async def put_cron(self, is_done: bool, cron: Cron) -> None:  # noqa: FBT001 -- the answer
        """Note a cron that was saved."""
        if is_done:
            self.book.put(cron, await self.store.cron(cron.name))

    async def announced(self, _: None, changes: Sequence[Change]) -> None:
        """Note what will not be told again."""
        for change in changes:
            self.told.announced(change)
            row = change.execution
            cron = await self.store.cron(row.cron_name)
            if cron is not None and cron.id == row.cron_id:
                self.incidents.announced(row)

    async def put_incident(self, is_done: bool, incident: Incident) -> None:  # noqa: FBT001 -- the answer
        """Note what is wrong, and who knows."""
        if is_done:
            self.incidents.wrote(incident)

    async def prune(self, _: None, execution_ids: Sequence[str]) -> None:
        """Note what is no longer kept."""
        left = [one for one in execution_ids if await self.store.execution(one) is not None]
        self.book.forgot(execution_ids, left)


class _ServersStore:
    """Every verb of the port, over the wire."""

    def __init__(self, sender: Sender, wire: Wire, audit: Audit) -> None:
        self._sender = sender
        self._wire = wire
        self._audit = audit
        self._line = Line(Place.STORE, sender.index, StoreError)

    def __getattr__(self, verb: str) -> Callable[..., Coroutine[Any, Any, Any]]:
        return partial(self._ask, verb)

    async def _ask(self, verb: str, *asked: Any, **more: Any) -> Any:  # noqa: ANN401 -- passed on
        async def work() -> object:
            result = await getattr(self._audit.store, verb)(*asked, **more)
            noted = getattr(self._audit, verb, None)
            if noted is not None:
                await noted(result, *asked, **more)
            return result

        return await self._wire.ask(self._sender, self._line, verb, work, _about(asked))


def servers_store(sender: Sender, wire: Wire, audit: Audit) -> Store:
    """Return the store as one server reaches it."""
    return cast("Store", _ServersStore(sender, wire, audit))


def _about(asked: Sequence[object]) -> str:
    """Return what a request is about, in a few words that are always the same."""
    first = asked[0] if asked else ""
    items = first if isinstance(first, list | tuple) else [first]
    return "".join(f" {_item(item)}" for item in items[:4])


def _item(item: object) -> str:
    match item:
        case Plan():
            return f"{item.cron.name}:{len(item.executions)}>{item.next_due}"
        case Change():
            return f"{item.execution.id[:8]} {item.before}->{item.execution.status}"
        case Cron():
            return f"{item.name} v{item.version} r{item.revision}"
        case Incident():
            state = "open" if item.is_open else "closed"
            return f"{item.cron_name} {item.condition} {item.number} {state}"
        case datetime():
            return f"{item:%H:%M:%S}"
        case _:
            return str(item)[:8]
