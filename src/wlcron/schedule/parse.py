"""Tell which kind of expression a text is, and read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wlcron.schedule.at import parse_at
from wlcron.schedule.aws import parse_cron
from wlcron.schedule.errors import ScheduleError
from wlcron.schedule.rate import parse_rate
from wlcron.schedule.schedule import seconds_since_epoch
from wlcron.schedule.unix import parse_macro, parse_unix

if TYPE_CHECKING:
    from datetime import datetime

    from wlcron.schedule.schedule import Schedule

_MAX_LENGTH = 256  # EventBridge's limit


def parse_schedule(
    expression: str, timezone: str = "UTC", anchor: datetime | None = None
) -> Schedule:
    """Read `cron(…)`, `rate(…)`, `at(…)`, a Unix cron expression or a macro such as `@daily`.

    `timezone` is an IANA name. `anchor`, an aware datetime, is where `rate(…)` counts from:
    its slots are anchor + period, anchor + 2 periods, …; without one it is 1970-01-01 UTC.
    Raises ScheduleError, whose message names the field and what it may hold.
    """
    text = expression.rstrip()
    if len(text) > _MAX_LENGTH:
        raise ScheduleError(
            f"A schedule has at most {_MAX_LENGTH} characters, but this one has {len(text)}."
        )
    if not text.isascii():
        raise ScheduleError(f"A schedule is written in ASCII characters alone, unlike {text!r}.")
    if text.startswith("cron("):
        return parse_cron(text, timezone)
    if text.startswith("rate("):
        return parse_rate(text, timezone, 0 if anchor is None else seconds_since_epoch(anchor))
    if text.startswith("at("):
        return parse_at(text, timezone)
    text = text.lstrip()
    return parse_macro(text, timezone) if text.startswith("@") else parse_unix(text, timezone)
