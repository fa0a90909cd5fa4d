"""The days on which a cron expression is due: day of month, month, day of week and year."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from typing import TYPE_CHECKING

from wlcron.schedule.days import EVERY_DAY_OF_MONTH, EVERY_DAY_OF_WEEK, DaysOfMonth, DaysOfWeek
from wlcron.schedule.months import (
    END_DAY,
    FIRST_YEAR,
    LAST_MONTH,
    LAST_YEAR,
    MONTH_STARTS,
    SHAPES,
    SHAPES_OF_MONTH,
    Shape,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

EVERY_YEAR = range(FIRST_YEAR, LAST_YEAR + 1)
_MONTHS = 12


class Dates:
    """A set of days between 1970 and 2199, counted from 1970-01-01.

    A month's days are a handful of operations on bits, remembered for each of the 28 shapes
    that a month can have. A search looks only at months that can hold a day.
    """

    __slots__ = (
        "_days_by_shape",
        "_is_possible",
        "_recent",
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
        self.is_every_day = (
            days is EVERY_DAY_OF_MONTH
            and weekdays is EVERY_DAY_OF_WEEK
            and len(months) == _MONTHS
            and years is EVERY_YEAR
        )
        self._is_possible: bool | None = None
        self._recent = (0, 0, 0)
        self._days_by_shape: dict[Shape, int] = {}

    def at_or_after(self, day: int) -> int | None:
        """Return the first day of the set that is not before `day`."""
        if not 0 <= day < END_DAY:
            return None if day > 0 else self.at_or_after(0)
        if self.is_every_day:
            return day
        start, end, days = self._recent
        if not start <= day < end:
            start, end, days = self._look_at(day)
        rest = days >> day - start
        if rest:
            return day + (rest & -rest).bit_length() - 1
        return self._first_from(end)

    def at_or_before(self, day: int) -> int | None:
        """Return the last day of the set that is not after `day`."""
        if not 0 <= day < END_DAY:
            return None if day < 0 else self.at_or_before(END_DAY - 1)
        if self.is_every_day:
            return day
        start, end, days = self._recent
        if not start <= day < end:
            start, end, days = self._look_at(day)
        rest = days & (2 << day - start) - 1
        if rest:
            return start + rest.bit_length() - 1
        return self._last_until(start - 1)

    def _look_at(self, day: int) -> tuple[int, int, int]:
        """Return the month of a day as start, end and the days in it as bits.

        It is remembered, for most questions are about the same month, the present.
        """
        month = bisect_right(MONTH_STARTS, day) - 1
        days = self._days_of(SHAPES[month]) if self._month_from(month) == month else 0
        self._recent = MONTH_STARTS[month], MONTH_STARTS[month + 1], days
        return self._recent

    def _days_of(self, shape: Shape) -> int:
        """Return as bits the days that any month of a shape has in the set."""
        found = self._days_by_shape.get(shape)
        if found is None:
            days, weekdays = self.days.of_month(shape), self.weekdays.of_month(shape)
            found = days | weekdays if self.is_union else days & weekdays
            self._days_by_shape[shape] = found
        return found

    def _first_from(self, day: int) -> int | None:
        """Return the first day of the set from the first day of a month on."""
        month = bisect_right(MONTH_STARTS, day) - 1
        while self._can_occur and (month := self._month_from(month)) <= LAST_MONTH:
            days = self._days_of(SHAPES[month])
            if days:
                return MONTH_STARTS[month] + (days & -days).bit_length() - 1
            month += 1
        return None

    def _last_until(self, day: int) -> int | None:
        """Return the last day of the set until the last day of a month."""
        month = bisect_right(MONTH_STARTS, day) - 1
        while self._can_occur and (month := self._month_until(month)) >= 0:
            days = self._days_of(SHAPES[month])
            if days:
                return MONTH_STARTS[month] + days.bit_length() - 1
            month -= 1
        return None

    def _month_from(self, month: int) -> int:
        """Return the first admitted month that is not before `month`, or one past the end."""
        year, number = divmod(month, _MONTHS)
        months, years = self.months, self.years
        index = bisect_right(months, number)
        if index == len(months):
            index, year = 0, year + 1
        if years is not EVERY_YEAR:
            found = bisect_left(years, year + FIRST_YEAR)
            if found == len(years):
                return LAST_MONTH + 1
            if years[found] != year + FIRST_YEAR:
                index, year = 0, years[found] - FIRST_YEAR
        return year * _MONTHS + months[index] - 1

    def _month_until(self, month: int) -> int:
        """Return the last admitted month that is not after `month`, or one before the start."""
        year, number = divmod(month, _MONTHS)
        months, years = self.months, self.years
        index = bisect_right(months, number + 1) - 1
        if index < 0:
            index, year = -1, year - 1
        if years is not EVERY_YEAR:
            found = bisect_right(years, year + FIRST_YEAR) - 1
            if found < 0:
                return -1
            if years[found] != year + FIRST_YEAR:
                index, year = -1, years[found] - FIRST_YEAR
        return year * _MONTHS + months[index] - 1

    @property
    def _can_occur(self) -> bool:
        """Whether any year could hold such a day: 30 February and its like never come.

        Without it a search would visit every year up to 2199.
        """
        if self._is_possible is None:
            self._is_possible = any(
                self._days_of(shape)
                for month in self.months
                for shape in SHAPES_OF_MONTH[month - 1]
            )
        return self._is_possible
