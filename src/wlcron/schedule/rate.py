"""AWS's `rate(value unit)`: equal periods of elapsed time, whatever the clocks do."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from wlcron.schedule.errors import ScheduleError
from wlcron.schedule.months import END_SECOND
from wlcron.schedule.schedule import Schedule
from wlcron.schedule.zone import ZONES

if TYPE_CHECKING:
    from collections.abc import Hashable

    from wlcron.schedule.zone import Zone

_RATE = re.compile(r"rate\(([1-9][0-9]*) (minute|hour|day)(s?)\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}


class RateSchedule(Schedule):
    """Due one period after the anchor, and again after each further period."""

    __slots__ = ("_anchor", "_step")

    def __init__(self, text: str, zone: Zone, step: int, anchor: int) -> None:
        """Take the expression, the period and the anchor, in seconds and seconds since 1970."""
        super().__init__(text, zone)
        self._step = step
        self._anchor = anchor

    def next_epoch(self, after: int) -> int | None:
        """Return the first slot strictly after `after`, both in whole seconds since 1970 UTC."""
        count = max((after - self._anchor) // self._step, 0) + 1
        slot = self._anchor + count * self._step
        return slot if slot < END_SECOND else None

    def previous_epoch(self, before: int) -> int | None:
        """Return the last slot strictly before `before`, both in whole seconds since 1970 UTC."""
        count = (min(before, END_SECOND) - 1 - self._anchor) // self._step
        return self._anchor + count * self._step if count > 0 else None

    def phase(self, start: int, end: int) -> Hashable | None:
        """Return what the slots from `start` until before `end` come from: the next one's place."""
        if start <= self._anchor or end > END_SECOND:
            return None
        return (self._anchor - start) % self._step

    def __repr__(self) -> str:
        return f"<Schedule {self._text!r} from {self._anchor}>"

    def explain(self) -> str:
        """Return what the schedule means, as one plain English sentence."""
        from wlcron.schedule.words import explain_rate

        return explain_rate(self._step, self._anchor)


def parse_rate(text: str, timezone: str, anchor: int) -> RateSchedule:
    """Read `rate(5 minutes)`; EventBridge is as strict about blanks and plurals."""
    match = _RATE.fullmatch(text)
    if match is None:
        raise ScheduleError(
            f"{text!r} must be written as rate(1 minute), rate(5 minutes), rate(2 hours)"
            " or rate(7 days), in lower case and with one blank."
        )
    value, unit = int(match[1]), match[2]
    if (value == 1) == bool(match[3]):
        plural = "" if value == 1 else "s"
        raise ScheduleError(f"{text!r} must be written as rate({value} {unit}{plural}).")
    return RateSchedule(text, ZONES[timezone], value * _SECONDS[unit], anchor)
