"""DynamoStore: the whole port over two tables, and how it is opened."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from wlcron.aws.clients import AwsClients
from wlcron.clock import Clock, system_clock
from wlcron.core.cron import Cron
from wlcron.core.execution import Change, Execution
from wlcron.core.incident import Condition, Incident, row_key
from wlcron.core.planning import Plan
from wlcron.core.silence import Silence
from wlcron.errors import StoreError
from wlcron.store import Claim, Retention, Taker
from wlcron.stores.dynamodb import defining, incidents, moving, outbox, pruning, reading
from wlcron.stores.dynamodb.claiming import claim_executions
from wlcron.stores.dynamodb.committing import commit_plans
from wlcron.stores.dynamodb.database import Database
from wlcron.stores.dynamodb.shelf import Shelf
from wlcron.stores.dynamodb.tables import Tables, table_definitions


class _OnShelf:
    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf


class _Crons(_OnShelf):
    async def put_cron(self, cron: Cron) -> bool:
        return await defining.put_cron(self._shelf, cron)

    async def cron(self, name: str) -> Cron | None:
        return await reading.cron_named(self._shelf, name)

    async def crons(self, after: str = "", limit: int = 1000) -> list[Cron]:
        return await reading.crons_by_name(self._shelf, after, limit)

    async def delete_cron(self, cron: Cron) -> bool:
        return await defining.delete_cron(self._shelf, cron)

    async def due(self, now: datetime, limit: int) -> list[Cron]:
        return await reading.due_crons(self._shelf, now, limit)

    async def next_due(self) -> datetime | None:
        return await reading.earliest_due(self._shelf)

    async def unregistered(self, limit: int) -> list[Cron]:
        return await reading.unregistered_crons(self._shelf, limit)

    async def commit(self, plans: Sequence[Plan], taker: Taker | None = None) -> list[Execution]:
        return await commit_plans(self._shelf, plans, taker)


class _Executions(_OnShelf):
    async def claim(
        self, now: datetime, lease: timedelta, limit: int, holder: str = ""
    ) -> list[Claim]:
        return await claim_executions(self._shelf, now, lease, limit, holder)

    async def renew(self, execution_id: str, until: datetime, reason: str = "") -> None:
        await moving.renew(self._shelf, execution_id, until, reason)

    async def apply(self, change: Change) -> bool:
        return await moving.apply(self._shelf, change)

    async def ask_stop(self, execution_id: str, at: datetime, reason: str) -> bool:
        return await moving.ask_stop(self._shelf, execution_id, at, reason)

    async def execution(self, execution_id: str) -> Execution | None:
        return self._shelf.written.take(execution_id) or await self._shelf.row(execution_id)

    async def find(self, prefix: str, limit: int = 2) -> list[Execution]:
        return await reading.executions_by_prefix(self._shelf, prefix, limit)

    async def executions(
        self, cron_ids: Sequence[str], limit: int, before: datetime | None = None
    ) -> list[Execution]:
        return await reading.newest_executions(self._shelf, cron_ids, limit, before)

    async def active(
        self, *, cron_ids: Sequence[str] | None = None, asked_to_stop: bool = False
    ) -> list[Execution]:
        return await reading.active_executions(self._shelf, cron_ids, asked_to_stop=asked_to_stop)

    async def prunable(self, retention: Retention, limit: int) -> list[str]:
        return await pruning.find_prunable(self._shelf, retention, limit)

    async def prune(self, execution_ids: Sequence[str]) -> None:
        await pruning.prune(self._shelf, execution_ids)


class _Changes(_OnShelf):
    async def unannounced(self, limit: int) -> list[Change]:
        return await outbox.unannounced(self._shelf, limit)

    async def announced(self, changes: Sequence[Change]) -> None:
        await outbox.announced(self._shelf, changes)


class _Incidents(_OnShelf):
    async def put_incident(self, incident: Incident) -> bool:
        return await incidents.put_incident(self._shelf, incident)

    async def incident(self, cron_id: str, condition: Condition) -> Incident | None:
        return await incidents.incident_in(self._shelf, row_key(cron_id, condition))

    async def open_incidents(self, after: str = "", limit: int = 1000) -> list[Incident]:
        return await incidents.open_incidents(self._shelf, after, limit)

    async def untold_incidents(self, now: datetime, limit: int) -> list[Incident]:
        return await incidents.untold_incidents(self._shelf, now, limit)

    async def forget_incidents(self, before: datetime, limit: int) -> int:
        return await incidents.forget_incidents(self._shelf, before, limit)

    async def put_silence(self, silence: Silence) -> None:
        await incidents.put_silence(self._shelf, silence)

    async def silences(self) -> list[Silence]:
        return await incidents.silences(self._shelf)

    async def delete_silence(self, silence_id: str) -> None:
        await incidents.delete_silence(self._shelf, silence_id)


class DynamoStore(_Crons, _Executions, _Changes, _Incidents):
    """A store in two tables of DynamoDB; any number of servers may work on them.

    `keep_for` is how long DynamoDB keeps an execution or an incident after its end. Without it
    nothing expires, and `prunable` looks for what is old, cron by cron: that is for a few crons.
    Everything raises StoreError.
    """

    def __init__(
        self,
        clients: AwsClients,
        tables: str,
        keep_for: timedelta | None = None,
        clock: Clock = system_clock,
    ) -> None:
        super().__init__(Shelf(Database(clients, Tables(tables)), clock, keep_for))

    async def check(self) -> None:
        """Raise StoreError where a table is missing, or is not made for this store."""
        for wanted in table_definitions(self._shelf.database.tables.prefix):
            name = wanted["TableName"]
            table = await self._shelf.database.describe(name)
            found = {index["IndexName"] for index in table.get("GlobalSecondaryIndexes", [])}
            lacking = {index["IndexName"] for index in wanted["GlobalSecondaryIndexes"]} - found
            if lacking or table["KeySchema"] != wanted["KeySchema"]:
                raise StoreError(
                    f"DynamoDB's table {name} is not one that this wlcron can work with"
                    f" ({_lacks(lacking)}): `wl aws bootstrap` mends it, or name others with"
                    " aws.tables"
                )

    async def close(self) -> None:
        """Do nothing: the connections belong to the clients."""


async def open_dynamo_store(
    clients: AwsClients,
    tables: str,
    keep_for: timedelta | None = None,
    clock: Clock = system_clock,
) -> DynamoStore:
    """Open the store in the tables `<tables>-crons` and `<tables>-executions`.

    Raises StoreError when one of them is missing, or AWS cannot be asked.
    """
    store = DynamoStore(clients, tables, keep_for, clock)
    await store.check()
    return store


def _lacks(indexes: set[str]) -> str:
    return f"it lacks {', '.join(sorted(indexes))}" if indexes else "its keys are others"
