"""EventBridge Scheduler's `at(yyyy-mm-ddThh:mm:ss)`: one instant, on the clock of a zone."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wlcron.schedule.errors import ScheduleError
from wlcron.schedule.months import END_SECOND
from wlcron.schedule.schedule import Schedule
from wlcron.schedule.zone import ZONES

if TYPE_CHECKING:
    from collections.abc import Hashable

    from wlcron.schedule.zone import Zone

_AT = re.compile(r"at\(([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})\)")


class AtSchedule(Schedule):
    """Due once."""

    __slots__ = ("_instant", "_local")

    def __init__(self, text: str, zone: Zone, local: datetime, instant: int) -> None:
        """Take the expression, the time on the local clock and its instant."""
        super().__init__(text, zone)
        self._local = local
        self._instant = instant

    def next_epoch(self, after: int) -> int | None:
        """Return the first slot strictly after `after`, both in whole seconds since 1970 UTC."""
        return self._instant if after < self._instant else None

    def previous_epoch(self, before: int) -> int | None:
        """Return the last slot strictly before `before`, both in whole seconds since 1970 UTC."""
        return self._instant if self._instant < before else None

    def phase(self, start: int, end: int) -> Hashable | None:
        """Return what the slots from `start` until before `end` come from: how far the one is."""
        return self._instant - start if start <= self._instant < end else -1

    def explain(self) -> str:
        """Return what the schedule means, as one plain English sentence."""
        from wlcron.schedule.words import explain_at

        return explain_at(self._local, self.timezone)


def parse_at(text: str, timezone: str) -> AtSchedule:
    """Read `at(…)`; a time that the clock leaps over is due right after the change."""
    match = _AT.fullmatch(text)
    try:
        local = datetime.fromisoformat(match[1]) if match else None
    except ValueError as error:
        raise ScheduleError(f"{text!r} names no date and time: {error}.") from None
    if local is None:
        raise ScheduleError(f"{text!r} must be written as at(2026-12-24T18:00:00), without a zone.")
    seconds = int(local.replace(tzinfo=UTC).timestamp())
    if not 0 <= seconds < END_SECOND:
        raise ScheduleError(f"{text!r} must lie in the years from 1970 to 2199.")
    zone = ZONES[timezone]
    segment, minute = zone.first_instant(seconds // 60)
    return AtSchedule(text, zone, local, max(minute + seconds % 60, segment.start))
