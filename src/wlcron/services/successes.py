"""When each cron last succeeded, in memory: told by changes, and read once of those before."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from wlcron.core.cron import Cron
from wlcron.core.execution import Change, Execution, Status
from wlcron.store import Store

EVERY = timedelta(minutes=5)  # between two looks for crons that came, and that were deleted
UNASKED = timedelta(days=1)
BREATH = timedelta(milliseconds=100)  # between two pages: what is due comes first
PAGE = 200  # crons
_BACK = 50  # executions in which the last success of a cron is looked for


@dataclass(frozen=True, slots=True)
class _Known:
    cron_id: str
    at: datetime | None  # None: none is known


class Successes:
    """Nothing is read until somebody asks: where nobody fetches metrics it costs nothing.

    Another server's successes are not told here. Each tells of those that it told the monitors of,
    and the latest of all servers' is true.
    """

    name = "successes"

    def __init__(
        self, store: Store, on_asked: Callable[[], None] = lambda: None, page: int = PAGE
    ) -> None:
        """`on_asked` is called when somebody asks for the first time."""
        self._store = store
        self._page = page
        self._on_asked = on_asked
        self._is_asked = False
        self._known: dict[str, _Known] = {}  # by the cron's name
        self._seen: set[str] = set()  # in this pass: the rest is gone at its end
        self._after = ""  # the pass goes on behind this name

    async def signal(self, change: Change) -> None:
        """Remember a success."""
        execution = change.execution
        if execution.status is Status.SUCCESS:
            known = self._known.get(execution.cron_name)
            at = known.at if known and known.cron_id == execution.cron_id else None
            self._note(execution.cron_name, execution.cron_id, _latest(at, _end(execution)))

    def latest(self) -> Mapping[str, datetime]:
        """Return by name when crons last succeeded, those of which a success is known."""
        if not self._is_asked:
            self._is_asked = True
            self._on_asked()
        return {name: known.at for name, known in self._known.items() if known.at is not None}

    async def tick(self, now: datetime) -> datetime:
        """Read one page of crons; return when to read the next."""
        if not self._is_asked:
            return now + UNASKED
        crons = await self._store.crons(self._after, self._page)
        await self._read([cron for cron in crons if not self._is_known(cron)])
        self._seen.update(cron.name for cron in crons)
        if len(crons) == self._page:
            self._after = crons[-1].name
            return now + BREATH
        self._known = {name: self._known[name] for name in self._seen if name in self._known}
        self._after, self._seen = "", set()
        return now + EVERY

    def _is_known(self, cron: Cron) -> bool:
        known = self._known.get(cron.name)
        return known is not None and known.cron_id == cron.id

    async def _read(self, crons: Sequence[Cron]) -> None:
        """Look for the last success of each: mostly it is the newest execution."""
        found = await self._newest(crons, 1)
        rest = [cron for cron in crons if cron.id not in found]
        found |= await self._newest(rest, _BACK)
        for cron in crons:
            if not self._is_known(cron):  # else it succeeded meanwhile
                self._note(cron.name, cron.id, found.get(cron.id))

    async def _newest(self, crons: Sequence[Cron], count: int) -> dict[str, datetime]:
        rows = await self._store.executions([cron.id for cron in crons], count) if crons else []
        ends: dict[str, datetime] = {}
        for row in rows:
            if row.status is Status.SUCCESS:
                ends[row.cron_id] = _latest(ends.get(row.cron_id), _end(row))
        return ends

    def _note(self, name: str, cron_id: str, at: datetime | None) -> None:
        self._known[name] = _Known(cron_id, at)
        self._seen.add(name)


def _latest(one: datetime | None, other: datetime) -> datetime:
    return other if one is None else max(one, other)


def _end(execution: Execution) -> datetime:
    return execution.ended_at or execution.slot
