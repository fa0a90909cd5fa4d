"""A store in DynamoDB."""

from wlcron.stores.dynamodb.store import DynamoStore, open_dynamo_store
from wlcron.stores.dynamodb.tables import table_definitions

__all__ = ["DynamoStore", "open_dynamo_store", "table_definitions"]
