"""The days on which a cron expression is due: day of month, month, day of week and year."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from wlcron.schedule.days import ALL_DAYS, ALL_WEEKDAYS, DaysOfMonth, DaysOfWeek
from wlcron.schedule.months import (
    END_DAY,
    FIRST_WEEKDAYS,
    FIRST_YEAR,
    LAST_MONTH,
    LAST_YEAR,
    LENGTH_MASKS,
    LENGTHS_OF_MONTH,
    MONTH_STARTS,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

EVERY_YEAR = range(FIRST_YEAR, LAST_YEAR + 1)


class Dates:
    """A set of days between 1970 and 2199, counted from 1970-01-01.

    Nothing is precomputed: a month's days are a handful of operations on bits, and a search
    looks only at months that can hold a day.
    """

    __slots__ = (
        "_is_possible",
        "_month_bits",
        "_plain",
        "days",
        "is_every_day",
        "is_union",
        "months",
        "weekdays",
        "years",
    )

    def __init__(
        self,
        days: DaysOfMonth,
        months: Sequence[int],
        weekdays: DaysOfWeek,
        years: Sequence[int] = EVERY_YEAR,
        *,
        is_union: bool = False,
    ) -> None:
        """Take sorted months (1-12) and years; `is_union` joins the two day fields by OR."""
        self.days = days
        self.months = months
        self.weekdays = weekdays
        self.years = years
        self.is_union = is_union
        self._plain = (days.bits, weekdays.weeks) if days.is_plain and weekdays.is_plain else None
        self._is_possible: bool | None = None
        self._month_bits = sum(1 << month - 1 for month in months)
        self.is_every_day = (
            self._plain == (ALL_DAYS, ALL_WEEKDAYS)
            and len(months) == len(LENGTHS_OF_MONTH)
            and years is EVERY_YEAR
        )

    def at_or_after(self, day: int) -> int | None:
        """Return the first day of the set that is not before `day`."""
        if self.is_every_day:
            return max(day, 0) if day < END_DAY else None
        if not 0 <= day < END_DAY:
            return None if day > 0 else self._first_from(0)
        month = bisect_right(MONTH_STARTS, day) - 1
        rest = self._days_of(month) >> day - MONTH_STARTS[month]
        if rest:
            return day + (rest & -rest).bit_length() - 1
        return self._first_from(month + 1)

    def at_or_before(self, day: int) -> int | None:
        """Return the last day of the set that is not after `day`."""
        if self.is_every_day:
            return min(day, END_DAY - 1) if day >= 0 else None
        if not 0 <= day < END_DAY:
            return None if day < 0 else self._last_until(LAST_MONTH)
        month = bisect_right(MONTH_STARTS, day) - 1
        start = MONTH_STARTS[month]
        rest = self._days_of(month) & (2 << day - start) - 1
        if rest:
            return start + rest.bit_length() - 1
        return self._last_until(month - 1)

    def _days_of(self, month: int) -> int:
        """Return the days of a month as bits."""
        if not self._month_bits >> month % 12 & 1:
            return 0
        if self.years is not EVERY_YEAR and month // 12 + FIRST_YEAR not in self.years:
            return 0
        return self._mask(FIRST_WEEKDAYS[month], LENGTH_MASKS[month])

    def _mask(self, first_weekday: int, length_mask: int) -> int:
        """Return the days of any month of a shape as bits, whatever its name and year."""
        if self._plain:
            days, weeks = self._plain
            weeks >>= first_weekday
        else:
            length = length_mask.bit_length()
            days = self.days.mask(first_weekday, length)
            weeks = self.weekdays.mask(first_weekday, length)
        return (days | weeks if self.is_union else days & weeks) & length_mask

    def _first_from(self, month: int) -> int | None:
        for candidate in self._months_from(month):
            mask = self._mask(FIRST_WEEKDAYS[candidate], LENGTH_MASKS[candidate])
            if mask:
                return MONTH_STARTS[candidate] + (mask & -mask).bit_length() - 1
        return None

    def _last_until(self, month: int) -> int | None:
        for candidate in self._months_until(month):
            mask = self._mask(FIRST_WEEKDAYS[candidate], LENGTH_MASKS[candidate])
            if mask:
                return MONTH_STARTS[candidate] + mask.bit_length() - 1
        return None

    def _months_from(self, month: int) -> Iterator[int]:
        """Yield the months of the set from `month` on, none if no month can hold a day."""
        if not self._can_occur():
            return
        year, skipped = divmod(month, 12)
        years, months = self.years, self.months
        first = bisect_left(years, year + FIRST_YEAR)
        if first < len(years) and years[first] == year + FIRST_YEAR:
            for number in months[bisect_right(months, skipped) :]:
                yield year * 12 + number - 1
            first += 1
        for later in years[first:]:
            for number in months:
                yield (later - FIRST_YEAR) * 12 + number - 1

    def _months_until(self, month: int) -> Iterator[int]:
        """Yield the months of the set from `month` backwards, none if none can hold a day."""
        if not self._can_occur():
            return
        year, included = divmod(month, 12)
        years, months = self.years, self.months
        first = bisect_right(years, year + FIRST_YEAR)
        if first and years[first - 1] == year + FIRST_YEAR:
            first -= 1
            for number in reversed(months[: bisect_right(months, included + 1)]):
                yield year * 12 + number - 1
        for earlier in reversed(years[:first]):
            for number in reversed(months):
                yield (earlier - FIRST_YEAR) * 12 + number - 1

    def _can_occur(self) -> bool:
        """Tell whether any year could hold such a day: 30 February and its like never come.

        Without it a search would visit every year up to 2199.
        """
        if self._is_possible is None:
            self._is_possible = any(
                self._mask(first_weekday, (1 << length) - 1)
                for month in self.months
                for length in LENGTHS_OF_MONTH[month - 1]
                for first_weekday in range(7)
            )
        return self._is_possible
