"""Conditional writes, put together clause by clause. Pure."""

from collections.abc import Mapping
from typing import Any

from wlcron.stores.dynamodb.tables import Item, Key

Request = dict[str, Any]  # one write of a transaction: {"Update": …}, {"Put": …}, {"Delete": …}
_AS_IT_IS = {"ReturnValuesOnConditionCheckFailure": "ALL_OLD"}


class Update:
    """One item's update: what it sets, and how the item has to be for that.

    All names go through placeholders: DynamoDB reserves 573 words, `status` among them.
    """

    def __init__(self, table: str, key: Key) -> None:
        self._of = {"TableName": table, "Key": key}
        self._names: dict[str, str] = {}
        self._values: dict[str, Item] = {}
        self._actions: dict[str, list[str]] = {}
        self._conditions: list[str] = []

    def set(self, attributes: Mapping[str, Item | None]) -> "Update":
        """Set attributes; None removes one."""
        for name, value in attributes.items():
            if value is None:
                self._do("REMOVE", self._name(name))
            else:
                self._do("SET", f"{self._name(name)} = {self._value(value)}")
        return self

    def add(self, name: str, value: int) -> "Update":
        """Add to a number."""
        self._do("ADD", f"{self._name(name)} {self._value({'N': str(value)})}")
        return self

    def expect(self, **attributes: Item | None) -> "Update":
        """Update it only if attributes have these values; None: it has to have none."""
        for name, value in attributes.items():
            if value is None:
                self._conditions.append(f"attribute_not_exists({self._name(name)})")
            else:
                self._conditions.append(f"{self._name(name)} = {self._value(value)}")
        return self

    def expect_some(self, name: str) -> "Update":
        """Update it only if it has an attribute of that name."""
        self._conditions.append(f"attribute_exists({self._name(name)})")
        return self

    def expect_any(self, name: str, values: list[Item]) -> "Update":
        """Update it only if an attribute has one of these values."""
        listed = ", ".join(self._value(value) for value in values)
        self._conditions.append(f"{self._name(name)} IN ({listed})")
        return self

    def parameters(self) -> dict[str, Any]:
        """Return the parameters of UpdateItem, or of an update in a transaction."""
        actions = (f"{verb} {', '.join(parts)}" for verb, parts in self._actions.items())
        given = {
            "UpdateExpression": " ".join(actions),
            "ConditionExpression": " AND ".join(self._conditions),
            "ExpressionAttributeNames": self._names,
            "ExpressionAttributeValues": self._values,
        }
        return self._of | {name: value for name, value in given.items() if value} | _AS_IT_IS

    def request(self) -> Request:
        """Return it as a part of a transaction."""
        return {"Update": self.parameters()}

    def _do(self, verb: str, part: str) -> None:
        self._actions.setdefault(verb, []).append(part)

    def _name(self, name: str) -> str:
        self._names[f"#{name}"] = name
        return f"#{name}"

    def _value(self, value: Item) -> str:
        placeholder = f":{len(self._values)}"
        self._values[placeholder] = value
        return placeholder


def put(table: str, item: Item) -> Request:
    """Return a put that overwrites."""
    return {"Put": {"TableName": table, "Item": item}}


def put_new(table: str, item: Item) -> Request:
    """Return a put of what must not be there yet."""
    absent = {"ConditionExpression": "attribute_not_exists(pk)"}
    return {"Put": {"TableName": table, "Item": item} | absent | _AS_IT_IS}


def put_anew(table: str, item: Item, now: Item) -> Request:
    """Return a put of what must not be there yet, or has expired (`now`: seconds since 1970)."""
    condition = {
        "ConditionExpression": "attribute_not_exists(pk) OR expires <= :now",
        "ExpressionAttributeValues": {":now": now},
    }
    return {"Put": {"TableName": table, "Item": item} | condition | _AS_IT_IS}


def delete(table: str, key: Key) -> Request:
    """Return a deletion; nothing there is success."""
    return {"Delete": {"TableName": table, "Key": key}}
