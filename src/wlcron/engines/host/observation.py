"""observation(record): what the guard's records mean."""

from datetime import UTC, datetime

from wlcron.core.execution import Kind, Observation
from wlcron.engines.doubt import text
from wlcron.engines.host.protocol import Record


def observation(record: Record) -> Observation:
    """Translate a record of the guard: STARTED, or how it ended."""
    return Observation(
        execution_id=record["id"],
        kind=Kind(record["kind"]),
        at=_instant(record["at"]),
        reason=text(record["reason"]),
        exit_code=record["code"],
        started_at=_instant_or_none(record["started_at"]),
        deadline=_instant_or_none(record["deadline"]),
    )


def _instant_or_none(seconds: float | None) -> datetime | None:
    return None if seconds is None else _instant(seconds)


def _instant(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
