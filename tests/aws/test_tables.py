"""The template's tables are those that the store in DynamoDB works on."""

from typing import Any

from tests.aws.test_template import RESOURCES
from wlcron.stores.dynamodb import table_definitions

COMPARED = (
    "AttributeDefinitions",
    "BillingMode",
    "GlobalSecondaryIndexes",
    "KeySchema",
    "LocalSecondaryIndexes",
)


def shape(table: dict[str, Any]) -> dict[str, Any]:
    """Return what makes a table, in no particular order."""
    parts = {name: table.get(name) or [] for name in COMPARED}
    return {
        name: sorted(part, key=str) if isinstance(part, list) and name != "KeySchema" else part
        for name, part in parts.items()
    }


def test_the_template_makes_the_tables_of_the_store() -> None:
    """With the same names, keys and indexes."""
    tables = [each for each in RESOURCES.values() if each["Type"] == "AWS::DynamoDB::Table"]
    names = {each["Properties"]["TableName"]["Fn::Sub"] for each in tables}
    wanted = {each["TableName"]: each for each in table_definitions("wl-${Instance}")}
    assert names == set(wanted)
    for table in tables:
        made = table["Properties"]
        assert shape(made) == shape(wanted[made["TableName"]["Fn::Sub"]])
