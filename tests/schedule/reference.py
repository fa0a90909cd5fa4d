"""What a cron expression means, minute by minute: slow, and as plain as the rules are.

It shares nothing with wlcron.schedule. The clock is followed as Debian's cron follows it: a
wildcard schedule is due whenever the clock shows one of its times; for a fixed one, the clock
has a high-water mark, and a minute is looked at when the mark passes it.
"""

from calendar import month_abbr, monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from itertools import count
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
CORRECTION = timedelta(hours=3)
MONTHS = {name.upper(): number for number, name in enumerate(month_abbr) if name}
DAYS = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@cache
def values(text: str, low: int, high: int) -> frozenset[int]:
    """Return what a list of values, ranges and steps names."""
    return frozenset(value for item in text.split(",") for value in walk(item, low, high))


def walk(item: str, low: int, high: int) -> Iterator[int]:
    """Yield what one item of a list names, walking round the field."""
    base, _, step = item.partition("/")
    first, _, last = base.partition("-")
    value = low if base == "*" else number(first)
    stop = number(last) if last else high if base == "*" or step else value
    for walked in count():
        if walked % int(step or 1) == 0:
            yield value
        if value == stop:
            return
        value = value + 1 if value < high else low


def number(text: str) -> int:
    """Return the value of a number or of a month's name."""
    return MONTHS.get(text.upper()) or int(text)


@dataclass(frozen=True)
class Expression:
    """The fields of an expression, of AWS's six (`year` is not empty) or Unix's five."""

    minute: str
    hour: str
    day: str
    month: str
    weekday: str
    year: str = ""

    def __str__(self) -> str:
        fields = f"{self.minute} {self.hour} {self.day} {self.month} {self.weekday}"
        return f"cron({fields} {self.year})" if self.year else fields

    @property
    def is_wildcard(self) -> bool:
        """Whether the minute or the hour begins with a star."""
        return self.minute.startswith("*") or self.hour.startswith("*")

    @cache  # noqa: B019 - a few thousand days in a test run
    def has_day(self, day: date) -> bool:
        """Tell whether a day is one of the expression's."""
        if day.month not in values(self.month, 1, 12):
            return False
        if self.year and day.year not in values(self.year, 1970, 2199):
            return False
        fields = self.has_day_of_month(day), self.has_weekday(day)
        is_union = self.day[0] not in "*?" and self.weekday[0] not in "*?"
        return any(fields) if is_union else all(fields)

    def has_day_of_month(self, day: date) -> bool:
        """Tell whether the day-of-month field names a day."""
        items = self.day.upper().split(",")
        return self.day == "?" or any(day.day in month_days(item, day) for item in items)

    def has_weekday(self, day: date) -> bool:
        """Tell whether the day-of-week field names a day."""
        text = self.weekday.upper()
        for shift, name in enumerate(DAYS):
            text = text.replace(name, str(shift + self.sunday))
        return self.weekday == "?" or any(self.names_weekday(item, day) for item in text.split(","))

    def names_weekday(self, item: str, day: date) -> bool:
        """Tell whether one item of a day-of-week field, all in numbers, names a day."""
        weekday = day.isoweekday() % 7 + self.sunday
        if item == "L":
            return weekday == 7
        if "#" in item:
            number, nth = item.split("#")
            return weekday == int(number) and (day.day + 6) // 7 == int(nth)
        if item.endswith("L"):
            return weekday == int(item[:-1]) and (day + timedelta(days=7)).month != day.month
        named = values(item, self.sunday, 7)
        return weekday in named or (weekday == 0 and 7 in named)

    @property
    def sunday(self) -> int:
        """Sunday's number: 1 in AWS's notation, 0 in Unix's."""
        return 1 if self.year else 0

    def has_time(self, wall: datetime) -> bool:
        """Tell whether a minute of the local clock is one of the expression's."""
        return wall.minute in values(self.minute, 0, 59) and wall.hour in values(self.hour, 0, 23)

    def due(self, wall: datetime) -> bool:
        """Tell whether the expression names a minute of the local clock."""
        return self.has_time(wall) and self.has_day(wall.date())


def month_days(item: str, day: date) -> set[int] | frozenset[int]:
    """Return the days of a day's month that one item of a day-of-month field names."""
    last = monthrange(day.year, day.month)[1]
    if item.endswith("W"):
        wanted = last - int(item[2:-1] or 0) if item[0] == "L" else int(item[:-1])
        return {nearest_working_day(day.replace(day=wanted))} if 1 <= wanted <= last else set()
    if item.startswith("L"):
        return {last - int(item[2:] or 0)}
    return values(item, 1, 31)


def nearest_working_day(wanted: date) -> int:
    """Return the day of the working day that is nearest and in the same month."""
    days = [wanted + timedelta(days=shift) for shift in (0, -1, 1, -2, 2)]
    return next(d.day for d in days if d.month == wanted.month and d.isoweekday() < 6)


def slots(
    expression: Expression, zone: ZoneInfo, start: datetime, end: datetime
) -> Iterator[datetime]:
    """Yield the slots from `start` until before `end`, both aware, by the minute."""
    moment = start - timedelta(hours=26)  # to know what the clock has shown before
    mark = moment.astimezone(zone).replace(tzinfo=None)
    while moment < end:
        wall = moment.astimezone(zone).replace(tzinfo=None)
        if expression.is_wildcard:
            is_due = expression.due(wall)
        else:
            is_due = any(expression.due(passed) for passed in newly_passed(expression, mark, wall))
        if is_due and moment >= start:
            yield moment.astimezone(UTC)
        mark = max(mark, wall)
        moment += MINUTE


def newly_passed(expression: Expression, mark: datetime, wall: datetime) -> Iterator[datetime]:
    """Yield the minutes to look at when the local clock moves on from its high-water mark."""
    leap = wall - mark
    leapt_over_counts = not expression.year and leap <= CORRECTION + MINUTE
    if leap > MINUTE and not leapt_over_counts:
        mark = wall - MINUTE
    while mark < wall:
        mark += MINUTE
        yield mark
