"""Tables of a test's own in the laboratory's DynamoDB."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count

from botocore.loaders import create_loader

from tests.aws_lab.process import Lab
from tests.engines.ecs.lab import as_environment
from wlcron.aws.clients import AwsClients
from wlcron.stores.dynamodb import table_definitions

_numbers = count()
# Botocore's descriptions of services, read once: each test has clients of its own, since it has
# an event loop of its own, and to read them is half of what a test takes.
_LOADER = create_loader()


@dataclass(frozen=True, slots=True)
class Amazon:
    """Clients of a laboratory, and the prefix of tables that are there."""

    clients: AwsClients
    tables: str

    def calls(self) -> dict[str, int]:
        """Return how often each operation of DynamoDB was called; count from zero again."""
        calls = self.clients.calls
        found = {name.partition(":")[2]: calls[name] for name in calls}
        calls.clear()
        return found


@asynccontextmanager
async def an_amazon(lab: Lab) -> AsyncIterator[Amazon]:
    """Yield empty tables, which are deleted afterwards: the laboratory copies what it holds."""
    with as_environment(lab):
        clients = AwsClients()
        clients._session.register_component("data_loader", _LOADER)  # noqa: SLF001 -- see above
        tables = f"wl-{next(_numbers)}"
        dynamodb = await clients.get("dynamodb")
        for definition in table_definitions(tables):
            await dynamodb.create_table(**definition)
        amazon = Amazon(clients, tables)
        amazon.calls()
        try:
            yield amazon
        finally:
            for definition in table_definitions(tables):
                await dynamodb.delete_table(TableName=definition["TableName"])
            await clients.close()
