"""The calendar from 1970 to 2199 as tables: one entry a month, counted from January 1970."""

from __future__ import annotations

from calendar import monthrange
from itertools import accumulate

FIRST_YEAR = 1970
LAST_YEAR = 2199
"""The years that AWS's expressions know; no schedule has a slot outside them."""

_LENGTHS = [
    monthrange(year, month)[1]
    for year in range(FIRST_YEAR, LAST_YEAR + 1)
    for month in range(1, 13)
]

MONTH_STARTS = list(accumulate(_LENGTHS, initial=0))
"""The day each month begins with, counted from 1970-01-01; the last entry is 2200-01-01."""

LAST_MONTH = len(_LENGTHS) - 1
END_DAY = MONTH_STARTS[-1]
END_SECOND = END_DAY * 86400
"""2200-01-01T00:00:00Z: slots end before it."""

Shape = tuple[int, int]
"""The day of the week that a month begins with (Sunday is 0), and its length."""

_THURSDAY = 4  # 1970-01-01 was one

SHAPES: list[Shape] = [
    ((start + _THURSDAY) % 7, length) for start, length in zip(MONTH_STARTS, _LENGTHS, strict=False)
]

SHAPES_OF_MONTH: list[list[Shape]] = [
    [(first_weekday, length) for length in lengths for first_weekday in range(7)]
    for lengths in ((31,), (29, 28), *((n,) for n in (31, 30, 31, 30, 31, 31, 30, 31, 30, 31)))
]
"""The shapes that January, February, … can have."""
