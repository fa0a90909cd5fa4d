"""Incidents and silences in memory."""

from dataclasses import replace
from datetime import datetime

from wlcron.core.incident import Condition, Incident, row_key
from wlcron.core.silence import Silence
from wlcron.stores.memory.rows import OnRows


class Incidents(OnRows):
    """What is wrong, who was told, and when nobody wants to hear of it."""

    async def put_incident(self, incident: Incident) -> bool:
        """Save an incident; False when it changed since it was read."""
        stored = self._rows.incidents.get(incident.row_key)
        if (0 if stored is None else stored.revision) != incident.revision:
            return False
        self._rows.incidents[incident.row_key] = replace(incident, revision=incident.revision + 1)
        return True

    async def incident(self, cron_id: str, condition: Condition) -> Incident | None:
        """Return the latest incident of a cron and condition."""
        return self._rows.incidents.get(row_key(cron_id, condition))

    async def open_incidents(self, after: str = "", limit: int = 1000) -> list[Incident]:
        """Return incidents that are open, by key of the row, those behind `after`."""
        rows = self._rows.incidents
        return [rows[key] for key in sorted(rows) if key > after and rows[key].is_open][:limit]

    async def untold_incidents(self, now: datetime, limit: int) -> list[Incident]:
        """Return incidents with due_at <= now, longest due first."""
        rows = self._rows.incidents
        due = [(row.due_at, key) for key, row in rows.items() if row.due_at is not None]
        return [rows[key] for due_at, key in sorted(due) if due_at <= now][:limit]

    async def forget_incidents(self, before: datetime, limit: int) -> int:
        """Forget incidents that were closed before an instant and are told; return how many."""
        rows = self._rows.incidents
        told = [
            (row.closed_at, key)
            for key, row in rows.items()
            if row.due_at is None and row.closed_at is not None and row.closed_at < before
        ]
        forgotten = sorted(told)[:limit]
        for _, key in forgotten:
            del rows[key]
        return len(forgotten)

    async def put_silence(self, silence: Silence) -> None:
        """Save a silence, in place of one of the same id."""
        self._rows.silences[silence.id] = silence

    async def silences(self) -> list[Silence]:
        """Return all silences by their end."""
        return sorted(self._rows.silences.values(), key=lambda each: (each.until, each.id))

    async def delete_silence(self, silence_id: str) -> None:
        """Delete a silence; none of that id is no error."""
        self._rows.silences.pop(silence_id, None)
