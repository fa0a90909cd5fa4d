"""What all verbs of the store work with: the tables, what is remembered of them, the clock."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from wlcron.bounded import Bounded
from wlcron.clock import Clock
from wlcron.core.cron import Cron
from wlcron.core.execution import Execution
from wlcron.stores.dynamodb.cronitems import Version, cron_of, number_of, version_of
from wlcron.stores.dynamodb.database import Database
from wlcron.stores.dynamodb.memory import Fresh, Quiet, Stamps, Written
from wlcron.stores.dynamodb.rows import execution_of, is_execution, is_expired
from wlcron.stores.dynamodb.tables import Item, Key, definition_key, is_id, row_key, state_key

_VERSIONS = 10_000
_NAMES = 100_000
_TOLD = 20_000


@dataclass(frozen=True, slots=True)
class Shelf:
    """One store's means, shared by its parts."""

    database: Database
    clock: Clock
    keep_for: timedelta | None  # after its end; None: nothing is deleted by DynamoDB itself
    written: Written = field(default_factory=Written)
    quiet: Quiet = field(default_factory=Quiet)
    pending: Fresh = field(default_factory=Fresh)
    asked: Fresh = field(default_factory=Fresh)  # to stop
    untold: Fresh = field(default_factory=Fresh)  # incidents, by the keys of their rows
    claiming: asyncio.Lock = field(default_factory=asyncio.Lock)  # nobody races with himself
    stamps: Stamps = field(default_factory=Stamps)
    versions: Bounded[tuple[str, int], Version] = field(default_factory=lambda: Bounded(_VERSIONS))
    names: Bounded[str, str] = field(default_factory=lambda: Bounded(_NAMES))
    waiting: Bounded[tuple[str, str], Key] = field(default_factory=lambda: Bounded(_TOLD))

    @property
    def crons(self) -> str:
        """Return the name of the table of crons."""
        return self.database.tables.crons

    @property
    def executions(self) -> str:
        """Return the name of the table of executions."""
        return self.database.tables.executions

    def stamp(self) -> str:
        """Return a stamp for what is written now."""
        return self.stamps.next(self.clock())

    async def state(self, cron_id: str) -> Item | None:
        """Return how a cron is, deleted or not."""
        return await self.database.get(self.crons, state_key(cron_id))

    async def states(self, cron_ids: Iterable[str]) -> dict[str, Item]:
        """Return how crons are, by their ids; deleted ones, too."""
        keys = [state_key(cron_id) for cron_id in dict.fromkeys(cron_ids)]
        found = await self.database.get_many(self.crons, keys)
        return {item["pk"]["S"]: item for item in found}

    async def as_crons(self, states: Sequence[Item]) -> list[Cron]:
        """Return crons with their newest definitions, in this order."""
        return await self.with_versions([(item, number_of(item)) for item in states])

    async def with_versions(self, wanted: Sequence[tuple[Item, int]]) -> list[Cron]:
        """Return crons with definitions of these versions, in this order."""
        named = {(item["pk"]["S"], version) for item, version in wanted}
        versions = {each: known for each in named if (known := self.versions.get(each)) is not None}
        missing = sorted(named - versions.keys())
        if missing:
            versions |= await self._read_versions(missing)
        return [
            cron_of(item, version, versions[item["pk"]["S"], version]) for item, version in wanted
        ]

    async def _read_versions(
        self, wanted: Sequence[tuple[str, int]]
    ) -> Mapping[tuple[str, int], Version]:
        keys = [definition_key(*each) for each in wanted]
        found = await self.database.get_many(self.crons, keys)
        read = {(item["pk"]["S"], int(item["sk"]["S"][2:])): version_of(item) for item in found}
        for each, content in read.items():
            self.versions.put(each, content)
        return read

    async def row(self, execution_id: str) -> Execution | None:
        """Return an execution as it is now."""
        found = await self.rows([execution_id])
        return found[0] if found else None

    async def rows(self, ids: Iterable[str]) -> list[Execution]:
        """Return executions as they are now, in no particular order."""
        return [execution_of(item) for item in await self.row_items(ids)]

    async def row_items(self, ids: Iterable[str]) -> list[Item]:
        """Return the items of executions as they are now, in no particular order."""
        keys = [row_key(known) for known in dict.fromkeys(ids) if is_id(known)]
        found = await self.database.get_many(self.executions, keys)
        return self.visible(found)

    def visible(self, items: Iterable[Item]) -> list[Item]:
        """Return those items that are executions, and not let go by retention."""
        now = self.clock()
        return [item for item in items if is_execution(item) and not is_expired(item, now)]
