"""What is true of executions: by their end records, or else by the guard."""

import asyncio
from collections.abc import Sequence
from pathlib import Path

from wlcron.core.execution import Kind, Observation
from wlcron.engines.host.link import Link
from wlcron.engines.host.observation import observation
from wlcron.engines.host.protocol import Record
from wlcron.engines.host.records import read_record, unknown
from wlcron.errors import EngineUnavailableError

_ASKED_AT_ONCE = 1000
_PAUSE = 1.0  # seconds before a guard that cannot be had is tried again
_UNKNOWN = "the host engine knows nothing of it"

UNFINISHED = frozenset({Kind.PROGRESS, Kind.STARTED})


class Truth:
    """Asks for the truth, and remembers which executions are not known to be over."""

    def __init__(self, executions: Path, link: Link) -> None:
        self._executions = executions
        self._link = link
        self._running: set[str] = set()

    def noted(self, record: Record) -> Observation:
        """Return what a record says, having taken note of it."""
        seen = observation(record)
        if seen.kind in UNFINISHED:
            self._running.add(seen.execution_id)
        else:
            self._running.discard(seen.execution_id)
        return seen

    async def of(self, execution_ids: Sequence[str]) -> list[Observation]:
        """Return what is true of each now; raises EngineUnavailableError."""
        records = await self._records(execution_ids)
        unfinished = [one for one in execution_ids if one not in records]
        for start in range(0, len(unfinished), _ASKED_AT_ONCE):
            running = await self._link.running(unfinished[start : start + _ASKED_AT_ONCE])
            records |= {record["id"]: record for record in running}
        # Looked up again: some may have ended between the two questions.
        records |= await self._records([one for one in unfinished if one not in records])
        return [
            self.noted(records.get(one) or unknown(one, Kind.GONE, _UNKNOWN))
            for one in execution_ids
        ]

    async def after_a_loss(self) -> list[Observation]:
        """Return the ends of executions that nobody could tell of; waits for a guard."""
        while True:
            try:
                seen = await self.of(sorted(self._running))
            except EngineUnavailableError:
                await asyncio.sleep(_PAUSE)
            else:
                return [one for one in seen if one.kind not in UNFINISHED]

    async def _records(self, execution_ids: Sequence[str]) -> dict[str, Record]:
        def read_all() -> dict[str, Record]:
            found = (read_record(self._executions, one) for one in execution_ids)
            return {record["id"]: record for record in found if record is not None}

        return await asyncio.to_thread(read_all) if execution_ids else {}
