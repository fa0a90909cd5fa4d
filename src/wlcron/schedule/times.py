"""The minutes of a day at which a cron expression is due."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from wlcron.schedule.fields import HOUR, MINUTE
from wlcron.schedule.memo import Memo

if TYPE_CHECKING:
    from collections.abc import Sequence

MINUTES_OF_DAY = 1440


class Times:
    """Hours and the minutes of each of them; times are minutes since midnight."""

    __slots__ = ("first", "hours", "is_wildcard", "last", "minutes")

    def __init__(
        self, minutes: Sequence[int], hours: Sequence[int], *, is_wildcard: bool = False
    ) -> None:
        """Take sorted minutes and hours; `is_wildcard` marks a `*` in either field."""
        self.minutes = minutes
        self.hours = hours
        self.is_wildcard = is_wildcard
        self.first = hours[0] * 60 + minutes[0]
        self.last = hours[-1] * 60 + minutes[-1]

    def at_or_after(self, time: int) -> int:
        """Return the first time that is not before `time`, which `last` must not be before."""
        hour, minute = divmod(time, 60)
        hours, minutes = self.hours, self.minutes
        index = bisect_left(hours, hour)
        if hours[index] != hour:
            return hours[index] * 60 + minutes[0]
        if minute <= minutes[-1]:
            return time - minute + minutes[bisect_left(minutes, minute)]
        return hours[index + 1] * 60 + minutes[0]

    def at_or_before(self, time: int) -> int:
        """Return the last time that is not after `time`, which `first` must not be after."""
        hour, minute = divmod(time, 60)
        hours, minutes = self.hours, self.minutes
        index = bisect_right(hours, hour) - 1
        if hours[index] != hour:
            return hours[index] * 60 + minutes[-1]
        if minute >= minutes[0]:
            return time - minute + minutes[bisect_right(minutes, minute) - 1]
        return hours[index - 1] * 60 + minutes[-1]


def _times(fields: tuple[str, str]) -> Times:
    """Read a minute and an hour field."""
    minute, hour = fields
    return Times(
        sorted(set(MINUTE.values(minute))),
        sorted(set(HOUR.values(hour))),
        # Debian's cron looks at the first character alone (cron(8), DST), and so do we.
        is_wildcard=minute[0] == "*" or hour[0] == "*",
    )


TIMES = Memo(_times)
"""The times that a pair of minute and hour fields means."""
