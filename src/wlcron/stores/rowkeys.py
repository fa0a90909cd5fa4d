"""Keys of rows that are asked for by their parts: shared by all stores, pure."""

from wlcron.core.incident import Condition


def row_key(cron_id: str, condition: Condition) -> str:
    """Return the `Incident.row_key` of a cron and condition."""
    return f"{cron_id}/{condition}"
