"""Tell which kind of expression a text is, and read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wlcron.schedule.at import parse_at
from wlcron.schedule.aws import parse_cron
from wlcron.schedule.errors import ScheduleError
from wlcron.schedule.rate import parse_rate
from wlcron.schedule.schedule import epoch_seconds
from wlcron.schedule.unix import parse_macro, parse_unix

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from wlcron.schedule.schedule import Schedule

_MAX_LENGTH = 256  # EventBridge's limit
_MAX_REMEMBERED = 2048

_remembered: dict[tuple[str, str | None], Schedule] = {}


def parse_schedule(
    expression: str, timezone: str | None = None, anchor: datetime | None = None
) -> Schedule:
    """Read `cron(…)`, `rate(…)`, `at(…)`, a Unix cron expression or a macro such as `@daily`.

    `timezone` is an IANA name; without one it is UTC. `anchor`, an aware datetime, is where
    `rate(…)` counts from: its slots are anchor + period, anchor + 2 periods, …; without one
    it is 1970-01-01 UTC. Schedules are immutable, and those read last are remembered, as `re`
    does with patterns.

    Raises ScheduleError, whose message names the field and what it may hold.
    """
    remembered = _remembered.get((expression, timezone))
    if remembered is not None:
        return remembered
    if len(expression) > _MAX_LENGTH:
        raise ScheduleError(
            f"A schedule has at most {_MAX_LENGTH} characters, but this one has {len(expression)}."
        )
    text = expression.rstrip()
    kind = text[:1]
    if kind == "r":  # not remembered: nearly every cron has an anchor of its own
        return parse_rate(text, timezone or "UTC", 0 if anchor is None else epoch_seconds(anchor))
    schedule = _KINDS.get(kind, parse_unix)(text, timezone or "UTC")
    if len(_remembered) >= _MAX_REMEMBERED:
        _remembered.clear()
    _remembered[expression, timezone] = schedule
    return schedule


_KINDS: dict[str, Callable[[str, str], Schedule]] = {
    "c": parse_cron,
    "a": parse_at,
    "@": parse_macro,
}
