"""The grammar that all fields share: numbers, names, lists, ranges and steps."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from wlcron.schedule.errors import ScheduleError
from wlcron.schedule.months import FIRST_YEAR, LAST_YEAR

MONTH_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
DAY_NAMES = ("SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT")


@dataclass(frozen=True, slots=True, eq=False)
class Field:
    """One field of a cron expression: its bounds, its names and what people are told of it."""

    name: str
    low: int
    high: int
    holds: str
    names: dict[str, int] = field(default_factory=dict)
    cycle: int = 0
    """After how many steps the field begins again; 0 where a range must ascend (years)."""
    max_step: int | None = None
    """The longest step that is not refused; None where every step is taken."""

    def values(self, text: str) -> list[int]:
        """Return the values that a list such as `1,5-10/2,*/20` names, ascending, each once."""
        if text == "*":
            return list(range(self.low, self.high + 1))
        if "," not in text:
            return self.item(text)
        return sorted({value for item in text.split(",") for value in self.item(item)})

    def item(self, item: str) -> list[int]:
        """Return the values that one item of a list names: `5`, `1-5`, `*`, each with `/step`."""
        base, slash, step_text = item.partition("/")
        if not slash and "-" not in base and base != "*":
            return [self.number(base)]
        step = self._step(step_text) if slash else 1
        first, last = self._bounds(base, open_ended=bool(slash))
        if first <= last:
            return list(range(first, last + 1, step))
        if not self.cycle:
            raise self.refusal(item)
        wrapped = range(first, last + self.cycle + 1, step)
        return sorted(value if value <= self.high else value - self.cycle for value in wrapped)

    def number(self, text: str) -> int:
        """Return the value of a number or a name, or refuse it."""
        # ASCII alone: isdigit() is true of ¹, and upper() makes an S of a long s.
        value = self.names.get(text.upper()) if text.isalpha() else _whole_number(text)
        if value is None or not text.isascii() or not self.low <= value <= self.high:
            raise self.refusal(text)
        return value

    def refusal(self, text: str) -> ScheduleError:
        """Return the error that says what this field may hold."""
        return ScheduleError(f"The {self.name} field may hold {self.holds}, but has {text!r}.")

    def _bounds(self, base: str, *, open_ended: bool) -> tuple[int, int]:
        if base == "*":
            return self.low, self.high
        start, dash, end = base.partition("-")
        first = self.number(start)
        if dash:
            return first, self.number(end)
        return first, self.high if open_ended else first

    def _step(self, text: str) -> int:
        step = _whole_number(text)
        if not step:
            raise ScheduleError(
                f"The {self.name} field has the step {text!r}, which must be a whole number from 1."
            )
        if self.max_step and step > self.max_step:
            raise ScheduleError(
                f"The {self.name} field has the step {text}, which is longer than the field:"
                f" write at most {self.max_step}, or rate(…) for equal periods."
            )
        return step


def _whole_number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() else None


_LISTS = "lists (1,2), ranges (1-5), steps (1/5) and *"
_MONTHS = {name: number for number, name in enumerate(MONTH_NAMES, 1)}

MINUTE = Field("minute", 0, 59, f"0-59, {_LISTS}", cycle=60)
HOUR = Field("hour", 0, 23, f"0-23, {_LISTS}", cycle=24)
DAY_OF_MONTH = Field("day-of-month", 1, 31, f"1-31, L, L-3, LW, 15W, ?, {_LISTS}", cycle=31)
MONTH = Field("month", 1, 12, f"1-12 or JAN-DEC, {_LISTS}", _MONTHS, cycle=12)
DAY_OF_WEEK = Field(
    "day-of-week",
    0,
    7,
    f"0-7 (0 and 7 are Sunday) or SUN-SAT, 5L, 5#3, ?, {_LISTS}",
    {name: number for number, name in enumerate(DAY_NAMES)},
    cycle=7,
)

# A step past the end is legal in Vixie's cron and means the first value alone. In AWS's
# notation nobody means that by 0/90, while 0/60 is in wide use.
AWS_MINUTE = replace(MINUTE, max_step=60)
AWS_HOUR = replace(HOUR, max_step=24)
AWS_DAY_OF_MONTH = replace(DAY_OF_MONTH, max_step=31)
AWS_MONTH = replace(MONTH, max_step=12)
AWS_DAY_OF_WEEK = Field(
    "day-of-week",
    1,
    7,
    f"1-7 (1 is Sunday) or SUN-SAT, L, 6L, 6#3, ?, {_LISTS}",
    {name: number for number, name in enumerate(DAY_NAMES, 1)},
    cycle=7,
    max_step=7,
)
AWS_YEAR = Field("year", FIRST_YEAR, LAST_YEAR, f"{FIRST_YEAR}-{LAST_YEAR}, {_LISTS}")
