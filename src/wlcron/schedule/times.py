"""The minutes of a day at which a cron expression is due."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from wlcron.schedule.fields import Field

HOURS_OF_DAY, MINUTES_OF_DAY = 24, 1440


class Times:
    """Hours and the minutes of each of them; times are minutes since midnight."""

    __slots__ = ("_hour_from", "_minute_from", "first", "hours", "is_wildcard", "last", "minutes")

    def __init__(
        self, minutes: Sequence[int], hours: Sequence[int], *, is_wildcard: bool = False
    ) -> None:
        """Take sorted minutes and hours; `is_wildcard` marks a `*` in either field."""
        self.minutes = minutes
        self.hours = hours
        self.is_wildcard = is_wildcard
        self.first = hours[0] * 60 + minutes[0]
        self.last = hours[-1] * 60 + minutes[-1]
        self._minute_from = _first_from(minutes, 60)
        self._hour_from = _first_from(hours, 24)

    def at_or_after(self, time: int) -> int:
        """Return the first time that is not before `time`, a day or more if there is none."""
        hour, minute = divmod(time, 60)
        due = self._hour_from[hour]
        if due == hour:
            minute = self._minute_from[minute]
            if minute < 60:  # noqa: PLR2004 - minutes of an hour
                return hour * 60 + minute
            due = self._hour_from[hour + 1]
        return due * 60 + self.minutes[0]

    def at_or_before(self, time: int) -> int:
        """Return the last time that is not after `time`, a negative number if there is none."""
        if time < self.first:
            return -1
        hour, minute = divmod(time, 60)
        hours, minutes = self.hours, self.minutes
        index = bisect_right(hours, hour) - 1
        if hours[index] == hour:
            if minute >= minutes[0]:
                return hour * 60 + minutes[bisect_right(minutes, minute) - 1]
            index -= 1
        return hours[index] * 60 + minutes[-1]


def _first_from(values: Sequence[int], size: int) -> list[int]:
    """Return a table that holds, for each number up to size, the first value not before it.

    Where there is none, it holds the size. A look-up takes a third of a bisection.
    """
    table: list[int] = []
    for value in values:
        table += [value] * (value + 1 - len(table))
    return table + [size] * (size + 1 - len(table))


def parse_times(minutes: Field, hours: Field, texts: tuple[str, str]) -> Times:
    """Read the texts of a minute and an hour field."""
    minute, hour = texts
    return Times(
        minutes.values(minute),
        hours.values(hour),
        # Debian's cron looks at the first character alone (cron(8), DST), and so do we.
        is_wildcard=minute[0] == "*" or hour[0] == "*",
    )
