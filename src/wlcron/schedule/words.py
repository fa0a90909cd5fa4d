"""Schedules in plain English, one sentence each."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from wlcron.schedule.dates import EVERY_YEAR
from wlcron.schedule.days import EVERY_DAY_OF_MONTH, EVERY_DAY_OF_WEEK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from wlcron.schedule.dates import Dates
    from wlcron.schedule.days import DaysOfMonth, DaysOfWeek
    from wlcron.schedule.times import Times

_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_WEEK = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_NTH = ("first", "second", "third", "fourth", "fifth")
_MAX_CLOCK_TIMES = 6
_SHORTEST_RUN = 3
_UNITS = ((86400, "day"), (3600, "hour"), (60, "minute"))


def explain_cron(times: Times, dates: Dates, timezone: str) -> str:
    """Return the meaning of times and dates, such as `At 09:00 every Monday (UTC).`."""
    time = _rhythm(times)
    day = _day(dates)
    if time is None:
        time, day = _clock(times), day or "every day"
    phrases = [time, day]
    if dates.years is not EVERY_YEAR:
        phrases.append(f"in {_join(_runs(dates.years, str))}")
    return f"{' '.join(filter(None, phrases))} ({timezone})."


def explain_rate(step: int, anchor: int) -> str:
    """Return the meaning of a period in seconds and the anchor it is counted from."""
    unit, name = next(unit for unit in _UNITS if step % unit[0] == 0)
    count = step // unit
    start = datetime.fromtimestamp(anchor, UTC)
    return f"{_every(count, name)}, counted from {_date(start)} at {start:%H:%M:%S} (UTC)."


def explain_at(local: datetime, timezone: str) -> str:
    """Return the meaning of one time on the local clock."""
    return f"Once, on {_date(local)} at {local:%H:%M:%S} ({timezone})."


def _date(day: datetime) -> str:
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def _clock(times: Times) -> str:
    return (
        f"At {_join(f'{hour:02}:{minute:02}' for hour in times.hours for minute in times.minutes)}"
    )


def _rhythm(times: Times) -> str | None:
    """Return how often times come, or None if there are few and they are better listed."""
    minutes, hours = times.minutes, times.hours
    minute_step, hour_step = _even_step(minutes, 60), _even_step(hours, 24)
    if minutes == [0] and hour_step and len(hours) >= _SHORTEST_RUN:
        return _every(hour_step, "hour")
    if len(minutes) * len(hours) <= _MAX_CLOCK_TIMES:
        return None
    if minute_step:
        return f"{_every(minute_step, 'minute')}{_during(hours)}"
    at_minutes = f"At minute{'s' * (len(minutes) > 1)} {_join(_runs(minutes, str))}"
    if hour_step:
        nth = "" if hour_step == 1 else f"{_ordinal(hour_step)} "
        return f"{at_minutes} of every {nth}hour"
    return f"{at_minutes}{_of(hours)}"


def _even_step(values: Sequence[int], size: int) -> int:
    """Return the step of values that divide a field evenly from 0, else 0."""
    step = size // len(values)
    is_even = list(values) == list(range(0, size, step)) and size % step == 0
    return step if is_even and len(values) > 1 else 0


def _every(count: int, unit: str) -> str:
    return f"Every {unit}" if count == 1 else f"Every {count} {unit}s"


def _during(hours: Sequence[int]) -> str:
    if _even_step(hours, 24) == 1:
        return ""
    if hours[-1] - hours[0] == len(hours) - 1:
        return f" from {hours[0]:02}:00 to {hours[-1]:02}:59"
    return _of(hours)


def _of(hours: Sequence[int]) -> str:
    return f" of hour{'s' * (len(hours) > 1)} {_join(_runs(hours, str))}"


def _day(dates: Dates) -> str:
    """Return the days, or nothing if they are all days."""
    is_every_month = len(dates.months) == len(_MONTHS)
    months = "every month" if is_every_month else _join(_runs(dates.months, _month))
    days = _days_of_month(dates.days, months)
    weekdays = _days_of_week(dates.weekdays, months)
    if days and weekdays:
        return f"{days} and {weekdays}" if dates.is_union else f"{weekdays}, but only {days}"
    if days or weekdays or is_every_month:
        return days or weekdays
    return f"every day in {months}"


def _days_of_month(days: DaysOfMonth, months: str) -> str:
    if days == EVERY_DAY_OF_MONTH:
        return ""
    numbers = [day for day in range(1, 32) if days.bits >> day - 1 & 1]
    named = [
        *_runs(numbers, _ordinal),
        *(_from_last(back) for back in days.back),
        *(f"working day nearest to the {_ordinal(day)}" for day in days.nearest),
        *(
            f"working day nearest to the {_from_last(back)}" if back else "last working day"
            for back in days.nearest_back
        ),
    ]
    return f"on the {_join(named)} of {months}"


def _from_last(back: int) -> str:
    if back == 0:
        return "last day"
    return f"{_ordinal(back)} day before the last"


def _days_of_week(weekdays: DaysOfWeek, months: str) -> str:
    if weekdays == EVERY_DAY_OF_WEEK:
        return ""
    # Sunday is bit 0 of the mask and last in the week as people read it.
    every_week = [day for day in range(7) if weekdays.weeks >> (day + 1) % 7 & 1]
    once = [
        *(f"the last {_WEEK[day - 1]}" for day in weekdays.last),
        *(f"the {_NTH[nth - 1]} {_WEEK[day - 1]}" for day, nth in weekdays.nth),
    ]
    phrases = []
    if every_week:
        weekly = f"every {_join(_runs(every_week, _WEEK.__getitem__))}"
        phrases.append(weekly if months == "every month" else f"{weekly} in {months}")
    if once:
        phrases.append(f"on {_join(once)} of {months}")
    return _join(phrases)


def _month(number: int) -> str:
    return _MONTHS[number - 1]


def _ordinal(number: int) -> str:
    if number // 10 == 1:
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"


def _runs(values: Sequence[int], name: Callable[[int], str]) -> list[str]:
    """Return the names of ascending values, with three or more in a row as `first to last`."""
    runs: list[list[int]] = []
    for value in values:
        if runs and value == runs[-1][-1] + 1:
            runs[-1].append(value)
        else:
            runs.append([value])
    return [phrase for run in runs for phrase in _run(run, name)]


def _run(run: list[int], name: Callable[[int], str]) -> list[str]:
    if len(run) < _SHORTEST_RUN:
        return [name(value) for value in run]
    return [f"{name(run[0])} to {name(run[-1])}"]


def _join(phrases: Iterable[str]) -> str:
    """Return `a`, `a and b` or `a, b and c`."""
    *most, last = phrases
    return f"{', '.join(most)} and {last}" if most else last
