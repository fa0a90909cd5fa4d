"""SqlStore: the store in a database, by SQLAlchemy Core."""

from wlcron.stores.sql.store import SqlStore, open_sql_store

__all__ = ["SqlStore", "open_sql_store"]
