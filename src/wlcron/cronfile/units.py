"""Durations and sizes as people write them: `1h30m`, `256M`."""

import re
from datetime import timedelta
from operator import mul

LONGEST_DURATION = timedelta(days=366)

_DURATION = re.compile(
    r"(?=.)(?:([0-9]{1,15})d)?(?:([0-9]{1,15})h)?(?:([0-9]{1,15})m)?(?:([0-9]{1,15})s)?"
)
_SECONDS_OF_UNITS = (86400, 3600, 60, 1)
_SIZE = re.compile(r"(?P<number>[0-9]{1,15})(?:(?P<unit>[KMGTkmgt])i?)?")
_SHIFTS = {"T": 40, "G": 30, "M": 20, "K": 10, "": 0}


def parse_duration(text: str) -> timedelta:
    """Read `2d`, `1h30m`, `10m`, `45s` or whole seconds, from 1 s to 366 days.

    Raises ValueError with a sentence that says what may be written.
    """
    parts = _DURATION.fullmatch(f"{text}s" if text.isdigit() else text)
    if parts is None:
        raise ValueError("must be a duration such as 10m, 1h30m, 45s, 2d, or whole seconds")
    numbers = (int(number or 0) for number in parts.groups())
    seconds = sum(map(mul, numbers, _SECONDS_OF_UNITS))
    if not 0 < seconds <= LONGEST_DURATION.total_seconds():
        raise ValueError(f"must be longer than 0 and at most {LONGEST_DURATION.days}d")
    return timedelta(seconds=seconds)


def parse_size(text: str) -> int:
    """Read `256M`, `1G`, `512Mi` or a number of bytes into bytes; units are powers of 1024.

    Raises ValueError with a sentence that says what may be written.
    """
    parts = _SIZE.fullmatch(text)
    if parts is None:
        raise ValueError("must be a size such as 512K, 256M or 1G, in whole numbers")
    return int(parts["number"]) << _SHIFTS[(parts["unit"] or "").upper()]


def size_text(size: int) -> str:
    """Write bytes, with the largest unit that is exact, the way `parse_size` reads them."""
    for unit, shift in _SHIFTS.items():
        if size and size % (1 << shift) == 0:
            return f"{size >> shift}{unit}"
    return str(size)
