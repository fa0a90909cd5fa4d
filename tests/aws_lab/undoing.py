"""A cancelled transaction is undone item by item: moto copies whole tables before each one."""

import copy
from collections.abc import Callable
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType
from moto.dynamodb.models.table import Table


def mend_transactions() -> None:
    """Let a transaction take as long as what it writes, and not as what its tables hold."""
    write = DynamoDBBackend.transact_write_items

    def transact_write_items(backend: Any, transact_items: list[dict[str, Any]]) -> None:  # noqa: ANN401 -- moto is untyped
        undo = [_undoing(backend, next(iter(each.values()))) for each in transact_items]
        try:
            write(backend, transact_items)
        except Exception:
            for undo_one in undo:
                undo_one()
            raise

    DynamoDBBackend.transact_write_items = transact_write_items
    # What is copied before a transaction and put back after a cancelled one: the table itself.
    Table.__deepcopy__ = lambda table, _memo: table


def _undoing(backend: Any, write: dict[str, Any]) -> Callable[[], object]:  # noqa: ANN401 -- moto is untyped
    """Return what makes an item as it is now."""
    table = backend.tables.get(write["TableName"])
    if table is None:
        return lambda: None
    named = write.get("Key") or write["Item"]
    place = [
        DynamoType(named[name])
        for name in (table.hash_key_attr, table.range_key_attr)
        if name is not None and name in named
    ]
    before = copy.deepcopy(table.get_item(*place))

    def undo() -> None:
        if before is None:
            table.delete_item(place[0], place[1] if len(place) > 1 else None)
        elif len(place) > 1:
            table.items[place[0]][place[1]] = before
        else:
            table.items[place[0]] = before

    return undo
