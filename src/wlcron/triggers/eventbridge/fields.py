"""The fields of AWS's cron expressions, written from what they mean: canonical, as documented.

The rules are those of EventBridge's documentation ("Cron expressions"); what wlcron reads beyond
them (lower case, leading zeros, ranges that go round) is never written.
"""

from collections.abc import Iterator, Sequence

from wlcron.schedule.days import ALL_DAYS, DaysOfMonth, DaysOfWeek
from wlcron.schedule.fields import DAY_NAMES

EVERY = "*"
_WEEK = 0x7F
_SHORTEST_RUN = 3


class InexpressibleError(ValueError):
    """AWS has no words for it; the message is the reason and the remedy, without a period."""


def values_field(values: Sequence[int], low: int, high: int) -> str:
    """Return the field that names ascending values, `*` if they are all there are."""
    return EVERY if len(values) == high - low + 1 else plain_field(values, high)


def wild_field(values: Sequence[int], low: int, high: int) -> str:
    """Return a field that begins with a star, where one can name these values."""
    step = _step_to_end(values, high)
    return f"*/{step}" if step and values[0] == low else values_field(values, low, high)


def plain_field(values: Sequence[int], high: int) -> str:
    """Return a field without a star."""
    step = _step_to_end(values, high)
    if step and len(values) >= _SHORTEST_RUN:
        return f"{values[0]}/{step}"
    return ",".join(_items(values))


def days_of_month_field(days: DaysOfMonth) -> str:
    """Return the field for days of a month; raises InexpressibleError for mixtures."""
    if days.bits == ALL_DAYS:
        return EVERY
    special = [
        *("L" if back == 0 else f"L-{back}" for back in days.back),
        *(f"{day}W" for day in days.nearest),
        *("LW" if back == 0 else f"L-{back}W" for back in days.nearest_back),
    ]
    if not special:
        return plain_field([day for day in range(1, 32) if days.bits >> day - 1 & 1], 31)
    if days.bits or len(special) > 1 or any(days.nearest_back):
        raise InexpressibleError(
            "EventBridge takes L, LW and 15W alone, not in lists or together: make a cron of each"
        )
    return special[0]


def days_of_week_field(days: DaysOfWeek) -> str:
    """Return the field for days of the week; raises InexpressibleError for mixtures."""
    weeks = days.weeks & _WEEK
    if weeks == _WEEK:
        return EVERY
    special = [
        *(f"{day + 1}L" for day in days.last),
        *(f"{day + 1}#{nth}" for day, nth in days.nth),
    ]
    if not special:
        return ",".join(_named([day for day in range(7) if weeks >> day & 1]))
    if weeks or len(special) > 1:
        raise InexpressibleError(
            "EventBridge takes 6L and 6#3 alone, not in lists: make a cron of each"
        )
    return special[0]


def _step_to_end(values: Sequence[int], high: int) -> int:
    """Return the equal step of values that go on to the end of the field, else 0."""
    step = values[1] - values[0] if len(values) > 1 else 0
    is_even = list(values) == list(range(values[0], high + 1, step)) if step > 1 else False
    return step if is_even else 0


def _items(values: Sequence[int]) -> Iterator[str]:
    """Yield values, with three or more at equal distances as a range."""
    rest = list(values)
    while rest:
        step = rest[1] - rest[0] if len(rest) > 1 else 1
        count = next((n for n in range(1, len(rest)) if rest[n] - rest[n - 1] != step), len(rest))
        if count < _SHORTEST_RUN:
            yield str(rest.pop(0))
            continue
        run, rest = rest[:count], rest[count:]
        yield f"{run[0]}-{run[-1]}" + (f"/{step}" if step > 1 else "")


def _named(days: Sequence[int]) -> Iterator[str]:
    for item in _items(days):
        base, slash, step = item.partition("/")
        if slash:  # MON-FRI/2 is documented nowhere
            yield from (DAY_NAMES[day] for day in _range(base, int(step)))
        else:
            yield "-".join(DAY_NAMES[int(day)] for day in base.split("-"))


def _range(base: str, step: int) -> range:
    first, _, last = base.partition("-")
    return range(int(first), int(last) + 1, step)
