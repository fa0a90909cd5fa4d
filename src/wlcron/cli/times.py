"""Instants and durations as people read them, in English and UTC whatever the machine speaks."""

from datetime import datetime

NONE = "-"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS = ((86400, "d"), (3600, "h"), (60, "m"))


def instant_text(instant: datetime | None) -> str:
    """Return `2018-Feb-26 13:50:03 UTC` for an instant in UTC, `-` for None."""
    if instant is None:
        return NONE
    return f"{_date(instant)} {instant:%H:%M:%S} UTC"


def duration_text(seconds: float | None) -> str:
    """Return `4s`, `1m 12s` or `1d 2h 3m 4s`, rounded to whole seconds; `-` for None."""
    if seconds is None:
        return NONE
    left = max(0, round(seconds))
    parts: list[str] = []
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        if count or parts:
            parts.append(f"{count}{unit}")
    return " ".join([*parts, f"{left}s"])


def local_text(instant: datetime) -> str:
    """Return `2018-Feb-26 14:50:03 +01:00` for an aware datetime."""
    return f"{_date(instant)} {instant:%H:%M:%S} {instant.isoformat()[-6:]}"


def _date(instant: datetime) -> str:
    return f"{instant.year:04}-{_MONTHS[instant.month - 1]}-{instant.day:02}"
