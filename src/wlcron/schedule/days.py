"""The day fields: which days of a month `1,15`, `L-3`, `15W`, `MON-FRI`, `6L` and `6#3` name.

Days of a month are bits of an integer (bit 0 is the first), days of the week are 0 (Sunday)
to 6 (Saturday).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from wlcron.schedule.fields import AWS_DAY_OF_WEEK, Field

if TYPE_CHECKING:
    from wlcron.schedule.months import Shape

ALL_DAYS = (1 << 31) - 1
_EVERY_WEEK = sum(1 << 7 * week for week in range(6))
ALL_WEEKDAYS = 0x7F * _EVERY_WEEK
_SATURDAY = 6
_MAX_BACK = 30
_MAX_NTH = 5

_LAST = re.compile(r"L(?:-([0-9]{1,2}))?(W?)", re.IGNORECASE)
_NEAREST = re.compile(r"([0-9]+)W", re.IGNORECASE)
_LAST_OF_WEEK = re.compile(r"(\w+)L", re.IGNORECASE)
_NTH_OF_WEEK = re.compile(r"(\w+)#([0-9]+)")


@dataclass(frozen=True, slots=True)
class DaysOfMonth:
    """What a day-of-month field names.

    `bits` and `nearest` are days, the others are counted back from the last day of a month.
    """

    bits: int = 0
    back: tuple[int, ...] = ()
    nearest: tuple[int, ...] = ()
    nearest_back: tuple[int, ...] = ()

    def of_month(self, shape: Shape) -> int:
        """Return as bits the days that a month of a shape has."""
        first_weekday, length = shape
        mask = self.bits & (1 << length) - 1
        for back in self.back:
            mask |= _bit(length - back, length)
        for day in (*self.nearest, *(length - back for back in self.nearest_back)):
            mask |= _bit(_nearest_working_day(day, first_weekday, length), length)
        return mask


@dataclass(frozen=True, slots=True)
class DaysOfWeek:
    """What a day-of-week field names.

    `weeks` are the days of six weeks as bits, bit 0 being a Sunday. `last` is the last of a
    weekday in a month, `nth` the nth of it.
    """

    weeks: int = 0
    last: tuple[int, ...] = ()
    nth: tuple[tuple[int, int], ...] = ()

    def of_month(self, shape: Shape) -> int:
        """Return as bits the days that a month of a shape has."""
        first_weekday, length = shape
        mask = self.weeks >> first_weekday & (1 << length) - 1
        for weekday in self.last:
            mask |= _bit(length - (first_weekday + length - 1 - weekday) % 7, length)
        for weekday, nth in self.nth:
            mask |= _bit(1 + (weekday - first_weekday) % 7 + 7 * (nth - 1), length)
        return mask


EVERY_DAY_OF_MONTH = DaysOfMonth(ALL_DAYS)
EVERY_DAY_OF_WEEK = DaysOfWeek(ALL_WEEKDAYS)


def parse_days_of_month(text: str, field: Field) -> DaysOfMonth:
    """Read a day-of-month field, AWS's or Unix's."""
    if text in {"*", "?"}:
        return EVERY_DAY_OF_MONTH
    bits = 0
    back: list[int] = []
    nearest: list[int] = []
    nearest_back: list[int] = []
    for item in text.split(","):
        if item.isdigit():
            bits |= 1 << field.number(item) - 1
        elif last := _LAST.fullmatch(item):
            count = int(last[1] or 0)
            if count > _MAX_BACK:
                raise field.refusal(item)
            (nearest_back if last[2] else back).append(count)
        elif near := _NEAREST.fullmatch(item):
            nearest.append(field.number(near[1]))
        else:
            bits |= sum(1 << day - 1 for day in field.item(item))
    return DaysOfMonth(bits, tuple(back), tuple(nearest), tuple(nearest_back))


def parse_days_of_week(text: str, field: Field) -> DaysOfWeek:
    """Read a day-of-week field, in AWS's numbering or Unix's."""
    if text in {"*", "?"}:
        return EVERY_DAY_OF_WEEK
    bits, last, nth = 0, [], []
    for item in text.split(","):
        if nth_item := _NTH_OF_WEEK.fullmatch(item):
            count = int(nth_item[2])
            if not 1 <= count <= _MAX_NTH:
                raise field.refusal(item)
            nth.append((_weekday(field.number(nth_item[1]), field), count))
        elif last_item := _LAST_OF_WEEK.fullmatch(item):
            last.append(_weekday(field.number(last_item[1]), field))
        elif item.upper() == "L" and field is AWS_DAY_OF_WEEK:
            bits |= 1 << _SATURDAY  # the last day of the week, not of a month
        else:
            for value in field.item(item):
                bits |= 1 << _weekday(value, field)
    return DaysOfWeek(bits * _EVERY_WEEK, tuple(last), tuple(nth))


def _weekday(value: int, field: Field) -> int:
    """Return 0 (Sunday) to 6 for a value of the field, whose first value is Sunday."""
    return (value - field.low) % 7


def _bit(day: int, length: int) -> int:
    """Return the bit of a day, or none for a day that the month does not have."""
    return 1 << day - 1 if 1 <= day <= length else 0


def _nearest_working_day(day: int, first_weekday: int, length: int) -> int:
    """Return the working day nearest to a day without leaving the month; 0 without that day."""
    if not 1 <= day <= length:
        return 0
    weekday = (first_weekday + day - 1) % 7
    if weekday == _SATURDAY:
        return day - 1 if day > 1 else day + 2
    if weekday == 0:
        return day + 1 if day < length else day - 2
    return day
