"""Durations as cron files write them."""

from datetime import timedelta


def duration_text(duration: timedelta) -> str:
    """Write a duration, whole seconds of it: `45s`, `1h30m`, `2d`.

    Less than nothing, as when the clock was set back in between, is `0s`.
    """
    minutes, seconds = divmod(max(int(duration.total_seconds()), 0), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    parts = ((days, "d"), (hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0s"
