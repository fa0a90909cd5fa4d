"""Which slots a cron should have had: counted from its definitions alone."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from wlcron.core.cron import Cron, Definition
from wlcron.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Era:
    """A time in which a cron had one schedule: from when it was written (that instant not)."""

    schedule: Schedule
    times: tuple[str, str]
    since: datetime


@dataclass(slots=True)
class Eras:
    """The schedules of each cron, one after the other."""

    _eras: dict[str, list[Era]] = field(default_factory=dict)  # by cron's id
    _begun: dict[tuple[str, int], datetime] = field(default_factory=dict)  # by id and version

    def note(self, cron: Cron) -> None:
        """Note a cron as it was written."""
        eras = self._eras.setdefault(cron.id, [])
        if not eras or eras[-1].times != _times(cron.definition):
            eras.append(Era(cron.schedule(), _times(cron.definition), cron.updated_at))
        self._begun.setdefault((cron.id, cron.version), eras[-1].since)

    def since(self, cron_id: str, version: int) -> datetime:
        """Return when the schedule of a version was written."""
        return self._begun[cron_id, version]

    def has(self, cron_id: str, slot: datetime) -> bool:
        """Whether a slot is one that the cron had at any time."""
        return any(_is_slot(era.schedule, slot) for era in self._eras[cron_id])

    def due(self, cron_id: str, until: datetime) -> Iterator[datetime]:
        """Yield every slot that the cron had up to an instant."""
        eras = self._eras[cron_id]
        ends = [*(era.since for era in eras[1:]), until]
        for era, end in zip(eras, ends, strict=True):
            slot = era.schedule.next(era.since)
            while slot is not None and slot <= min(end, until):
                yield slot
                slot = era.schedule.next(slot)


def _times(definition: Definition) -> tuple[str, str]:
    return definition.schedule, definition.timezone


def _is_slot(schedule: Schedule, instant: datetime) -> bool:
    return schedule.next(instant - timedelta(seconds=1)) == instant
